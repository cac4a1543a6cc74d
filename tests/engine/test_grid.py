from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.grid import Roll, bass_line, lowest_only, notes_of, roll_of
from loopwright.engine.notes import Note, Part
from loopwright.engine.roll import BASS_LOW, DRUMS, Drum


def roll_with(*bits: tuple[int, int]) -> Roll:
    roll = np.zeros((128, 93), np.uint8)
    for step, column in bits:
        roll[step, column] = 1
    return roll


def bass(pitch: int) -> int:
    return DRUMS + pitch - BASS_LOW


bits = st.lists(st.tuples(st.integers(0, 127), st.integers(0, 92)), max_size=60)
runs = st.lists(
    st.tuples(st.integers(1, 20), st.one_of(st.none(), st.integers(24, 107))), max_size=30
)


@given(bits)
def test_a_roll_with_one_bass_pitch_a_step_comes_back_from_its_notes(
    cells: list[tuple[int, int]],
) -> None:
    roll = lowest_only(roll_with(*cells))
    assert (roll_of(notes_of(roll)) == roll).all()


@given(bits)
def test_notes_come_back_from_their_roll(cells: list[tuple[int, int]]) -> None:
    notes = notes_of(roll_with(*cells))
    assert notes_of(roll_of(notes)) == notes


@given(bits)
def test_nothing_crosses_the_end_and_the_bass_plays_one_note_at_a_time(
    cells: list[tuple[int, int]],
) -> None:
    notes = notes_of(roll_with(*cells))
    assert all(n.length > 0 and n.tick + n.length <= 768 for n in notes)
    line = [n for n in notes if n.part is Part.BASS]
    assert all(a.tick + a.length <= b.tick for a, b in pairwise(line))


def test_equal_bass_steps_in_a_row_are_one_note() -> None:
    roll = roll_with((0, bass(40)), (1, bass(40)), (2, bass(41)), (4, bass(41)), (127, bass(41)))
    assert notes_of(roll) == (
        Note(0, 12, 40, 80, Part.BASS),
        Note(12, 6, 41, 80, Part.BASS),
        Note(24, 6, 41, 80, Part.BASS),
        Note(762, 6, 41, 80, Part.BASS),
    )


def test_drums_are_one_step_each_even_in_a_row() -> None:
    roll = roll_with((0, Drum.KICK), (1, Drum.KICK), (1, Drum.RIDE))
    assert notes_of(roll) == (
        Note(0, 6, 36, 100, Part.DRUMS),
        Note(6, 6, 36, 100, Part.DRUMS),
        Note(6, 6, 51, 100, Part.DRUMS),
    )


def test_the_lowest_of_several_bass_pitches_counts() -> None:
    roll = roll_with((5, bass(60)), (5, bass(24)), (5, bass(107)))
    assert bass_line(roll)[5] == 24
    assert bass_line(roll_of(notes_of(roll)))[5] == 24


def test_what_has_no_column_is_left_out() -> None:
    strange = [
        Note(0, 6, 20, 80, Part.BASS),
        Note(0, 6, 108, 80, Part.BASS),
        Note(0, 6, 99, 80, Part.DRUMS),
        Note(0, 6, 60, 80, Part.MELODY),
    ]
    assert not roll_of(strange).any()


def test_notes_near_the_grid_are_rounded_to_it() -> None:
    roll = roll_of([Note(4, 9, 40, 80, Part.BASS)])
    assert notes_of(roll) == (Note(6, 6, 40, 80, Part.BASS),)

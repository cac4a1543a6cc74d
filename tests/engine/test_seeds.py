from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.compose import Take
from loopwright.engine.grid import bass_line, roll_of
from loopwright.engine.notes import Note, Part
from loopwright.engine.seeds import (
    forced_bars,
    merged,
    nearest,
    onsets,
    prefix,
    shift_to_seed,
    tiled,
)


def kick(tick: int, velocity: int = 100) -> Note:
    return Note(tick, 6, 36, velocity, Part.DRUMS)


def low(tick: int, length: int, pitch: int, velocity: int = 80) -> Note:
    return Note(tick, length, pitch, velocity, Part.BASS)


def bass_of(notes: tuple[Note, ...]) -> list[tuple[int, int, int]]:
    return [(n.tick, n.length, n.pitch) for n in notes if n.part is Part.BASS]


anything = st.builds(
    Note,
    st.integers(0, 767),
    st.integers(1, 200),
    st.integers(0, 127),
    st.integers(1, 127),
    st.sampled_from([Part.DRUMS, Part.BASS]),
)


@given(st.lists(anything, max_size=30), st.integers(1, 12))
def test_any_take_makes_eight_bars_of_one_bass_note_at_a_time(notes: list[Note], bars: int) -> None:
    found = tiled(Take(tuple(notes), bars))
    assert all(n.tick % 6 == 0 and n.length % 6 == 0 for n in found)
    assert all(n.tick >= 0 and n.tick + n.length <= 768 for n in found)
    bass = [n for n in found if n.part is Part.BASS]
    assert all(a.tick + a.length <= b.tick for a, b in pairwise(bass))


@given(st.lists(anything, max_size=30), st.sampled_from([1, 2, 4, 8]))
def test_each_repetition_is_the_first_again(notes: list[Note], bars: int) -> None:
    roll = roll_of(tiled(Take(tuple(notes), bars)))
    once = roll[: bars * 16]
    assert (roll == np.tile(once, (8 // bars, 1))).all()


def test_bars_are_laid_end_to_end_from_bar_one() -> None:
    found = tiled(Take((kick(0), kick(96), low(96, 48, 40)), 3))
    assert [n.tick // 96 for n in found if n.part is Part.DRUMS] == [0, 1, 3, 4, 6, 7]
    assert [tick // 96 for tick, _, _ in bass_of(found)] == [1, 4, 7]


def test_a_repeated_note_stays_repeated_and_keeps_its_velocity() -> None:
    found = tiled(Take((low(0, 6, 40, 33), low(6, 6, 40, 99)), 8))
    assert [(n.tick, n.length, n.velocity) for n in found] == [(0, 6, 33), (6, 6, 99)]


def test_the_lowest_note_cuts_in_and_the_higher_one_comes_back() -> None:
    found = tiled(Take((low(0, 48, 52), low(12, 12, 40)), 8))
    assert bass_of(found) == [(0, 12, 52), (12, 12, 40), (24, 24, 52)]


def test_what_is_nearest_to_the_next_bar_line_begins_the_take() -> None:
    found = tiled(Take((kick(94), low(10, 90, 40)), 1))
    assert [n.tick for n in found if n.part is Part.DRUMS] == [96 * bar for bar in range(8)]
    assert bass_of(found)[0] == (12, 84, 40)


def test_a_bass_out_of_the_rolls_range_comes_by_octaves() -> None:
    assert bass_of(tiled(Take((low(0, 6, 12), low(96, 6, 120)), 8))) == [(0, 6, 24), (96, 6, 96)]


def test_drums_that_are_not_ours_are_not_played() -> None:
    take = Take((Note(0, 6, 99, 100, Part.DRUMS), Note(0, 6, 60, 90, Part.MELODY)), 2)
    assert tiled(take) == tiled(Take((kick(0),), 0)) == ()


def test_the_codes_of_full_bars_are_forced_but_one_bar_stays_free() -> None:
    codes = np.arange(32)
    assert prefix(codes, forced_bars(Take((), 1))).tolist() == [*range(4), *[-1] * 28]
    assert prefix(codes, forced_bars(Take((), 6))).tolist() == [*range(24), *[-1] * 8]
    assert prefix(codes, forced_bars(Take((), 8))).tolist() == [*range(28), *[-1] * 4]
    assert prefix(np.arange(64), 1).tolist() == [*range(8), *[-1] * 56]


def test_the_nearest_drums_differ_in_the_fewest_hits() -> None:
    played = tiled(Take((kick(0), kick(24)), 1))
    far, near = roll_of([kick(0)]), roll_of(played[:-1])
    assert nearest(np.stack([far, near]), played, Part.DRUMS) == 1


def test_the_nearest_bass_has_its_onsets_before_its_pitch_classes() -> None:
    played = tiled(Take((low(0, 12, 40), low(24, 12, 47)), 1))
    elsewhere = roll_of(tiled(Take((low(0, 12, 40), low(30, 12, 47)), 1)))
    clashing = roll_of(tiled(Take((low(0, 12, 40), low(24, 12, 41)), 1)))
    octave_up = roll_of(tiled(Take((low(0, 12, 52), low(24, 12, 59)), 1)))
    assert nearest(np.stack([elsewhere, clashing]), played, Part.BASS) == 1
    assert nearest(np.stack([elsewhere, clashing, octave_up]), played, Part.BASS) == 2


def test_another_key_is_no_clash() -> None:
    melody = ((0, 40), (12, 42), (24, 43), (36, 45), (48, 47), (60, 40), (72, 47), (84, 40))
    played = tiled(Take(tuple(low(tick, 12, pitch) for tick, pitch in melody), 1))
    fifth_up = roll_of(tiled(Take(tuple(low(tick, 12, pitch + 5) for tick, pitch in melody), 1)))
    flat = roll_of(tiled(Take(tuple(low(tick, 12, 40 + tick % 5) for tick, _ in melody), 1)))
    assert nearest(np.stack([flat, fifth_up]), played, Part.BASS) == 1


def test_onsets_are_where_the_pitch_changes() -> None:
    line = bass_line(roll_of([low(0, 12, 40), low(12, 6, 41), low(24, 6, 41)]))
    assert np.flatnonzero(onsets(line)).tolist() == [0, 2, 4]


def test_what_was_played_replaces_what_was_composed() -> None:
    played, composed = (kick(0), kick(48)), (kick(24), low(0, 96, 40))
    assert merged(played, composed, Part.DRUMS) == (kick(0), low(0, 96, 40), kick(48))


def test_a_loop_is_moved_to_where_it_agrees_with_its_seed() -> None:
    played = tiled(Take((low(0, 24, 40), low(24, 48, 43), low(72, 24, 45)), 1))
    line = bass_line(roll_of(played))
    assert shift_to_seed(line, played, 1) == 0
    assert [shift_to_seed(line + up, played, 1) for up in (1, -3, 7, 12)] == [-1, 3, 5, 0]
    wrong_later = np.where(np.arange(128) < 16, line + 2, line)
    assert shift_to_seed(wrong_later, played, 1) == -2
    assert shift_to_seed(np.full(128, -1), played, 1) == 0

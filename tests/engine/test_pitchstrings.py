"""Pitch strings as a language: names, and the rhythm that they are played in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.errors import PresetError
from loopwright.engine.languages import language_of
from loopwright.engine.melody import Limits
from loopwright.engine.melodytables import table_of
from loopwright.engine.notes import Note, Part
from loopwright.engine.pitchstrings import PitchStrings, chord_name, in_rhythm, names_of, pitch_name
from loopwright.engine.rhythm import EIGHTHS, rhythm_of

NAMES = [*(pitch_name(p) for p in range(48, 85)), "0.4.7", "9.0.4"]
STRINGS = PitchStrings(NAMES)


def note(tick: int, length: int, pitch: int) -> Note:
    return Note(tick, length, pitch, 90, Part.MELODY)


@pytest.mark.parametrize(("pitch", "name"), [(60, "C4"), (54, "F#3"), (0, "C-1"), (127, "G9")])
def test_pitches_have_names(pitch: int, name: str) -> None:
    assert pitch_name(pitch) == name


@pytest.mark.parametrize(
    ("sounding", "name"),
    [
        ((60, 64, 67), "0.4.7"),
        ((64, 67, 72), "0.4.7"),
        ((57, 60, 64), "9.0.4"),
        ((60, 62, 67), "0.2.7"),
        ((60, 72), "0"),
        ((60, 64, 68), "0.4.8"),
    ],
)
def test_chords_are_named_by_their_classes_in_normal_order(
    sounding: tuple[int, ...], name: str
) -> None:
    assert chord_name(sounding) == name


def test_what_begins_together_is_one_name() -> None:
    played = [note(24, 6, 64), note(0, 6, 60), note(25, 6, 67), note(23, 6, 60), note(48, 6, 66)]
    assert names_of(played) == ["C4", "0.4.7", "F#4"]


def test_names_become_tokens_and_eighths() -> None:
    tokens = STRINGS.encode((note(0, 24, 60), note(24, 24, 20), note(30, 1, 62)), 90)
    assert [NAMES[t] for t in tokens] == ["C4", "D4"]  # G#0 is not known
    telling = STRINGS.begin(tokens, 50, 61)
    assert telling.reached == 72
    telling = telling.after(STRINGS.number["E4"]).after(STRINGS.number["0.4.7"])
    assert [(n.tick, n.length, n.pitch) for n in telling.notes] == [
        *((72, 12, 64), (84, 12, 60), (84, 12, 64), (84, 12, 67)),
    ]
    assert telling.after(-1) == telling
    assert STRINGS.encode((), 0) == (STRINGS.number["C4"],)


def test_the_seed_s_rhythm_goes_round() -> None:
    seed = (note(96, 20, 60), note(120, 10, 62), note(132, 30, 64))
    rhythm = rhythm_of(seed)
    assert [rhythm.onset(t) for t in (0, 1, 25, 37, 96, 97)] == [0, 24, 36, 96, 96, 120]
    assert [rhythm.length(t) for t in (0, 24, 36, 96)] == [20, 10, 30, 20]
    assert rhythm_of(()) == EIGHTHS
    assert rhythm_of(seed, density=1).onsets == (0, 24)
    telling = in_rhythm(STRINGS, seed).begin((), 192)
    assert telling.after(0).notes[0].length == 20
    assert telling.after(0).reached == 216


@given(
    low=st.integers(0, 127),
    more=st.integers(0, 30),
    classes=st.sets(st.integers(0, 11)),
    seed=st.lists(st.tuples(st.integers(0, 800), st.integers(1, 50)), max_size=8),
)
def test_something_may_always_come_and_fits_where_it_can(
    low: int, more: int, classes: set[int], seed: list[tuple[int, int]]
) -> None:
    limits = Limits(frozenset(classes), low, low + more)
    telling = in_rhythm(STRINGS, [note(t, n, 60) for t, n in seed]).begin((), 100)
    for _ in range(5):
        may = np.flatnonzero(telling.bias(limits) == 0)
        assert len(may)
        fits = {p for p in range(48, 85) if low <= p <= low + more}
        if fits:
            assert all(set(STRINGS.sounding[int(t)]) <= fits for t in may)
        after = telling.after(int(may[0]))
        assert after.reached > telling.reached >= 100
        telling = after


def test_a_language_comes_back_from_its_table() -> None:
    again = language_of(table_of(STRINGS))
    assert isinstance(again, PitchStrings)
    assert (again.names, again.vocabulary) == (STRINGS.names, STRINGS.vocabulary)
    assert again.vocabulary != PitchStrings(NAMES[1:]).vocabulary


@pytest.mark.parametrize("names", [[], ["C4", "C4"], ["H4"], ["0.12"], ["4.x"], [60], "C4"])
def test_tables_that_name_no_pitches_are_refused(names: object) -> None:
    with pytest.raises(PresetError, match="pitch strings"):
        language_of({"kind": "pitch strings", "names": names})

from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.keys import Key
from loopwright.engine.notes import Note, Part
from loopwright.engine.tuning import folded, interval, into_range, key_of


def line(*pitches: int) -> list[Note]:
    return [Note(12 * i, 12, pitch, 80, Part.BASS) for i, pitch in enumerate(pitches)]


def pitches(notes: tuple[Note, ...]) -> list[int]:
    return [note.pitch for note in notes]


SCALE = (45, 47, 48, 50, 52, 53, 56, 57)  # A harmonic minor


def test_the_key_is_heard_in_the_bass_alone() -> None:
    drums = [Note(0, 6, 49, 100, Part.DRUMS)] * 50
    assert key_of([*drums, *line(45, 45, 48, 52, *SCALE)]) == Key(9, minor=True)
    assert key_of(drums) is None


def test_the_way_to_a_key_is_the_shortest() -> None:
    assert interval(Key(9, True), Key(0, True)) == 3
    assert interval(Key(9, True), Key(0)) == 0  # relative keys
    assert interval(None, Key(0)) == 0
    assert interval(Key(0), None) == 0


def test_a_line_out_of_range_moves_as_a_whole() -> None:
    assert pitches(folded(line(60, 64, 67), 28, 55)) == [48, 52, 55]
    assert pitches(folded(line(24, 31), 28, 55)) == [36, 43]
    assert pitches(folded(line(30, 50), 28, 55)) == [30, 50]


def test_only_what_is_still_outside_moves_alone() -> None:
    assert pitches(folded(line(40, 40, 40, 90), 28, 55)) == [40, 40, 40, 54]


octaves = st.integers(0, 100).flatmap(
    lambda low: st.tuples(st.just(low), st.integers(low + 11, 127))
)


@given(st.lists(st.integers(-12, 140), max_size=20), octaves)
def test_folding_ends_in_range_and_keeps_pitch_classes(
    given_pitches: list[int], span: tuple[int, int]
) -> None:
    low, high = span
    notes = [Note(i, 1, p, 80, Part.BASS) for i, p in enumerate(given_pitches)]
    found = pitches(folded(notes, low, high))
    assert all(low <= p <= high for p in found)
    assert [p % 12 for p in found] == [p % 12 for p in given_pitches]
    assert pitches(folded(folded(notes, low, high), low, high)) == found


@given(st.integers(-60, 200), octaves)
def test_a_pitch_in_range_stays(pitch: int, span: tuple[int, int]) -> None:
    low, high = span
    moved = into_range(pitch, low, high)
    assert low <= moved <= high
    assert moved == pitch or not low <= pitch <= high

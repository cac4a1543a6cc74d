import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.capture import MOST, Capture, enter, hear, leave, take
from loopwright.engine.compose import Take
from loopwright.engine.midi import Kind, Message
from loopwright.engine.notes import Note, Part


def note(capture: Capture, place: float, length: float, pitch: int, channel: int = 1) -> Capture:
    capture = hear(capture, Message(Kind.NOTE_ON, channel, pitch, 90), place)
    return hear(capture, Message(Kind.NOTE_OFF, channel, pitch, 0), place + length)


def bars(capture: Capture, *numbers: int) -> Capture:
    for number in numbers:
        capture = note(capture, number * 96, 24, 40)
    return capture


def bass(tick: int, length: int, pitch: int) -> Note:
    return Note(tick, length, pitch, 90, Part.BASS)


def test_nothing_played_is_no_take() -> None:
    assert take(Capture(), 1000) is None


def test_the_present_bar_does_not_count() -> None:
    assert take(bars(Capture(), 2), 2 * 96 + 95) is None
    assert take(bars(Capture(), 2), 3 * 96) == Take((bass(0, 24, 40),), 1)


def test_the_last_run_of_bars_up_to_eight() -> None:
    played = bars(Capture(), 0, 3, 4, 5)
    found = take(played, 8 * 96)
    assert found is not None
    assert (found.bars, [n.tick for n in found.notes]) == (3, [0, 96, 192])
    ten, eight = bars(Capture(), *range(10)), bars(Capture(), *range(2, 10))
    assert take(ten, 960) == take(eight, 960)


def test_what_is_remembered_does_not_grow_however_long_and_fast_one_plays() -> None:
    slow, fast = bars(Capture(), *range(40)), Capture()
    assert len(slow.notes) <= 18
    for number in range(MOST + 100):
        fast = note(fast, number / 20, 0.01, 40)
    assert len(fast.notes) == MOST
    assert fast.notes[-1].tick == round((MOST + 99) / 20)


def test_a_note_just_before_the_bar_line_belongs_to_it() -> None:
    assert take(note(Capture(), 93.5, 30, 40), 200) == Take((bass(0, 28, 40),), 1)
    early = take(note(Capture(), 92, 3, 40), 200)
    assert early == Take((bass(92, 3, 40),), 1)


def test_drums_are_read_as_ours_and_others_dropped() -> None:
    played = note(note(Capture(), 0, 6, 35, 10), 24, 6, 81, 10)
    assert take(played, 96) == Take((Note(0, 6, 36, 90, Part.DRUMS),), 1)


def test_notes_below_middle_c_are_the_bass() -> None:
    played = note(note(Capture(), 0, 24, 59), 24, 24, 60)
    assert take(played, 96) == Take((bass(0, 24, 59),), 1)


@pytest.mark.parametrize(("pitch", "lowered"), [(60, 48), (71, 59), (72, 48), (127, 55)])
def test_who_plays_only_high_plays_the_bass_there(pitch: int, lowered: int) -> None:
    assert take(note(Capture(), 0, 24, pitch), 96) == Take((bass(0, 24, lowered),), 1)


def test_a_key_still_down_counts_up_to_the_last_bar_line() -> None:
    down = hear(Capture(), Message(Kind.NOTE_ON, 1, 40, 90), 48.0)
    assert take(down, 120) == Take((bass(48, 48, 40),), 1)


def test_a_bar_cut_short_by_stop_does_not_count() -> None:
    played = leave(bars(Capture(), 0, 1), 96 + 50)
    assert take(enter(played, 0), 0) == Take((bass(0, 24, 40),), 1)


def test_a_bar_entered_in_its_middle_does_not_count() -> None:
    entered = enter(leave(Capture(), 0), 48)
    assert take(note(entered, 60, 12, 40), 400) is None
    assert take(note(entered, 96, 12, 40), 400) == Take((bass(0, 12, 40),), 1)


def test_bars_that_a_host_loops_follow_one_another() -> None:
    first = leave(bars(Capture(), 0, 1), 192)
    second = bars(enter(first, 0), 0, 1)
    found = take(second, 192)
    assert found is not None
    assert (found.bars, [n.tick for n in found.notes]) == (4, [0, 96, 192, 288])


EVENTS = st.lists(
    st.tuples(st.floats(0, 60), st.integers(1, 16), st.integers(0, 127), st.booleans())
)


@given(EVENTS, st.lists(st.integers(0, 2000), max_size=3))
def test_whatever_is_played_a_take_is_whole_bars(
    events: list[tuple[float, int, int, bool]], jumps: list[int]
) -> None:
    capture, place = Capture(), 0.0
    for wait, channel, pitch, on in events:
        place += wait
        kind = Kind.NOTE_ON if on else Kind.NOTE_OFF
        capture = hear(capture, Message(kind, channel, pitch, 64), place)
    for jump in jumps:
        capture, place = enter(leave(capture, int(place)), jump), float(jump)
    found = take(capture, int(place))
    if found is not None:
        assert 1 <= found.bars <= 8
        assert all(0 <= n.tick < n.tick + n.length <= 96 * found.bars for n in found.notes)
        assert min(n.tick for n in found.notes) < 96

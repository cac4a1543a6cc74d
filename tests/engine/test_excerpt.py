"""Bars out of what was played: which notes are in them, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.bars import Bars, parse_bars
from loopwright.engine.course import Placed
from loopwright.engine.errors import SettingError
from loopwright.engine.excerpt import EARLY, Sounded, excerpt, sounded
from loopwright.engine.happen import Send
from loopwright.engine.notes import Part
from loopwright.engine.time import TICKS_PER_BAR, Seconds

BAR = float(TICKS_PER_BAR)


def sent(place: float, data: str, part: Part = Part.DRUMS) -> Placed:
    return Placed(place, Send(part, bytes.fromhex(data), Seconds(place / 48)))


def note(place: float, length: float, pitch: int = 36) -> Sounded:
    return Sounded(place, length, pitch, 100, Part.DRUMS, 9)


def test_notes_have_both_ends_and_their_channel() -> None:
    page = [sent(0, "992464"), sent(6, "892440"), sent(6, "902850", Part.BASS)]
    page += [sent(30, "902800", Part.BASS)]
    assert list(sounded(page)) == [
        Sounded(0, 6, 36, 100, Part.DRUMS, 9),
        Sounded(6, 24, 40, 80, Part.BASS, 0),
    ]


def test_a_note_that_begins_again_ends_first() -> None:
    page = [sent(0, "992464"), sent(12, "992450"), sent(18, "892440")]
    assert [(n.place, n.length) for n in sounded(page)] == [(0, 12), (12, 6)]


def test_what_is_no_note_was_called_back_or_never_ends_is_left_out() -> None:
    page = [sent(0, "b97b00"), sent(0, "c905"), sent(1, "892440"), sent(2, "992464")]
    page += [sent(2, "892440"), sent(3, "992664")]
    assert list(sounded(page)) == []


def test_bars_are_cut_out_and_begin_at_nothing() -> None:
    notes = [note(0, 6), note(BAR, 6), note(2 * BAR - 6, 50), note(2 * BAR, 6)]
    assert excerpt(notes, Bars(2, 2)) == (note(0, 6), note(BAR - 6, 6))


def test_what_leads_into_the_first_bar_is_on_its_line() -> None:
    notes = [note(BAR - EARLY, 12), note(2 * BAR - 1, 12)]
    assert excerpt(notes, Bars(2, 2)) == (note(0, 12 - EARLY),)
    assert excerpt(notes, Bars(1, 1)) == ()


@given(
    st.lists(st.tuples(st.floats(0, 20 * BAR), st.floats(0.1, BAR)), max_size=40),
    st.integers(1, 20),
    st.integers(0, 8),
)
def test_every_note_is_in_one_of_the_bars_and_in_no_other(
    told: list[tuple[float, float]], first: int, more: int
) -> None:
    notes = [note(place, length) for place, length in told]
    every = [n for bar in range(1, 23) for n in excerpt(notes, Bars(bar, bar))]
    assert len(every) == len(notes)
    bars = Bars(first, first + more)
    found = excerpt(notes, bars)
    singly = [len(excerpt(notes, Bars(bar, bar))) for bar in range(first, first + more + 1)]
    assert len(found) == sum(singly)
    assert [n.place for n in found] == sorted(n.place for n in found)
    assert all(0 <= n.place < bars.ticks for n in found)
    assert all(n.length > 0 and n.place + n.length <= bars.ticks + 1 for n in found)


@pytest.mark.parametrize(
    ("text", "bars"), [("17-32", Bars(17, 32)), ("4", Bars(4, 4)), (" 1-1 ", Bars(1, 1))]
)
def test_bars_are_read(text: str, bars: Bars) -> None:
    assert parse_bars(text) == bars
    assert bars.ticks == (bars.last - bars.first + 1) * TICKS_PER_BAR


@pytest.mark.parametrize("text", ["", "a", "0", "0-4", "5-4", "1-", "-3", "1-2-3", "1.5", "9" * 7])
def test_what_are_no_bars_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="--bars"):
        parse_bars(text)

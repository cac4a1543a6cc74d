"""Clocks that came while nobody could listen: counted where the host shows that it went on."""

from collections.abc import Sequence
from math import floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from melodies import sung
from score import Stand, groove
from score import settings as told

from loopwright.engine import midi
from loopwright.engine.happen import Deaf, Heard, Phrased, Tell
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds, period_of

PERIOD = 256 / 48000  # seconds of a JACK period
BEFORE = 60  # clocks


class Host:
    """A host's clocks, of which some never arrive; `late` are seconds, in turn."""

    def __init__(self, bpm: float, late: Sequence[float] = (0.0,)) -> None:
        self.stand = Stand(told(answer_bars=1), bpm)
        self.stand.answer(groove())
        self.stand.clocks(48)
        self.stand.start()
        self.begin, self.late, self.sent = self.stand.at + self.stand.period, late, 0

    def time_of(self, tick: int) -> float:
        return self.begin + tick * self.stand.period

    def send(self, count: int) -> None:
        for _ in range(count):
            at = self.time_of(self.sent) + self.late[self.sent % len(self.late)]
            self.sent += 1
            self.stand.happen(Heard(midi.CLOCK, Seconds(at)))

    def lose(self, count: int, more: float = 0.0) -> float:
        """Have clocks go by in a gap of whole periods; return how many clocks long it is."""
        first = self.time_of(self.sent) - (0 if count else 0.3 * self.stand.period)
        last = first + max(count - 1, 0) * self.stand.period
        since, end = floor(first / PERIOD) * PERIOD, (floor(last / PERIOD) + 1) * PERIOD + more
        self.sent += count
        skipped = Seconds(end - since)
        self.stand.happen(Deaf(Seconds(since - PERIOD), Seconds(end), skipped))
        return skipped / self.stand.period


@settings(max_examples=15, deadline=None)
@given(
    bpm=st.floats(60, 300),
    seconds=st.floats(0.0, 0.2),
    late=st.lists(st.floats(0, 0.001), min_size=5, max_size=5),
)
def test_no_clock_that_was_lost_puts_what_follows_late(
    bpm: float, seconds: float, late: list[float]
) -> None:
    host = Host(bpm, late)
    host.send(BEFORE)
    skipped = host.lose(1 + int(seconds / period_of(bpm) * 0.8))
    # Else the next clock might be that of a host whose song stood still as long.
    assume(abs(skipped - round(skipped)) > 0.15)
    host.send(60)
    assert host.stand.state.transport.tick == host.sent - 1
    ons = [s.at for s in host.stand.sends if s.data[0] & 0xF0 == 0x90 and s.part is Part.DRUMS]
    places = [(at - host.begin) / host.stand.period for at in ons]
    far = [abs(p - round(p / 12) * 12) * host.stand.period for p in places if p > 1]
    assert max(far) < 0.003


def test_an_answer_after_a_lost_clock_begins_on_the_host_s_beat() -> None:
    host = Host(300)
    stand = host.stand
    host.send(BEFORE)
    host.lose(1)
    stand.hear(midi.note_on(1, 60, 70))
    host.send(10)
    stand.hear(midi.note_off(1, 60))
    while not (asks := [w.melody for w, _ in stand.wishes if isinstance(w, Tell)][1:]):
        host.send(1)
    stand.happen(Phrased(sung(asks[-1]), Seconds(stand.at)))
    host.send(60)
    first = next(s.at for s in stand.sends if s.part is Part.MELODY and s.data[0] & 0xF0 == 0x90)
    place = (first - host.begin) / stand.period
    assert place == pytest.approx(round(place / 24) * 24, abs=0.05)
    assert place < host.sent


def test_nothing_is_made_up_where_no_clock_was_lost() -> None:
    host = Host(120)
    host.send(BEFORE)
    host.lose(0)
    host.send(40)
    assert host.stand.state.transport.tick == host.sent - 1


@pytest.mark.parametrize("pause", [0.4, 0.9, 1.0, 1.1, 1.5, 2.0, 2.6, 7.0])
def test_nothing_is_made_up_where_the_host_itself_stood_still(pause: float) -> None:
    host = Host(120)
    host.send(BEFORE)
    host.begin += host.lose(0, more=pause * host.stand.period) * host.stand.period
    host.send(40)
    assert host.stand.state.transport.tick == host.sent - 1


@pytest.mark.parametrize("held", [1, 2, 5])
def test_clocks_that_the_host_was_kept_from_writing_count_once(held: int) -> None:
    host = Host(200)
    host.send(BEFORE)
    host.lose(held)
    at = Seconds(host.time_of(host.sent) + 0.001)
    for _ in range(held + 1):  # with the one that is due
        host.stand.happen(Heard(midi.CLOCK, at))
    host.sent += 1
    host.send(40)
    assert host.stand.state.transport.tick == host.sent - 1


def test_a_gap_that_was_long_ago_explains_nothing() -> None:
    host = Host(120)
    host.send(BEFORE)
    host.lose(0)
    host.send(30)
    host.sent += 1  # a clock that nobody knows of
    host.send(40)
    assert host.stand.state.transport.tick == host.sent - 2


def test_two_gaps_before_a_clock_are_one() -> None:
    host = Host(200)
    host.send(BEFORE)
    host.lose(1)
    host.lose(2)
    host.send(50)
    assert host.stand.state.transport.tick == host.sent - 1

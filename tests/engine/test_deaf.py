"""Clocks that came while nobody could listen: counted where the host shows that it went on."""

from collections.abc import Sequence
from itertools import pairwise
from math import floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from melodies import sung
from score import Stand, groove
from score import settings as told

from loopwright.engine import midi
from loopwright.engine.happen import Action, Deaf, Heard, Phrased, Tell
from loopwright.engine.notes import Part
from loopwright.engine.status import read
from loopwright.engine.time import Seconds, period_of
from loopwright.engine.transport import Motion

PERIOD = 256 / 48000  # seconds of a JACK period
BEFORE = 60  # clocks


class Host:
    """A host's clocks, of which some never arrive; `late` are seconds, in turn."""

    def __init__(self, bpm: float, late: Sequence[float] = (0.0,)) -> None:
        self.stand = Stand(told(answer_bars=1), bpm)
        self.stand.answer(groove())
        self.stand.clocks(48)
        self.stand.start()
        self.begin, self.off, self.sent = self.stand.at + self.stand.period, late, 0

    def time_of(self, tick: int) -> float:
        return self.begin + tick * self.stand.period

    def send(self, count: int) -> None:
        for _ in range(count):
            at = self.time_of(self.sent) + self.off[self.sent % len(self.off)]
            self.sent += 1
            self.stand.happen(Heard(midi.CLOCK, Seconds(at)))

    def send_at(self, place: float) -> None:
        """Have the next clock come at another place than its own, in ticks."""
        self.sent += 1
        self.stand.happen(Heard(midi.CLOCK, Seconds(self.time_of(0) + place * self.stand.period)))

    def say(self, message: bytes, place: float) -> None:
        """Send any other message at a place, in ticks."""
        at = Seconds(self.time_of(0) + place * self.stand.period)
        self.stand.happen(Heard(message, at))

    def stop_listening(self, gap: Deaf) -> None:
        """Have a gap: time stands still in it, as that of JACK's callbacks does."""
        self.stand.wait_until(gap.at - gap.skipped)
        self.stand.at = gap.at
        self.stand.step(gap)

    @property
    def late(self) -> int:
        """How many clocks were not counted."""
        return self.sent - 1 - self.stand.state.transport.tick

    def lose(self, count: int, more: float = 0.0) -> float:
        """Have clocks go by in a gap of whole periods; return how many clocks long it is."""
        first = self.time_of(self.sent) - (0 if count else 0.3 * self.stand.period)
        last = first + max(count - 1, 0) * self.stand.period
        since, end = floor(first / PERIOD) * PERIOD, (floor(last / PERIOD) + 1) * PERIOD + more
        self.sent += count
        skipped = Seconds(end - since)
        self.stop_listening(Deaf(Seconds(since - PERIOD), Seconds(end), skipped))
        return skipped / self.stand.period


@settings(max_examples=15, deadline=None)
@given(
    bpm=st.floats(60, 300),
    seconds=st.floats(0.0, 1.2),
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
    back = host.sent
    host.send(60)
    assert host.late == 0
    ons = [s.at for s in host.stand.sends if s.data[0] & 0xF0 == 0x90 and s.part is Part.DRUMS]
    places = [(at - host.begin) / host.stand.period for at in ons]
    far = [abs(p - round(p / 12) * 12) * host.stand.period for p in places if p >= back]
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
    assert host.late == 0


@pytest.mark.parametrize("pause", [0.4, 0.9, 1.0, 1.1, 1.5, 2.0, 2.6, 7.0])
def test_nothing_is_made_up_where_the_host_itself_stood_still(pause: float) -> None:
    host = Host(120)
    host.send(BEFORE)
    host.begin += host.lose(0, more=pause * host.stand.period) * host.stand.period
    host.send(40)
    assert host.late == 0


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
    assert host.late == 0


def test_a_gap_that_was_long_ago_explains_nothing() -> None:
    host = Host(120)
    host.send(BEFORE)
    host.lose(0)
    host.send(30)
    host.sent += 1  # a clock that nobody knows of
    host.send(40)
    assert host.late == 1


@pytest.mark.parametrize("lost", [1, 2, 9])
def test_a_gap_while_the_host_is_stopped_leaves_the_line_as_it_is(lost: int) -> None:
    host = Host(120, late=(0.0, 0.003, 0.001, 0.002))
    host.send(BEFORE)
    host.say(midi.STOP, host.sent - 0.5)
    begun = host.stand.state.follower.reseeds
    host.lose(lost)
    host.send(20)
    assert host.stand.state.follower.reseeds == begun
    assert host.stand.state.transport.next == BEFORE


def test_two_gaps_before_a_clock_are_one() -> None:
    host = Host(200)
    host.send(BEFORE)
    host.lose(1)
    host.lose(2)
    host.send(50)
    assert host.late == 0


@pytest.mark.parametrize("place", [0.64, -0.4, 0.48])
def test_a_clock_that_is_told_wrong_after_a_gap_hides_no_lost_ones(place: float) -> None:
    host = Host(300)
    host.send(BEFORE)
    host.lose(5)
    host.send_at(host.sent + place)
    host.send(40)
    assert host.late == 0


@pytest.mark.parametrize(("bpm", "lost"), [(200, 1), (200, 6), (300, 16), (300, 27)])
def test_one_clock_that_is_late_by_the_gap_is_no_host_that_stood_still(bpm: int, lost: int) -> None:
    host = Host(bpm)
    host.send(BEFORE)
    skipped = host.lose(lost, more=0.001)
    assert 0.05 < skipped % 1 < 0.95
    host.send_at(host.sent - lost + skipped)
    host.send(40)
    assert host.late == 0


@pytest.mark.parametrize("more", [0.004, 0.008])
def test_clocks_that_are_off_their_line_as_usual_are_of_no_host_that_stood_still(
    more: float,
) -> None:
    host = Host(200, late=(0.0,) * 4 + (0.005,) * 4)
    host.send(BEFORE)
    follower = host.stand.state.follower
    off = (follower.at - host.time_of(BEFORE - 1)) / follower.period
    skipped = host.lose(6, more=more)
    for _ in range(2):
        host.send_at(host.sent - 6 + skipped + off)
    host.send(40)
    assert host.late == 0


@pytest.mark.parametrize("place", [0.0, 0.26, 0.64])
def test_a_clock_that_is_heard_twice_after_a_gap_counts_once(place: float) -> None:
    host = Host(300)
    host.send(BEFORE)
    host.lose(3)
    host.send(2)
    host.send_at(host.sent - 1 + place)
    host.sent -= 1
    host.send(40)
    assert host.late == 0


@pytest.mark.parametrize("place", [0.0, 0.2, 0.4, 0.64])
def test_a_clock_that_is_late_after_a_long_gap_is_still_the_one_it_is(place: float) -> None:
    host = Host(300)
    host.send(BEFORE)
    host.lose(71)
    host.send_at(host.sent + place)
    host.send(40)
    assert host.late == 0


@pytest.mark.parametrize("between", [1, 2, 3])
def test_a_clock_that_is_lost_a_moment_after_a_gap_is_counted(between: int) -> None:
    host = Host(300)
    host.send(BEFORE)
    host.lose(2)
    host.send(between)
    host.sent += 1  # nobody says that this one is lost
    host.send(40)
    assert host.late == 0


@settings(max_examples=15)
@given(gaps=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=8))
def test_gaps_one_after_another_lose_no_clock(gaps: list[tuple[int, int]]) -> None:
    host = Host(300)
    host.send(BEFORE)
    for lost, sent in gaps:
        skipped = host.lose(lost)
        assume(abs(skipped - round(skipped)) > 0.05)
        host.send(sent)
    host.send(20)
    assert host.late == 0


@settings(max_examples=15)
@given(lost=st.integers(1, 9), place=st.floats(0.45, 0.95))
def test_a_host_that_stops_after_a_gap_goes_on_where_it_was(lost: int, place: float) -> None:
    host = Host(200)
    host.send(BEFORE)
    host.lose(lost)
    host.say(midi.STOP, host.sent - 1 + place)
    assert host.stand.state.transport.next == host.sent
    host.say(midi.CONTINUE, host.sent - 0.01)
    host.send(20)
    assert host.late == 0


@pytest.mark.parametrize("lost", [0, 1, 7])
def test_a_song_position_after_a_gap_is_where_the_next_clock_goes_on(lost: int) -> None:
    host = Host(200)
    host.send(BEFORE)
    host.lose(lost)
    host.say(midi.song_position(16), host.sent - 0.01)
    host.send(10)
    assert host.stand.state.transport.tick == 96 + 9
    assert host.stand.state.follower.doubts == 0


@pytest.mark.parametrize("bars", [4, 8])
def test_a_ramp_goes_on_behind_a_gap(bars: int) -> None:
    """From 120 to 160, a gap of a tenth of a second every beat and a half."""
    host, places = Host(120), list[float]()
    at, ticks = host.begin, bars * 96
    for n in range(ticks):
        places.append(at)
        at += period_of(120 + 40 * n / ticks)
    heard = [n for n in range(ticks) if n < BEFORE or n % 36 > 5]
    for before, n in pairwise(heard):
        if n > before + 1:
            since, end = places[before + 1] - PERIOD / 2, places[n - 1] + PERIOD / 2
            host.stop_listening(Deaf(Seconds(since), Seconds(end), Seconds(end - since)))
        host.stand.happen(Heard(midi.CLOCK, Seconds(places[n])))
    assert host.stand.state.transport.tick == ticks - 2  # its first clock was not sent


def test_a_machine_that_stood_still_for_a_second_plays_on_where_the_host_is() -> None:
    host = Host(120)
    host.send(BEFORE)
    host.lose(48)
    host.send(1)
    assert host.late == 0
    assert host.stand.state.transport.motion is Motion.RUNNING


def test_gaps_are_not_added_up_while_our_own_clock_leads() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.press(Action.PLAY)
    for _ in range(3):
        stand.wait(0.5)
        stand.step(Deaf(Seconds(stand.at - 0.1), Seconds(stand.at), Seconds(0.1)))
    assert stand.state.host is not None
    assert stand.state.deaf is None


def gap_at(stand: Stand) -> Deaf:
    """Return a gap of three periods that ends now."""
    return Deaf(Seconds(stand.at - 4 * PERIOD), Seconds(stand.at), Seconds(3 * PERIOD))


@pytest.mark.parametrize(
    ("message", "skipped"),
    [
        (midi.START, False),
        (midi.CONTINUE, False),
        (midi.STOP, False),
        (midi.CLOCK, True),
        (midi.song_position(32), True),
        (midi.note_on(1, 60, 70), True),
    ],
)
def test_a_gap_where_the_song_stands_still_is_told_until_the_host_starts_or_stops_it(
    message: bytes, skipped: bool
) -> None:
    stand = Stand()
    stand.clocks(30)
    assert not read(stand.state).skipped
    stand.happen(gap_at(stand))
    stand.clocks(3)
    assert read(stand.state).skipped
    stand.hear(message)
    assert read(stand.state).skipped is skipped


def test_a_gap_is_not_told_where_the_song_plays_or_no_host_is_there() -> None:
    stand = Stand()
    stand.happen(gap_at(stand))
    assert not read(stand.state).skipped
    stand.clocks(30)
    stand.start()
    stand.clocks(30)
    stand.happen(gap_at(stand))
    stand.clocks(3)
    assert stand.state.transport.motion is Motion.RUNNING
    assert not read(stand.state).skipped


def test_a_host_that_falls_silent_takes_what_was_told_of_a_gap_with_it() -> None:
    stand = Stand()
    stand.clocks(30)
    stand.happen(gap_at(stand))
    stand.wait(1.0)
    assert stand.state.transport.motion is Motion.NO_CLOCK
    stand.clocks(30)
    assert stand.state.transport.motion is Motion.STOPPED
    assert not read(stand.state).skipped

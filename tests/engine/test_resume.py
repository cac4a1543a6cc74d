"""A player that takes over from one that fell: in place where the song is still there."""

from collections.abc import Sequence
from dataclasses import replace
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score import Stand, groove, playing
from score import settings as told

from loopwright.engine import midi
from loopwright.engine.happen import Action, Cue, Heard, OutputLost, Resumed
from loopwright.engine.resume import LONGEST
from loopwright.engine.time import Seconds, Tick, Timeline, loop_phase
from loopwright.engine.transport import Motion

LOOP = groove()


def fallen(clocks: int, bpm: float = 120.0) -> Stand:
    """A stand that has heard so many clocks since Start, and falls just after the last."""
    stand = playing(loop=LOOP, bpm=bpm)
    stand.clocks(clocks)
    return stand


def successor(fell: Stand, gap: float, bpm: float | None = None) -> Stand:
    """Another one, `gap` seconds after the fall, of a host that plays on, or at another tempo."""
    stand = Stand(told(), bpm or 60 / (fell.period * 24), fell.at + gap)
    stand.happen(resumed(fell, stand.at))
    return stand


def resumed(fell: Stand, at: float) -> Resumed:
    state = fell.state
    line = state.follower.line(state.transport.tick) if state.transport.playing else None
    return Resumed(LOOP, line, state.host is not None, Seconds(at))


def host_plays_on(stand: Stand, fell: Stand, count: int, late: Sequence[float] = (0.0,)) -> int:
    """Let the host's clocks go on, each so late; return the tick of the first that is heard."""
    missed = int((stand.at - fell.at) / fell.period) + 1
    first = fell.at + missed * fell.period
    for number in range(count):
        at = first + number * stand.period + late[number % len(late)]
        stand.happen(Heard(midi.CLOCK, Seconds(at)))
    return fell.state.transport.next + missed


@settings(max_examples=60, deadline=None)
@given(
    clocks=st.integers(40, 900),
    gap=st.floats(0.05, 2.5),
    bpm=st.floats(60, 200),
    late=st.lists(st.floats(0, 0.0015), min_size=7, max_size=7),
)
def test_it_goes_on_in_place(clocks: int, gap: float, bpm: float, late: list[float]) -> None:
    fell = fallen(clocks, bpm)
    stand = successor(fell, gap)
    first = host_plays_on(stand, fell, 200, late)
    state = stand.state
    assert state.transport.motion is Motion.RUNNING
    assert state.transport.tick == first + 199
    assert state.follower.locked
    line = state.follower.line(state.transport.tick)
    places = [line.place_of(Seconds(at)) for at in stand.ons()]
    assert places[0] < first + 27  # a beat away at most, and the three clocks that show the song
    for place in places:
        assert abs(place - round(place / 12) * 12) * fell.period < 0.003
    kicks = {round(line.place_of(Seconds(at))) for at in stand.ons(36)}
    assert {loop_phase(tick) % 24 for tick in kicks} == {0}
    assert not {v.pitch for v in state.table.voices} - {36, 42, 40}


def test_the_loop_that_played_plays_from_the_middle_of_its_bar() -> None:
    fell = fallen(500)
    stand = successor(fell, 0.3)
    first = host_plays_on(stand, fell, 30)
    assert stand.ons(42)[0] - fell.at < 0.3 + 15 * fell.period
    assert stand.state.repertoire.playing == LOOP
    assert loop_phase(stand.state.transport.tick) == (first + 29) % 768


@settings(max_examples=60, deadline=None)
@given(
    clocks=st.integers(40, 900),
    gap=st.floats(0.05, 2.5),
    bpm=st.floats(60, 200),
    slip=st.floats(0, 0.45),
    block=st.sampled_from([64, 256, 512]),
)
def test_a_host_that_slipped_is_met_at_the_nearest_tick(
    clocks: int, gap: float, bpm: float, slip: float, block: int
) -> None:
    fell = fallen(clocks, bpm)
    stand = successor(fell, gap)
    length = block / 48000
    late = [slip * fell.period + number % 5 / 5 * length for number in range(40)]
    first = host_plays_on(stand, fell, 200, late)
    assert stand.state.transport.motion is Motion.RUNNING
    off = stand.state.transport.tick - (first + 199)
    assert off == 0 or (off == 1 and slip * fell.period + length > fell.period / 2)


@pytest.mark.parametrize("bpm", [90.0, 150.0])
def test_another_tempo_is_another_song(bpm: float) -> None:
    fell = fallen(500)
    stand = successor(fell, 0.3, bpm)
    host_plays_on(stand, fell, 120)
    assert stand.ons() == []
    assert stand.state.transport.motion is Motion.STOPPED


def test_after_too_long_it_waits_for_start() -> None:
    fell = fallen(500)
    stand = successor(fell, LONGEST + 0.1)
    host_plays_on(stand, fell, 60)
    assert stand.ons() == []
    stand.start()
    stand.clocks(20)
    assert stand.ons(36)


def test_clocks_that_come_too_late_are_not_taken_for_the_song() -> None:
    fell = fallen(500)
    stand = successor(fell, 0.3)
    stand.wait(LONGEST)
    host_plays_on(stand, fell, 60)
    assert stand.ons() == []


@pytest.mark.parametrize("word", [midi.STOP, midi.CONTINUE, midi.START])
def test_what_the_host_says_goes_first(word: bytes) -> None:
    fell = fallen(500)
    stand = successor(fell, 0.3)
    stand.hear(word)
    host_plays_on(stand, fell, 30)
    state = stand.state
    assert state.search is None
    assert state.transport.playing == (word != midi.STOP)
    assert not state.transport.playing or state.transport.tick == 29


def test_who_starts_our_own_clock_instead_does_not_meet_the_old_song_again() -> None:
    fell = fallen(500)
    for tenth in range(10):
        stand = successor(fell, 0.3)
        stand.press(Action.PLAY)
        host_plays_on(stand, fell, 60, [tenth / 10 * fell.period])
        assert stand.state.search is None
        assert stand.state.transport.tick in (59, 60)


@pytest.mark.parametrize("leads", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        Timeline(Tick(500), Seconds(99.9), Seconds(0.0)),
        Timeline(Tick(500), Seconds(99.9), Seconds(-0.02)),
        Timeline(Tick(500), Seconds(99.9), Seconds(nan)),
        Timeline(Tick(-500), Seconds(99.9), Seconds(0.02)),
        Timeline(Tick(500), Seconds(nan), Seconds(0.02)),
        Timeline(Tick(500), Seconds(100.1), Seconds(0.02)),
    ],
)
def test_a_line_that_cannot_be_is_not_gone_on_with(line: Timeline, leads: bool) -> None:
    stand = Stand(told(), at=100.0)
    stand.happen(Resumed(LOOP, line, leads, Seconds(100.0)))
    stand.clocks(60)
    assert stand.ons() == []
    stand.start()
    stand.clocks(60)
    assert stand.ons(36)


def test_a_song_that_stood_still_does_not_begin() -> None:
    fell = fallen(500)
    fell.stop()
    stand = successor(fell, 0.3)
    host_plays_on(stand, fell, 60)
    assert stand.ons() == []
    assert stand.state.repertoire.coming == LOOP


@settings(max_examples=40, deadline=None)
@given(wait=st.floats(0.1, 15), gap=st.floats(0.05, 2.5))
def test_our_own_clock_goes_on_in_place(wait: float, gap: float) -> None:
    alone = replace(told(), follow_clock=False)
    fell = Stand(alone)
    fell.answer(LOOP)
    fell.wait(wait)
    fell.period = fell.state.follower.period
    stand = Stand(alone, at=fell.at + gap)
    stand.happen(resumed(fell, stand.at))
    stand.wait(2)
    line = fell.state.follower.line(fell.state.transport.tick)
    assert stand.ons()
    for at in stand.ons(36):
        place = line.place_of(Seconds(at))
        assert abs(place - round(place / 24) * 24) < 1e-3
    place = line.place_of(Seconds(stand.at))
    assert int(place - 1e-6) <= stand.state.transport.tick <= int(place + 1e-6)


def test_those_who_follow_our_clock_are_told_where_it_goes_on() -> None:
    leading = replace(told(), follow_clock=False, sends_clock=True)
    stand = Stand(leading, at=200.0)
    line = Timeline(fallen(100).state.transport.tick, Seconds(199.9), stand.period)
    stand.happen(Resumed(LOOP, line, True, Seconds(200.0)))
    stand.wait(0.5)
    cues = [(w.data, w.at) for w, _ in stand.wishes if isinstance(w, Cue)]
    place = next(i for i, (data, _) in enumerate(cues) if data[0] == 0xF2)
    position, go_on, clock = cues[place : place + 3]
    assert go_on[0] == midi.CONTINUE
    assert clock[0] == midi.CLOCK
    assert line.place_of(Seconds(clock[1])) == pytest.approx(midi_place(position[0]))


def midi_place(data: bytes) -> int:
    return (data[1] | data[2] << 7) * 6


def test_an_output_that_is_gone_holds_no_note_and_no_time() -> None:
    stand = fallen(495)
    assert stand.state.table.voices
    stand.happen(OutputLost(Seconds(stand.at)))
    assert not stand.state.table.voices
    stand.clocks(30)
    assert stand.state.transport.tick == 524
    assert stand.state.table.voices or stand.offs()

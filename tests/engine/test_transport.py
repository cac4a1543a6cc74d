from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.time import Tick
from loopwright.engine.transport import (
    MOVES,
    PLAYING,
    Motion,
    Signal,
    Transport,
    begins,
    hear,
    locate,
)

CLOCK, START, STOP, CONTINUE = Signal.CLOCK, Signal.START, Signal.STOP, Signal.CONTINUE


def after(*signals: Signal) -> Transport:
    return reduce(hear, signals, Transport())


@pytest.mark.parametrize("motion", Motion)
@pytest.mark.parametrize("signal", Signal)
def test_the_table_is_what_is_walked(motion: Motion, signal: Signal) -> None:
    heard = hear(Transport(motion, Tick(7)), signal)
    assert heard.motion is MOVES.get((motion, signal), motion)


@pytest.mark.parametrize("signal", Signal)
def test_music_begins_with_a_clock_and_nothing_else(signal: Signal) -> None:
    begun = [m for m in Motion if m not in PLAYING and hear(Transport(m), signal).playing]
    assert bool(begun) == (signal is CLOCK)


def test_start_is_tick_0() -> None:
    assert after(CLOCK, CLOCK, START, CLOCK).tick == 0


def test_clocks_heard_while_stopped_move_nothing() -> None:
    assert after(*[CLOCK] * 50) == Transport(Motion.STOPPED)


def test_continue_goes_on_where_stop_left_off() -> None:
    ticks = [CLOCK] * 25
    assert after(START, *ticks, STOP, CLOCK, CONTINUE, CLOCK) == Transport(Motion.RUNNING, Tick(26))


def test_continue_while_running_changes_nothing() -> None:
    assert after(START, CLOCK, CONTINUE, CLOCK) == after(START, CLOCK, CLOCK)


def test_a_double_start_is_a_restart() -> None:
    assert after(START, CLOCK, CLOCK, START) == Transport(Motion.ARMED, stopped=Tick(2))


def test_a_song_position_while_still_counts_at_once() -> None:
    assert locate(Transport(Motion.STOPPED), 12) == Transport(Motion.STOPPED, Tick(72))


def test_a_song_position_while_running_counts_at_the_next_clock() -> None:
    jumping = locate(after(START, CLOCK, CLOCK), 16)
    assert (jumping.tick, jumping.jump) == (1, 96)
    landed = hear(jumping, CLOCK)
    assert (landed.tick, landed.jump) == (96, None)
    assert begins(jumping, landed)


def test_stop_before_that_clock_stays_at_the_new_place() -> None:
    assert hear(locate(after(START, CLOCK), 16), STOP) == Transport(Motion.STOPPED, Tick(96))


def test_a_lost_clock_goes_on_when_it_comes_back() -> None:
    lost = after(START, CLOCK, CLOCK, Signal.LATE, Signal.SILENCE)
    assert lost == Transport(Motion.LOST, Tick(2))
    assert hear(lost, CLOCK) == Transport(Motion.RUNNING, Tick(3))


@given(st.lists(st.sampled_from(Signal)))
def test_every_clock_while_playing_is_one_tick(signals: list[Signal]) -> None:
    transport = Transport()
    for signal in signals:
        before, transport = transport, hear(transport, signal)
        if before.playing and signal is CLOCK:
            assert transport.tick == before.tick + 1
        elif signal is not START and signal is not CLOCK:
            assert transport.next == before.next


def test_where_the_song_jumped_away_is_an_edge_until_it_is_passed() -> None:
    turned = hear(locate(after(START, CLOCK, CLOCK, CLOCK), 0), CLOCK)
    assert (turned.tick, turned.edge, turned.horizon) == (0, 3, 3)
    near = reduce(hear, [CLOCK] * 2, turned)
    assert (near.next, near.horizon) == (3, 3)
    passed = hear(near, CLOCK)
    assert (passed.tick, passed.edge, passed.horizon) == (3, None, None)


@pytest.mark.parametrize("begin", [START, CONTINUE])
def test_stop_position_and_continue_without_a_clock_between_are_a_jump(begin: Signal) -> None:
    stopped = locate(after(*[START, *[CLOCK] * 10, STOP]), 0)
    assert hear(hear(stopped, begin), CLOCK).edge == 10
    meanwhile = hear(stopped, CLOCK)
    assert hear(hear(meanwhile, begin), CLOCK).edge is None


def test_a_host_that_goes_on_where_it_stopped_jumped_nowhere() -> None:
    assert after(START, CLOCK, CLOCK, STOP, CONTINUE, CLOCK).edge is None


def test_a_jump_to_the_same_phase_of_the_loop_makes_no_edge() -> None:
    turned = hear(locate(Transport(Motion.RUNNING, Tick(768)), 0), CLOCK)
    assert (turned.tick, turned.edge) == (0, None)
    stopped = locate(hear(Transport(Motion.RUNNING, Tick(768)), STOP), 0)
    assert hear(hear(stopped, CONTINUE), CLOCK).edge == 768


def test_behind_the_edge_the_way_is_free() -> None:
    turned = hear(locate(after(START, CLOCK, CLOCK, CLOCK), 16), CLOCK)
    assert (turned.tick, turned.edge, turned.horizon) == (96, 3, None)


def test_a_position_may_count_clocks() -> None:
    assert locate(Transport(Motion.STOPPED), 72, unit=1).next == 72

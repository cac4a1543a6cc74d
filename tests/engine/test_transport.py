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

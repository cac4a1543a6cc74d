"""What follows from who leads: clocks, Start, Stop, song position, and their absence.

One path serves a host's clock and our own. Whenever the song leaves a place, everything that
sounds is ended before anything of the new place begins.
"""

from dataclasses import replace
from math import inf

from loopwright.engine import answer, capture, clock, position, repertoire
from loopwright.engine.clock import Follower
from loopwright.engine.happen import Wish
from loopwright.engine.jitter import Jitter
from loopwright.engine.position import Reading
from loopwright.engine.stage import Outcome, carry, enter, last_round_over, silence
from loopwright.engine.state import State
from loopwright.engine.time import Seconds, Tick, loop_phase
from loopwright.engine.transport import Motion, Signal, begins, hear, locate


def notice_silence(state: State) -> Outcome:
    """Return the instrument after all that missing clocks have changed up to now."""
    wishes: tuple[Wish, ...] = ()
    late = silence_due(state)
    while late is not None and late <= state.now:
        running = state.transport.motion is Motion.RUNNING
        state, more = signalled(state, Signal.LATE if running else Signal.SILENCE, state.now)
        wishes += more
        late = silence_due(state)
    return state, wishes


def silence_due(state: State) -> Seconds | None:
    """Return the second at which a missing clock changes something: we must have listened."""
    deaf = state.deaf.skipped if state.deaf else 0.0
    match state.transport.motion:
        case Motion.RUNNING:
            return Seconds(state.follower.late + deaf)
        case Motion.FREEWHEEL:
            until = state.follower.heard + state.follower.period + state.settings.freewheel + deaf
            return Seconds(until) if until < inf else None
        case Motion.STOPPED:
            return Seconds(state.follower.lost + deaf)
        case _:
            return None


def pointed(state: State, count: int) -> State:
    """Return the instrument after a song position of `count` units."""
    here = state.transport
    reading = position.located(state.reading, here.next, count, still=not here.playing)
    return state.but(transport=locate(here, count, state.settings.unit), reading=reading)


def signalled(state: State, signal: Signal, at: Seconds) -> Outcome:
    """Return the instrument after a signal: silent where it leaves a place, then in the new one."""
    if signal is Signal.START and state.transport.playing and not state.settings.restart:
        return state, ()
    if signal is Signal.CLOCK:
        state = clocked(caught_up(state, at), at)
    elif state.skipped:
        state = state.but(skipped=False)
    before = state.transport
    after = hear(before, signal)
    reading = read(state.reading, signal)
    state = state.but(transport=after, reading=reading)
    entered = begins(before, after)
    if before.playing and (entered or not after.playing):
        return moved_on(state, before.next, at)
    if before.playing and before.edge == before.next != after.next:
        # What waited for the clock to show the way, under a negative offset, plays at that clock.
        state = state.but(plan=replace(state.plan, origin=at))
    return (enter(state, at) if entered else state), ()


def moved_on(state: State, left: Tick, at: Seconds) -> Outcome:
    """Return the instrument after the song left its line before tick `left`."""
    playing = state.transport.playing
    if playing and loop_phase(left) == loop_phase(state.transport.tick):
        return carry(state, left), ()
    state, offs = leave(state, left)
    return (enter(state, at) if playing else state), offs


def clocked(state: State, at: Seconds) -> State:
    """Return the instrument whose follower heard a clock."""
    armed = state.transport.motion is Motion.ARMED
    follower = (clock.anchored if armed else clock.heard)(state.follower, at)
    return state.but(follower=follower, jitter=measured(state, follower))


def read(reading: Reading, signal: Signal) -> Reading:
    """Return what is thought of the host's song positions after a signal."""
    if signal is Signal.START:
        return position.began(reading)
    return position.stopped(reading) if signal is Signal.STOP else reading


def caught_up(state: State, at: Seconds) -> State:
    """Return the instrument where it went without a clock, when that comes back after long.

    What was played meanwhile is not played again: nobody knows better where the host is.
    """
    here, follower = state.transport, state.follower
    if here.motion is not Motion.FREEWHEEL or at <= follower.lost:
        return state
    place = round(follower.line(here.tick).place_of(at))
    return state.but(transport=replace(here, next=Tick(max(here.next, place))))


def measured(state: State, follower: Follower) -> Jitter:
    """Return the jitter after a clock; our own has none, and missing ones cannot be measured."""
    off = follower.heard - follower.at
    if state.host is not None or not follower.locked or abs(off) > clock.BLOCK:
        return state.jitter
    return state.jitter.plus(off)


def leave(state: State, tick: int) -> Outcome:
    """Return the instrument, silent, after the song went no further than before `tick`.

    A round that ends just there was played to its end, whether its line was reached or not.
    """
    songs = state.repertoire
    if state.plan.laid == tick and loop_phase(tick) == 0:
        songs = repertoire.round_over(songs)
    heard = capture.leave(state.capture, tick)
    ending = state.ending or last_round_over(state, songs)
    answering = answer.left(state.answering, tick)
    state = state.but(repertoire=songs, capture=heard, answering=answering, ending=ending)
    return silence(state)

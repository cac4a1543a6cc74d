"""Who leads, and what follows from it: clocks, Start, Stop, song position, and their absence.

One path serves a host's clock and our own. Whenever the song leaves a place, everything that
sounds is ended before anything of the new place begins.
"""

from dataclasses import replace

from loopwright.engine import capture, clock, host, repertoire
from loopwright.engine.clock import Follower
from loopwright.engine.happen import Heard, Wish
from loopwright.engine.jitter import Jitter
from loopwright.engine.midi import Kind, Message
from loopwright.engine.stage import (
    Outcome,
    ask,
    carry,
    enter,
    last_round_over,
    silence,
    silence_now,
)
from loopwright.engine.state import State
from loopwright.engine.time import Seconds, loop_phase, period_of
from loopwright.engine.transport import SIGNALS, Motion, Signal, begins, hear, locate


def pass_time(state: State) -> Outcome:
    """Return the instrument after the time up to now: own clocks, missing clocks, a retry."""
    state, told = own_clock(state)
    missing: tuple[Wish, ...] = ()
    late = silence_due(state)
    while late is not None and late <= state.now:
        running = state.transport.motion is Motion.RUNNING
        state, more = signalled(state, Signal.LATE if running else Signal.SILENCE, state.now)
        missing += more
        late = silence_due(state)
    asked: tuple[Wish, ...] = ()
    if state.retry is not None and state.retry <= state.now:
        state, asked = ask(state, None)
    return state, (*told, *missing, *asked)


def silence_due(state: State) -> Seconds | None:
    """Return the second at which a missing clock changes something."""
    match state.transport.motion:
        case Motion.RUNNING:
            return state.follower.late
        case Motion.FREEWHEEL | Motion.STOPPED:
            return state.follower.lost
        case _:
            return None


def own_clock(state: State) -> Outcome:
    """Return the instrument after the clocks of its own that are due."""
    if state.host is None or state.host.due > state.now:
        return state, ()
    ours, told = host.tells(state.host, state.now)
    state = replace(state, host=ours)
    wishes: tuple[Wish, ...] = ()
    for heard in told:
        state, more = signalled(state, Signal.CLOCK, heard.at)
        wishes += more
    return state, wishes


def hear_transport(state: State, message: Message, heard: Heard) -> Outcome:
    """Return the instrument after clock, Start, Stop, Continue or song position of who leads."""
    foreign = heard.port != host.NAME
    if foreign and not state.settings.follow_clock:
        return state, ()
    yielded: tuple[Wish, ...] = ()
    if foreign and state.host is not None:
        if message.kind not in (Kind.START, Kind.CONTINUE):
            return state, ()
        state, yielded = stop_host(state)
    if message.kind is Kind.POSITION:
        return replace(state, transport=locate(state.transport, message.sixteenths)), yielded
    state, wishes = signalled(state, SIGNALS[message.kind], heard.at)
    return state, (*yielded, *wishes)


def signalled(state: State, signal: Signal, at: Seconds) -> Outcome:
    """Return the instrument after a signal: silent where it leaves a place, then in the new one."""
    before, follower = state.transport, state.follower
    if signal is Signal.CLOCK:
        armed = before.motion is Motion.ARMED
        follower = clock.anchored(follower, at) if armed else clock.heard(follower, at)
        state = replace(state, follower=follower, jitter=measured(state, follower))
    after = hear(before, signal)
    state = replace(state, transport=after)
    entered = begins(before, after)
    if before.playing and entered and loop_phase(before.next) == loop_phase(after.tick):
        return carry(state, before.next), ()
    wishes: tuple[Wish, ...] = ()
    if before.playing and (entered or not after.playing):
        state, wishes = leave(state, before.next)
    return (enter(state, at) if entered else state), wishes


def measured(state: State, follower: Follower) -> Jitter:
    """Return the jitter after a clock; our own has none, and missing ones cannot be measured."""
    if state.host is not None or not follower.locked or follower.gap:
        return state.jitter
    return state.jitter.plus(follower.heard - follower.at)


def leave(state: State, tick: int) -> Outcome:
    """Return the instrument, silent, after the song went no further than before `tick`.

    A round that ends just there was played to its end, whether its line was reached or not.
    """
    songs = state.repertoire
    if state.plan.laid == tick and loop_phase(tick) == 0:
        songs = repertoire.round_over(songs)
    heard = capture.leave(state.capture, tick)
    ending = state.ending or last_round_over(state, songs)
    return silence(replace(state, repertoire=songs, capture=heard, ending=ending))


def start_host(state: State) -> Outcome:
    """Return the instrument led by its own clock, from bar 1, now."""
    tempo = state.parameters["tempo"]
    state = replace(state, host=host.started(tempo, state.now), follower=Follower(period_of(tempo)))
    return signalled(state, Signal.START, state.now)


def stop_host(state: State) -> Outcome:
    """Return the instrument whose own clock has stopped, and that listens for another."""
    state, offs = signalled(replace(state, host=None), Signal.STOP, state.now)
    return replace(state, follower=Follower(period_of(state.parameters["tempo"]))), offs


def start_alone(state: State) -> Outcome:
    """Return the instrument whose own clock starts with its first loop, if it follows none."""
    first = state.repertoire.number == 0 and state.repertoire.coming is not None
    free = state.host is None and not state.settings.follow_clock
    return start_host(state) if first and free else (state, ())


def toggle_host(state: State) -> Outcome:
    """Return the instrument whose own clock starts or stops; a host's clock goes first."""
    if state.host is not None:
        return stop_host(state)
    free = state.transport.motion in (Motion.NO_CLOCK, Motion.LOST)
    return start_host(state) if free or not state.settings.follow_clock else (state, ())


def lose_ports(state: State) -> Outcome:
    """Return the instrument after its ports went away; our own clock goes on without them."""
    if state.host is not None:
        return silence_now(state)
    return signalled(state, Signal.UNPLUGGED, state.now)

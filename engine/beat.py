"""Our own clock: told ahead of its time, as notes are, and sent where others follow.

It runs from the first moment where nobody else's clock is followed, else only while we play to it.
"""

from loopwright.engine import clock, host, midi
from loopwright.engine.clock import Follower
from loopwright.engine.drive import signalled
from loopwright.engine.happen import Cue, Wish
from loopwright.engine.host import Host
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import NEVER, Seconds
from loopwright.engine.transport import Signal


def beat(state: State) -> Outcome:
    """Return the instrument after the clocks of its own that are to be told by now."""
    if not state.settings.follow_clock:
        state = with_host(state)
    if state.host is None or state.host.due > ahead(state):
        return state, ()
    if state.now > state.host.due + state.host.period:
        state = led_by(state, host.moved(state.host, ahead(state)))
    return told(state)


def told(state: State) -> Outcome:
    """Return the instrument after all clocks of its own that are due."""
    wishes: tuple[Wish, ...] = ()
    while state.host is not None and state.host.due <= ahead(state):
        at = state.host.due
        state = state.but(host=host.told(state.host))
        state, more = signalled(state, Signal.CLOCK, at)
        wishes += (*cues(state, at, midi.CLOCK), *more)
    return state, wishes


def ahead(state: State) -> Seconds:
    """Return the second up to which clocks are told by now."""
    return Seconds(state.now + state.settings.lead)


def beat_due(state: State) -> Seconds | None:
    """Return the second at which our own clock must be told the time."""
    if state.host is None:
        return None if state.settings.follow_clock else NEVER
    return Seconds(state.host.due - state.settings.lead)


def cues(state: State, at: Seconds, *messages: bytes) -> tuple[Cue, ...]:
    """Return messages to those who follow us, if there are to be any."""
    return tuple(Cue(data, at) for data in messages if state.settings.sends_clock)


def announced(state: State, *messages: bytes) -> tuple[Cue, ...]:
    """Return messages that come after the last clock of ours and before the next."""
    last = NEVER if state.host is None else Seconds(state.host.due - state.host.period)
    return cues(state, max(state.now, last), *messages)


def with_host(state: State) -> State:
    """Return the instrument that has a clock of its own, at the tempo that is set."""
    if state.host is not None:
        return state
    ours = host.started(state.parameters["tempo"], ahead(state))
    return state.but(host=ours, follower=Follower(ours.period))


def led_by(state: State, ours: Host) -> State:
    """Return the instrument whose own clock goes on otherwise from its next tick."""
    return state.but(host=ours, follower=clock.told(state.follower, ours.due, ours.period))


def retimed(state: State) -> State:
    """Return the instrument whose own clock, if it leads, changes its tempo at its next tick."""
    if state.host is None:
        return state
    return led_by(state, host.at_tempo(state.host, state.parameters["tempo"]))

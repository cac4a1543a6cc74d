"""The whole instrument, as a fold: `step(state, happening) -> (state, wishes)`.

In this order: our own clock tells what is due, missing clocks are noticed, what happened is taken
in, and everything that is due by then leaves. Nothing here asks what time it is or draws chance,
so a list of happenings plays again exactly.
"""

from dataclasses import replace

from loopwright.engine import capture, midi
from loopwright.engine.clock import Follower
from loopwright.engine.controls import control_of
from loopwright.engine.drive import (
    hear_transport,
    lose_ports,
    own_clock,
    pass_time,
    silence_due,
)
from loopwright.engine.happen import (
    Answered,
    Happening,
    Heard,
    PortsLost,
    Pressed,
    Recalled,
    Turned,
    Woke,
)
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.schedule import next_send
from loopwright.engine.stage import Outcome, ask, bar_due, play, window
from loopwright.engine.state import Settings, State
from loopwright.engine.steer import answer, press, recall, turn
from loopwright.engine.time import Seconds, period_of
from loopwright.engine.transport import SIGNALS


def opening(settings: Settings) -> Outcome:
    """Return the instrument as it begins, and its first wish: a loop."""
    follower = Follower(period_of(settings.parameters["tempo"]))
    return ask(State(settings, dict(settings.parameters), follower), None)


def step(state: State, happening: Happening) -> Outcome:
    """Return the instrument after a happening, and what it wishes for, in order of sending."""
    if state.ended:
        return state, ()
    state = replace(state, now=max(state.now, happening.at))
    state, passed = pass_time(state)
    state, taken = take_in(state, happening)
    if state.ended:
        return state, (*passed, *taken)
    state, told = own_clock(state)
    state, played = play(state)
    return state, (*passed, *taken, *told, *played)


def due(state: State) -> Seconds | None:
    """Return the second at which `Woke` must come, if nothing else happens; None: no need."""
    if state.ended:
        return None
    times = [state.retry, state.host.due if state.host else None, silence_due(state)]
    if state.transport.playing:
        leaves = next_send(state.plan.waiting, state.table, window(state))
        lead = state.settings.lead
        times += [bar_due(state), None if leaves is None else Seconds(leaves - lead)]
    return min((t for t in times if t is not None), default=None)


def take_in(state: State, happening: Happening) -> Outcome:
    """Return the instrument after what happened, before the time it happened at is played."""
    outcome: Outcome = (state, ())
    match happening:
        case Heard():
            outcome = hear_message(state, happening)
        case Answered():
            outcome = answer(state, happening)
        case Pressed():
            outcome = press(state, happening.action)
        case Turned():
            outcome = turn(state, happening), ()
        case Recalled():
            outcome = recall(state, happening.loop)
        case PortsLost():
            outcome = lose_ports(state)
        case Woke():
            pass
    return outcome


def hear_message(state: State, heard: Heard) -> Outcome:
    """Return the instrument after a message, unknown ones counted."""
    message = midi.parse(heard.data)
    if message is None:
        return replace(state, counts=state.counts.plus(unknown=1)), ()
    if message.kind in SIGNALS or message.kind is Kind.POSITION:
        return hear_transport(state, message, heard)
    control = control_of(message, state.parameters, heard.at)
    if control is not None:
        return take_in(state, control)
    return hear_note(state, message, heard.at), ()


def hear_note(state: State, message: Message, at: Seconds) -> State:
    """Return the instrument that remembers a note played in while the transport runs."""
    notes = message.kind in (Kind.NOTE_ON, Kind.NOTE_OFF) and message.channel != CONTROL_CHANNEL
    if not notes or not state.transport.playing:
        return state
    place = state.follower.line(state.transport.tick).place_of(at)
    return replace(state, capture=capture.hear(state.capture, message, place))

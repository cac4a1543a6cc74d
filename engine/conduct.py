"""The whole instrument, as a fold: `step(state, happening) -> (state, wishes)`.

In this order: our own clock tells what is due, missing clocks are noticed, what happened is taken
in, and everything that is due by then leaves. Nothing here asks what time it is or draws chance,
so a list of happenings plays again exactly.
"""

from dataclasses import replace

from loopwright.engine import capture, clock, host, midi, repertoire
from loopwright.engine.clock import Follower
from loopwright.engine.controls import control_of, settled
from loopwright.engine.happen import (
    Action,
    Answered,
    End,
    Happening,
    Heard,
    Keep,
    PortsLost,
    Pressed,
    Recalled,
    Send,
    Turned,
    Wish,
    Woke,
)
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.schedule import next_send
from loopwright.engine.stage import (
    Outcome,
    ask,
    bar_due,
    enter,
    heard_take,
    play,
    silence,
    window,
)
from loopwright.engine.state import Settings, State
from loopwright.engine.time import Seconds, period_of
from loopwright.engine.transport import SIGNALS, Motion, Signal, begins, hear, locate

PATIENCE = 1.0  # seconds before asking again, after a failure with nothing to play


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
    state, told = own_clock(state)
    state, played = play(state) if not state.ended else (state, ())
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


def silence_due(state: State) -> Seconds | None:
    """Return the second at which a missing clock changes something."""
    match state.transport.motion:
        case Motion.RUNNING:
            return state.follower.late
        case Motion.FREEWHEEL | Motion.STOPPED:
            return state.follower.lost
        case _:
            return None


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


def own_clock(state: State) -> Outcome:
    """Return the instrument after the clocks of its own that are due."""
    if state.host is None:
        return state, ()
    ours, told = host.tells(state.host, state.now)
    state = replace(state, host=ours)
    wishes: tuple[Wish, ...] = ()
    for heard in told:
        state, more = hear_message(state, heard)
        wishes += more
    return state, wishes


def take_in(state: State, happening: Happening) -> Outcome:
    """Return the instrument after what happened, before the time it happened at is played."""
    match happening:
        case Heard():
            return hear_message(state, happening)
        case Woke():
            return state, ()
        case Answered():
            return answer(state, happening)
        case Pressed():
            return press(state, happening.action)
        case Turned():
            return turn(state, happening), ()
        case Recalled():
            return replace(
                state, repertoire=repertoire.recalled(state.repertoire, happening.loop)
            ), ()
        case PortsLost():
            return lose_ports(state)


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
    after = hear(before, signal)
    state = replace(state, follower=follower, transport=after)
    entered = begins(before, after)
    wishes: tuple[Wish, ...] = ()
    if before.playing and (entered or not after.playing):
        state, wishes = leave(state, before.next)
    return (enter(state, at) if entered else state), wishes


def leave(state: State, tick: int) -> Outcome:
    """Return the instrument, silent, after the song went no further than before `tick`."""
    return silence(replace(state, capture=capture.leave(state.capture, tick)))


def start_host(state: State) -> Outcome:
    """Return the instrument led by its own clock, from bar 1, now."""
    tempo = state.parameters["tempo"]
    state = replace(state, host=host.started(tempo, state.now), follower=Follower(period_of(tempo)))
    return signalled(state, Signal.START, state.now)


def stop_host(state: State) -> Outcome:
    """Return the instrument whose own clock has stopped."""
    state = replace(state, host=None)
    return signalled(state, Signal.STOP, state.now)


def answer(state: State, answered: Answered) -> Outcome:
    """Return the instrument after an answer of the composer; only the one waited for counts."""
    songs, composed = state.repertoire, answered.composed
    if not repertoire.awaited(songs, composed):
        return replace(state, counts=state.counts.plus(stale=1)), ()
    first = songs.number == 0 and songs.coming is None
    songs = repertoire.answered(songs, composed)
    state = replace(state, repertoire=songs, reason=composed.reason)
    if composed.loop is None:
        idle = songs.playing is None and songs.coming is None
        retry = Seconds(state.now + PATIENCE) if idle else None
        return replace(state, counts=state.counts.plus(failed=1), retry=retry), ()
    if first and not state.settings.follow_clock and state.host is None:
        return start_host(state)
    return state, ()


def press(state: State, action: Action) -> Outcome:
    """Return the instrument after an action."""
    match action:
        case Action.NEW:
            return ask(state, None)
        case Action.GROW:
            return ask(state, heard_take(state))
        case Action.KEEP:
            loop = state.repertoire.playing
            return state, () if loop is None else (Keep(loop),)
        case Action.BACK:
            return replace(state, repertoire=repertoire.back(state.repertoire)), ()
        case Action.PLAY:
            return toggle_host(state)
        case Action.PANIC:
            return panic(state)
        case Action.QUIT:
            state, offs = silence(state)
            return replace(state, ended=True), (*offs, End())


def toggle_host(state: State) -> Outcome:
    """Return the instrument whose own clock starts or stops; a host's clock goes first."""
    if state.host is not None:
        return stop_host(state)
    free = state.transport.motion in (Motion.NO_CLOCK, Motion.LOST)
    return start_host(state) if free or not state.settings.follow_clock else (state, ())


def panic(state: State) -> Outcome:
    """Return the instrument silenced: own notes off first, then whole channels."""
    state, offs = silence_now(state)
    at = max(state.now, state.table.frontier)
    channels = state.settings.channels
    quiet = (
        Send(part, data, at) for part in channels for data in midi.all_notes_off(channels[part])
    )
    return state, (*offs, *quiet)


def silence_now(state: State) -> Outcome:
    """Return the instrument with nothing sounding; what waits will still be played."""
    waiting = state.plan.waiting
    state, offs = silence(state)
    return replace(state, plan=replace(state.plan, waiting=waiting)), offs


def turn(state: State, turned: Turned) -> State:
    """Return the instrument with a parameter set; what it takes no meaning from is ignored."""
    value = settled(turned.name, turned.value)
    if value is None:
        return state
    ours = state.host
    if turned.name == "tempo" and ours is not None:
        ours = host.at_tempo(ours, value)
    return replace(state, parameters={**state.parameters, turned.name: value}, host=ours)


def lose_ports(state: State) -> Outcome:
    """Return the instrument after its ports went away; our own clock goes on without them."""
    if state.host is not None:
        return silence_now(state)
    return signalled(state, Signal.UNPLUGGED, state.now)

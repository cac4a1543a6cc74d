"""The whole instrument, as a fold: `step(state, happening) -> (state, wishes)`.

In this order: our own clock tells what is due, missing clocks are noticed, what happened is taken
in, and everything that is due by then leaves. Nothing here asks what time it is or draws chance,
so a list of happenings plays again exactly.
"""

from loopwright.engine import (
    answerhear,
    answerkeep,
    answerphrase,
    answerwork,
    capture,
    deaf,
    echo,
    midi,
)
from loopwright.engine.beat import beat, beat_due
from loopwright.engine.choice import Choice
from loopwright.engine.clock import Follower
from loopwright.engine.controls import control_of
from loopwright.engine.drive import notice_silence, silence_due
from loopwright.engine.happen import (
    Answered,
    Chosen,
    Deaf,
    Fetched,
    Happening,
    Heard,
    OutputLost,
    Phrased,
    Pressed,
    Recalled,
    Resumed,
    Session,
    Turned,
    Wish,
    Woke,
)
from loopwright.engine.lead import farewell, hear_transport, meet
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.resume import resume, searched
from loopwright.engine.schedule import next_send
from loopwright.engine.stage import (
    Outcome,
    ask,
    bar_due,
    hurried,
    play,
    silence_now,
    skip,
    window,
)
from loopwright.engine.state import Settings, State, offsets_of
from loopwright.engine.steer import answer, press, recall, turn
from loopwright.engine.switch import bent, choose, fetched, hear_choice, is_choice
from loopwright.engine.time import Seconds, period_of
from loopwright.engine.transport import SIGNALS


def opening(settings: Settings) -> Outcome:
    """Return the instrument as it begins, and its first wish: a loop."""
    follower = Follower(period_of(settings.parameters["tempo"]))
    offsets = offsets_of(settings.parameters)
    choice = Choice(newest=max(settings.slot, settings.choices))
    state = State(settings, dict(settings.parameters), follower, offsets, choice=choice)
    return ask(state, None)


def step(state: State, happening: Happening) -> Outcome:
    """Return the instrument after a happening, and what it wishes for, in order of sending."""
    if state.ended:
        return state, ()
    if happening.at > state.now:
        state = state.but(now=happening.at)
    before = state
    state, wishes = gone_on(state, happening)
    if before.answering.answer is not None:
        state, kept = answerkeep.remembered(before, state)
        wishes = (*wishes, *kept)
    echoes = echo.noted(state.echoes, wishes, state.now) if wishes else state.echoes
    return (state if echoes is state.echoes else state.but(echoes=echoes)), wishes


def gone_on(state: State, happening: Happening) -> Outcome:
    """Return the instrument after the time up to now, a happening, and what is due by then."""
    if isinstance(happening, Deaf):  # before silence is thought of: nobody listened
        state = deaf.deafened(state, happening)
    state, passed = pass_time(state)
    state, taken = take_in(state, happening)
    if state.ended:
        return state, farewell(state, (*passed, *taken))
    state, told = beat(bent(state))
    state, answered = answerwork.work(state)
    state, played = play(state)
    return state, farewell(state, (*passed, *taken, *told, *answered, *played))


def pass_time(state: State) -> Outcome:
    """Return the instrument after the time up to now: own clocks, missing clocks, a retry."""
    state, told = beat(bent(state))
    state, missing = notice_silence(state)
    asked: tuple[Wish, ...] = ()
    if state.retry is not None and state.retry <= state.now:
        state, asked = ask(state, None)
    return state, (*told, *missing, *asked)


def due(state: State) -> Seconds | None:
    """Return the second at which `Woke` must come, if nothing else happens; None: no need."""
    if state.ended:
        return None
    times = [state.retry, beat_due(state), silence_due(state)]
    if state.transport.playing:
        leaves = next_send(state.plan.waiting, state.table, window(state))
        lead = state.settings.lead
        times += [
            bar_due(state),
            answerwork.due(state),
            None if leaves is None else Seconds(leaves - lead),
        ]
    return min((t for t in times if t is not None), default=None)


def take_in(state: State, happening: Happening) -> Outcome:
    """Return the instrument after what happened, before the time it happened at is played."""
    outcome: Outcome = (state, ())
    match happening:
        case Heard():
            outcome = hear_message(state, happening)
        case Answered() | Phrased() | Fetched():
            outcome = hear_answer(state, happening)
        case Pressed() | Turned() | Recalled() | Chosen():
            outcome = be_steered(state, happening)
        case OutputLost() | Session() | Resumed():
            outcome = change_around(state, happening)
        case Woke() | Deaf():
            pass
    return outcome


def hear_answer(state: State, happening: Answered | Phrased | Fetched) -> Outcome:
    """Return the instrument after a loop, a melody or a preset came, or word that none does."""
    match happening:
        case Answered():
            return answer(state, happening)
        case Phrased(phrase):
            return answerphrase.phrased(state, phrase)
        case Fetched():
            return fetched(state, happening)


def be_steered(state: State, happening: Pressed | Turned | Recalled | Chosen) -> Outcome:
    """Return the instrument after what a musician did to it."""
    match happening:
        case Pressed(action):
            return press(state, action)
        case Turned():
            return turn(state, happening)
        case Recalled(loop):
            return recall(state, loop)
        case Chosen(place):
            return choose(state, place)


def change_around(state: State, happening: OutputLost | Session | Resumed) -> Outcome:
    """Return the instrument after what it plays through, with or on behalf of changed."""
    match happening:
        case OutputLost():
            return silence_now(state)
        case Resumed():
            return resume(state, happening)
        case Session():
            return meet(state, happening), ()


def hear_message(state: State, heard: Heard) -> Outcome:
    """Return the instrument after a message, unknown ones and our own counted."""
    rest = echo.recognised(state.echoes, heard.data, heard.at)
    if rest is not None:
        return state.but(echoes=rest, counts=state.counts.plus(echoes=1)), ()
    message = midi.parse(heard.data)
    if message is None:
        return state.but(counts=state.counts.plus(unknown=1)), ()
    if message.kind in SIGNALS or message.kind is Kind.POSITION:
        return hear_host(state, message, heard)
    return hear_player(state, message, heard.at)


def hear_host(state: State, message: Message, heard: Heard) -> Outcome:
    """Return the instrument after a word of a host, with what was lost before it."""
    lost: tuple[Wish, ...] = ()
    if (state.deaf or state.made_up) and state.host is None:
        if message.kind is Kind.CLOCK and deaf.is_counted(state, heard.at):
            return state.but(made_up=max(state.made_up - 1, 0)), ()
        state, lost = deaf.made_up(state, message.kind, heard.at)
    burst = message.kind is Kind.CLOCK and hurried(state, heard.at)
    state, wishes = hear_transport(searched(state, message.kind, heard.at), message, heard)
    state, asks = skip(state) if burst else (state, ())
    return state, (*lost, *wishes, *asks)


def hear_player(state: State, message: Message, at: Seconds) -> Outcome:
    """Return the instrument after a message that steers it, or is played."""
    pedalled = answerhear.pedalled(state, message)
    if pedalled is not None:
        return pedalled
    if is_choice(message):
        return hear_choice(state, message)
    control = control_of(message, state.parameters, at)
    if control is not None:
        return take_in(state, control)
    return hear_note(state, message, at)


def hear_note(state: State, message: Message, at: Seconds) -> Outcome:
    """Return the instrument that remembers a note played in while the transport runs."""
    notes = message.kind in (Kind.NOTE_ON, Kind.NOTE_OFF) and message.channel != CONTROL_CHANNEL
    if not notes or not state.transport.playing:
        return state, ()
    place = state.follower.line(state.transport.tick).place_of(at)
    state = state.but(capture=capture.hear(state.capture, message, place))
    return answerhear.note(state, message, at)

"""Who leads: a host that we hear, a session that we play in, or our own clock.

Where others follow us, what our own clock does is also sent to them: Start comes before the clock
that is bar 1; to go on, the song position of a sixteenth, then Continue.
"""

from loopwright.engine import clock, host, midi
from loopwright.engine.beat import announced, retimed, with_host
from loopwright.engine.clock import Follower
from loopwright.engine.drive import pointed, signalled
from loopwright.engine.estimate import sane
from loopwright.engine.happen import End, Heard, Pace, Play, Session, Wish
from loopwright.engine.midi import POSITIONS, Kind, Message
from loopwright.engine.parameters import clamp
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_STEP, period_of
from loopwright.engine.transport import SIGNALS, Motion, Signal, locate

CENTS = 2  # digits of a session's tempo that mean something: it is kept in microseconds a beat


def hear_transport(state: State, message: Message, heard: Heard) -> Outcome:
    """Return the instrument after clock, Start, Stop, Continue or song position of a host."""
    if not state.settings.follow_clock:
        return state, ()
    if state.host is not None:
        return hear_other(state, message, heard)
    if message.kind is Kind.POSITION:
        return pointed(state, message.sixteenths), ()
    return signalled(state, SIGNALS[message.kind], heard.at)


def hear_other(state: State, message: Message, heard: Heard) -> Outcome:
    """Return the instrument that leads after a message of a host, which leads once it starts."""
    if message.kind is Kind.POSITION:
        return state.but(elsewhere=message.sixteenths), ()
    if message.kind not in (Kind.START, Kind.CONTINUE):
        return state, ()
    place = state.elsewhere
    state, yielded = stop(state)
    state = state if place is None else pointed(state, place)
    state, wishes = signalled(state, SIGNALS[message.kind], heard.at)
    return state, (*yielded, *wishes)


def moving(state: State) -> bool:
    """Whether we play, or will with the next clock."""
    return state.transport.playing or state.transport.motion is Motion.ARMED


def may_lead(state: State) -> bool:
    """Whether our own clock leads, or could: a host's clock goes first."""
    free = state.transport.motion in (Motion.NO_CLOCK, Motion.LOST)
    return state.host is not None or free or not state.settings.follow_clock


def toggle(state: State) -> Outcome:
    """Return the instrument whose own clock starts from bar 1, or stops."""
    if state.settings.session:
        return state, (Play(),)
    if not may_lead(state):
        return state, ()
    return stop(state) if moving(state) else start(state)


def start(state: State) -> Outcome:
    """Return the instrument led by its own clock, whose next tick is that of bar 1."""
    state = with_base(state)
    state, wishes = signalled(state, Signal.START, state.now)
    return state, (*wishes, *announced(state, midi.START))


def go_on(state: State) -> Outcome:
    """Return the instrument led by its own clock from the sixteenth where it stopped."""
    if state.settings.session or not may_lead(state) or moving(state):
        return state, ()
    place = state.transport.next // TICKS_PER_STEP % POSITIONS
    state = with_base(state.but(transport=locate(state.transport, place)))
    state, wishes = signalled(state, Signal.CONTINUE, state.now)
    return state, (*wishes, *announced(state, midi.song_position(place), midi.CONTINUE))


def with_base(state: State) -> State:
    """Return the instrument whose own clock counts from its next tick."""
    state = with_host(state)
    return state.but(host=None if state.host is None else host.moved(state.host, state.host.due))


def stop(state: State) -> Outcome:
    """Return the instrument whose own clock has stopped; where it may, it listens for another."""
    stopped = announced(state, midi.STOP)
    state, offs = signalled(state, Signal.STOP, state.now)
    if state.settings.follow_clock:
        follower = Follower(period_of(state.parameters["tempo"]))
        state = state.but(host=None, follower=follower, elsewhere=None)
    return state, (*offs, *stopped)


def start_alone(state: State) -> Outcome:
    """Return the instrument whose own clock starts with its first loop, if it waits for nobody."""
    songs = state.repertoire
    first = songs.number == 0 and (songs.coming or state.choice.coming) is not None
    if state.settings.session:
        return state, (Play(stops=False),) if first and not state.settings.waits else ()
    waits = state.settings.follow_clock or state.settings.waits
    return start(state) if first and not waits and not moving(state) else (state, ())


def tempo_turned(state: State) -> Outcome:
    """Return the instrument after another tempo was set, which counts where we may set it."""
    if state.settings.session:
        return state, (Pace(state.parameters["tempo"]),)
    return retimed(state), ()


def meet(state: State, session: Session) -> State:
    """Return the instrument that knows who is in the session, and its tempo."""
    tempo = clamp("tempo", round(session.tempo, CENTS))
    values = {**state.parameters, "tempo": tempo}
    state = state.but(peers=session.peers, parameters=values)
    if session.due is None:
        return state
    follower = clock.told(state.follower, session.due, sane(period_of(session.tempo)))
    return state.but(follower=follower)


def farewell(state: State, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Return wishes that tell those who follow us of the end, before it comes."""
    if not state.ended or not moving(state):
        return wishes
    before = tuple(wish for wish in wishes if not isinstance(wish, End))
    return (*before, *announced(state, midi.STOP), End())

"""Going on where another player fell: the line of its song outlives it.

The host played on meanwhile, or did not; nobody heard. So its clock is taken up in place where
three clocks in a row go at the old tempo, the last on the old line, soon enough. A host may also
have slipped against our time while ports were opened, as JACK does by a period: clocks that lie
beside the line are taken up once the follower knows them to go at the old tempo, each for the tick
that it lies next to. Whatever else the host says ends the search, and so do time and a clock of our
own that is started; then it is silent until the next Start, as at any beginning. If our own clock
led, it just goes on; those who follow it are told of the sixteenth that it goes on from.
"""

from math import ceil

from loopwright.engine import clock, estimate, midi, repertoire
from loopwright.engine.beat import ahead, announced
from loopwright.engine.clock import START_UP, Follower
from loopwright.engine.drive import signalled
from loopwright.engine.happen import Resumed
from loopwright.engine.host import Host
from loopwright.engine.lead import POSITIONS
from loopwright.engine.midi import Kind
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.steer import recall
from loopwright.engine.time import TICKS_PER_STEP, Seconds, Tick, Timeline
from loopwright.engine.transport import Motion, Signal, Transport

LONGEST = Seconds(4.0)  # after the last clock on it, that a line is believed
NEAR = 0.3  # ticks that a clock may lie off the line
EVEN = 0.08  # share that the tempo of three clocks may be off


def resume(state: State, resumed: Resumed) -> Outcome:
    """Return the instrument that plays the loop that played, where it was as far as that is known.

    In a session of peers the place is the session's to tell.
    """
    line, loop = resumed.line, resumed.loop
    if line is None or not believed(line, state.now) or state.settings.session:
        return (state, ()) if loop is None else recall(state, loop)
    if loop is not None:
        songs = repertoire.swapped(repertoire.recalled(state.repertoire, loop))
        state = state.but(repertoire=songs)
    return led_on(state, line) if resumed.leads else (state.but(search=line), ())


def believed(line: Timeline, now: Seconds) -> bool:
    """Whether a line may be that of a song just now: who left it may have died of it."""
    even = line.tick >= 0 and estimate.SHORTEST <= line.period <= estimate.LONGEST
    return even and 0 <= now - line.at <= LONGEST


def led_on(state: State, line: Timeline) -> Outcome:
    """Return the instrument whose own clock goes on, on the line that it had."""
    unit = TICKS_PER_STEP if state.settings.sends_clock else 1
    tick = Tick(ceil(line.place_of(ahead(state)) / unit) * unit)
    due = line.time_of(tick)
    state = state.but(
        host=Host(due, line.period),
        follower=on_line(line, tick),
        transport=Transport(next=tick),
    )
    state, wishes = signalled(state, Signal.CONTINUE, state.now)
    position = midi.song_position(tick // TICKS_PER_STEP % POSITIONS)
    return state, (*wishes, *announced(state, position, midi.CONTINUE))


def searched(state: State, kind: Kind, at: Seconds) -> State:
    """Return the instrument before a message of the host: armed where the song is, if it shows."""
    line = state.search
    if line is None:
        return state
    if kind is not Kind.CLOCK or at - line.at > LONGEST or state.host is not None:
        return state.but(search=None)
    met = on_it(line, state.follower, at) or beside_it(line, state.follower)
    if met is None:
        return state
    follower, tick = met
    return state.but(search=None, follower=follower, transport=Transport(Motion.ARMED, tick))


def on_it(line: Timeline, follower: Follower, at: Seconds) -> tuple[Follower, Tick] | None:
    """Return the follower on the old line and the tick of the clock at `at`, if that lies there."""
    tick = Tick(round(line.place_of(at)))
    before = follower.times[-2:]
    even = len(before) == 2 and abs((at - before[0]) / (2 * line.period) - 1) <= EVEN
    if not even or abs(line.place_of(at) - tick) > NEAR:
        return None
    return on_line(line, tick), tick


def beside_it(line: Timeline, follower: Follower) -> tuple[Follower, Tick] | None:
    """Return the follower on its own line and the tick of the next clock, if the tempo is known."""
    if not follower.locked or abs(follower.period / line.period - 1) > EVEN:
        return None
    due = Seconds(follower.at + follower.period)
    return clock.told(follower, due, follower.period), Tick(round(line.place_of(due)))


def on_line(line: Timeline, tick: Tick) -> Follower:
    """Return the follower that knows a line, and waits for `tick` on it."""
    return clock.told(Follower(line.period, count=START_UP), line.time_of(tick), line.period)

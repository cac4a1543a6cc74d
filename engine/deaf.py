"""Clocks that were lost because nothing could be heard for a moment, counted after all.

Who listens for us may be held up: JACK goes on without a client that is late, and what came
meanwhile is gone. A clock that nobody counts would leave all that follows a clock late until the
host starts anew. So where the next one shows that the host went on at its tempo, those between are
taken for heard, where the line says that they fell. Where all of a machine stood still the host may
have been held up, too, and write them after all, in a burst: these are let pass. Or its song stood
still as long as we did, as those of JACK's own programs do, and its next two clocks show that: they
are late by just what was skipped, and then none was lost.

A machine that is late once is so again: for a moment after a gap it explains what is missing then.
Of a clock that lies off the line the next one tells; one that comes where the last was is heard
twice. Before any other word of a host, a Stop or a song position, the clocks are counted that the
line has in the gap.
"""

from dataclasses import replace
from math import ceil, floor

from loopwright.engine.drive import signalled
from loopwright.engine.happen import Deaf, Wish
from loopwright.engine.midi import Kind
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import Seconds, Tick, Timeline
from loopwright.engine.transport import PLAYING, Motion, Signal

NEAR = 0.3  # ticks that clocks may lie off the line, and lost ones outside the gap
SURE = 0.03  # ticks that a clock lies off a line of which it surely is
TURNING = 2  # doubted clocks before a gap, from which the last of them is believed, not the line
LEARNING = PLAYING | {Motion.STOPPED}  # where clocks are missed: the tempo is learned from them
AFTER = Seconds(0.1)  # how long a gap explains clocks that are missing after it


def deafened(state: State, deaf: Deaf) -> State:
    """Return the instrument that knows of a gap in what it hears: one with the gap before it.

    Our own clock is not lost, so gaps are not added up as long as it leads.
    """
    if state.host is not None:
        return state
    if state.transport.motion is Motion.STOPPED:
        state = state.but(skipped=True)
    if state.deaf is None:
        return state.but(deaf=deaf)
    since, skipped = state.deaf.since, Seconds(state.deaf.skipped + deaf.skipped)
    return state.but(deaf=replace(deaf, since=min(since, deaf.since), skipped=skipped))


def made_up(state: State, kind: Kind, at: Seconds) -> Outcome:
    """Return the instrument before a host's word at second `at`, clocks lost before it heard."""
    wishes: tuple[Wish, ...] = ()
    lost, gap = lost_before(state, kind, at), left_of(state, kind, at)
    for time in lost:
        state, more = signalled(state, Signal.CLOCK, time)
        wishes += more
    return state.but(deaf=gap, made_up=len(lost)), wishes


def is_counted(state: State, at: Seconds) -> bool:
    """Whether a clock at second `at` was counted before it came: in a burst, or heard twice."""
    made_up = state.made_up > 0 and at - state.follower.heard < state.follower.period / 2
    gap, transport = state.deaf, state.transport
    if made_up or gap is None or transport.motion not in LEARNING or not state.follower.locked:
        return made_up
    return line_of(state, gap).place_of(at) < transport.tick + NEAR


def lost_before(state: State, kind: Kind, at: Seconds) -> list[Seconds]:
    """Return when clocks were lost before second `at`; none where that is not sure."""
    gap = state.deaf
    if gap is None or state.transport.motion not in LEARNING or not state.follower.locked:
        return []
    sure = is_near(state, gap, at) or at > state.follower.lost  # then there is no next to wait for
    if kind is Kind.CLOCK and (not sure or may_have_stood(state, gap, at)):
        return []
    line = line_of(state, gap)
    here = line.place_of(at)
    before = floor(here + NEAR) if kind is Kind.CLOCK else ceil(min(here, line.place_of(gap.at)))
    times = [line.time_of(tick) for tick in range(state.transport.next, before)]
    slack = NEAR * line.period
    inside = all(gap.since - slack <= time <= gap.at + AFTER for time in times)
    return times if inside else []


def left_of(state: State, kind: Kind, at: Seconds) -> Deaf | None:
    """Return what a gap may still explain after a host's word at second `at`."""
    gap = state.deaf
    if gap is None or at > gap.at + AFTER:
        return None
    if kind is not Kind.CLOCK:
        return gap
    if may_have_stood(state, gap, at):
        return None if stood_still(state, gap, at) else gap
    return replace(gap, skipped=Seconds(0.0)) if is_near(state, gap, at) else gap


def line_of(state: State, gap: Deaf) -> Timeline:
    """Return the line that the host was on before a gap, though it may be about to bend."""
    follower, tick = state.follower, state.transport.tick
    doubted = follower.times[-follower.doubts :] if follower.doubts else ()
    before = [time for time in doubted if time < gap.at]
    if len(before) < TURNING:
        return follower.line(tick)
    return Timeline(Tick(tick - len(doubted) + len(before)), Seconds(before[-1]), follower.period)


def is_near(state: State, gap: Deaf, at: Seconds) -> bool:
    """Whether second `at` is near a clock's on the line."""
    return off(line_of(state, gap).place_of(at)) <= NEAR


def off(place: float) -> float:
    """Return how far, in ticks, a place is from a clock's."""
    return abs(place - round(place))


def may_have_stood(state: State, gap: Deaf, at: Seconds) -> bool:
    """Whether a clock at second `at` lies on no line but that of a song that stood still, too.

    It must be off the other by more than the host's clocks are by chance.
    """
    line = line_of(state, gap)
    place, usual = line.place_of(at), SURE + 2 * state.follower.spread / line.period
    return waited(state, gap, at, state.transport.next) <= SURE and off(place) > usual


def stood_still(state: State, gap: Deaf, at: Seconds) -> bool:
    """Whether a clock that may be of a song that stood still is: the one before was, too.

    One alone may be late, or told wrong, by just as much; after a silence it has to do.
    """
    heard, lost = state.follower.heard, state.follower.lost
    return at > lost or waited(state, gap, heard, state.transport.tick) <= SURE


def waited(state: State, gap: Deaf, at: Seconds, tick: Tick) -> float:
    """Return how far, in ticks, second `at` is from `tick`'s, had the song stood still as well."""
    line = line_of(state, gap)
    return abs(line.place_of(at) - gap.skipped / line.period - tick)

"""Clocks that were lost because nothing could be heard for a moment, counted after all.

Who listens for us may be held up: JACK goes on without a client that is late, and what came
meanwhile is gone. A clock that nobody counts would leave all that follows a clock late until the
host starts anew. So where the next one shows that the host went on at its tempo, those between are
taken for heard, where the line says that they fell. Where all of a machine stood still the host may
have been held up, too, and write them after all, in a burst: these are let pass. Or its song stood
still as long as we did, as those of JACK's own programs do, and its next clock shows that: it is
late by just what was skipped, and then none was lost.
"""

from dataclasses import replace

from loopwright.engine.drive import signalled
from loopwright.engine.happen import Deaf, Wish
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import Seconds
from loopwright.engine.transport import Signal

NEAR = 0.3  # ticks that clocks may lie off the line, and lost ones outside the gap
SURE = 0.03  # ticks that a clock lies off a line of which it surely is


def deafened(state: State, deaf: Deaf) -> State:
    """Return the instrument that knows of a gap in what it hears: one with the gap before it."""
    if state.deaf is None:
        return state.but(deaf=deaf)
    since, skipped = state.deaf.since, Seconds(state.deaf.skipped + deaf.skipped)
    return state.but(deaf=replace(deaf, since=min(since, deaf.since), skipped=skipped))


def made_up(state: State, at: Seconds) -> Outcome:
    """Return the instrument before a host's clock at second `at`, the lost ones before it heard."""
    wishes: tuple[Wish, ...] = ()
    lost = lost_before(state, at)
    for time in lost:
        state, more = signalled(state, Signal.CLOCK, time)
        wishes += more
    return state.but(deaf=None, made_up=len(lost)), wishes


def is_made_up(state: State, at: Seconds) -> bool:
    """Whether a clock at second `at` comes in a burst, and was counted before it came."""
    return state.made_up > 0 and at - state.follower.heard < state.follower.period / 2


def lost_before(state: State, at: Seconds) -> list[Seconds]:
    """Return when clocks were lost before the one at second `at`; none where that is not sure."""
    gap, follower, transport = state.deaf, state.follower, state.transport
    believed = follower.locked and not follower.doubts
    if gap is None or not transport.playing or not believed:
        return []
    line = follower.line(transport.tick)
    place = line.place_of(at)
    times = [line.time_of(tick) for tick in range(transport.next, round(place))]
    slack = NEAR * line.period
    inside = all(gap.since - slack <= time <= gap.at + slack for time in times)
    off, waited = abs(place - round(place)), abs(place - gap.skipped / line.period - transport.next)
    stood_still = waited <= SURE < off
    return times if inside and off <= NEAR and not stood_still else []

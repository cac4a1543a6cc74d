"""The clock follower: from the jittered times of clocks to the line that the music runs on.

It predicts every clock and moves towards what it hears. Up to the 12th clock a regression over
all of them; from then on a delay-locked loop (F. Adriaensen's form) whose bandwidth narrows from
0.6 Hz to 0.08 Hz over 1.5 s, so that it is soon near and later calm. Beside it runs a
regression over the last 24 clocks: when three in a row say that the loop is elsewhere, the tempo
has changed, and the loop begins anew from the last six.

A clock that comes much too late is not believed: the line goes on without it. If the missing ones
follow in a burst they are counted, each a period on; if they never come, the line is moved.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from math import pi, sqrt

from loopwright.engine.regression import MOST, Line, fit
from loopwright.engine.time import NEVER, Seconds, Tick, Timeline, bpm_of, period_of

START_UP = 12  # clocks
WIDE, NARROW, NARROWING = 0.6, 0.08, 1.5  # Hz, Hz, seconds
KEPT = 6  # clocks that a new beginning is made from
LARGE = 0.05  # change of tempo, as a share, that no jitter looks like
LEAP = 6  # times the usual unevenness: not chance, but a block
CHANGES = 3  # clocks in a row that must say that the tempo has changed
SLACK = Seconds(0.015)  # what a clock may come late without being taken for a missing one
BLOCK = Seconds(0.03)  # the longest that a host is thought to write its clocks once in
FADING = 0.99  # of the spread, a clock
FREEWHEEL = Seconds(0.25)  # how long the music goes on without clocks
SHORTEST, LONGEST = period_of(999.0), period_of(5.0)
SHOWN_AFTER, SHOWN_CHANGE = 6, 0.05  # clocks, quarter notes a minute


class Gap(IntEnum):
    """How the last clock came."""

    NONE = 0  # about when it should
    WAIT = 1  # much too late
    BURST = 2  # at once after one that was too late


@dataclass(frozen=True, slots=True)
class Follower:
    """What is known of a clock.

    Clock number `count` (counted from 1 since the last silence) falls at second `at`; a clock
    lasts `period`. `heard` is when it really came. `times` are the latest clocks without a gap,
    24 at most. `age` counts the clocks since the line was begun anew; `doubts` those in a row
    that contradict it; `gap` tells what was wrong with the last one.
    """

    period: Seconds
    at: Seconds = NEVER
    heard: Seconds = NEVER
    count: int = 0
    times: tuple[float, ...] = ()
    age: int = 0
    doubts: int = 0
    gap: Gap = Gap.NONE
    spread: Seconds = NEVER  # residual sd of the last clocks; falls slowly
    reseeds: int = 0
    shown: float = 0.0  # quarter notes a minute, rounded, with hysteresis
    strays: int = 0  # clocks in a row whose tempo differs from the one shown

    @property
    def locked(self) -> bool:
        """Whether start-up is over, so that the tempo can be trusted."""
        return self.count >= START_UP

    @property
    def late(self) -> Seconds:
        """Return the second from which the next clock counts as missing."""
        return Seconds(self.heard + self.period + slack(self))

    @property
    def lost(self) -> Seconds:
        """Return the second from which the clock counts as gone."""
        return Seconds(self.heard + self.period + FREEWHEEL)

    def line(self, tick: Tick) -> Timeline:
        """Return the timeline on which the last clock was `tick`."""
        return Timeline(tick, self.at, self.period)


def heard(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after a clock that came at second `at`."""
    if follower.count == 0 or at > follower.lost:
        return show(first(follower, at))
    if follower.gap or at - follower.heard > follower.period + slack(follower):
        return show(after_gap(follower, at))
    return show(follow(follower, at))


def anchored(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after the clock that sets us playing.

    Many hosts begin their clock anew there: where it is not close to the prediction, the line
    begins at this very clock, at the tempo known; and where it is, the loop is wide again.
    """
    if follower.count == 0 or at > follower.lost:
        return heard(follower, at)
    near = min(max(3 * follower.spread, 0.001), follower.period / 2)
    expected = follower.at + follower.period
    if follower.locked and not follower.gap and abs(at - expected) <= near:
        return heard(replace(follower, age=1), at)
    return show(moved(follower, at))


def told(follower: Follower, due: Seconds, period: Seconds) -> Follower:
    """Return the follower that knows when the next clock is due, and the period from there on."""
    at = Seconds(due - period)
    return replace(
        follower, period=period, at=at, heard=at, times=(at,), age=1, doubts=0, gap=Gap.NONE
    )


def slack(follower: Follower) -> float:
    """Return how many seconds late a clock may be without being taken for a missing one."""
    return max(follower.period / 2, SLACK, 4 * follower.spread)


def first(follower: Follower, at: Seconds) -> Follower:
    """Return the follower that hears its first clock; the tempo is the one known before."""
    return Follower(
        follower.period, at, at, 1, (at,), reseeds=follower.reseeds, shown=follower.shown
    )


def follow(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after a clock that came about when it should."""
    times = (*follower.times[1 - MOST :], at)
    line = fit(times)
    if follower.age == 0 and len(times) <= START_UP:
        return started(follower, times, line)
    doubts = follower.doubts + 1 if doubtful(follower, times, line) else 0
    if doubts >= CHANGES:
        return reseeded(follower, times, line)
    return looped(follower, at, times, line.spread, doubts)


def started(follower: Follower, times: tuple[float, ...], line: Line) -> Follower:
    """Return the follower during start-up: the regression is the line."""
    return replace(
        follower,
        period=sane(line.slope),
        at=Seconds(line.end),
        heard=Seconds(times[-1]),
        count=follower.count + 1,
        times=times,
        spread=remembered(follower, line.spread),
    )


def looped(
    follower: Follower, at: Seconds, times: tuple[float, ...], spread: float, doubts: int
) -> Follower:
    """Return the follower after one step of the delay-locked loop."""
    expected = follower.at + follower.period
    error = at - expected
    omega = 2 * pi * bandwidth(follower.age * follower.period) * follower.period
    return replace(
        follower,
        period=sane(follower.period + omega * omega * error),
        at=Seconds(expected + sqrt(2) * omega * error),
        heard=at,
        count=follower.count + 1,
        times=times,
        age=follower.age + 1,
        doubts=doubts,
        gap=Gap.NONE,
        spread=remembered(follower, spread),
    )


def bandwidth(age: float) -> float:
    """Return the loop's bandwidth in Hz, `age` seconds after its beginning."""
    return WIDE * (NARROW / WIDE) ** (min(age, NARROWING) / NARROWING)


def doubtful(follower: Follower, times: tuple[float, ...], line: Line) -> bool:
    """Whether the last clocks lie on another line, in slope and in end, than the loop's."""
    slope = max(5 * line.spread * sqrt(12 / line.count**3), 0.002 * follower.period)
    end = max(8 * line.spread / sqrt(line.count), 0.002)
    turned = abs(line.slope - follower.period)
    away = abs(line.end - follower.at - follower.period)
    if line.count < KEPT or turned <= slope or away <= end:
        return False
    return turned > LARGE * follower.period or believable(times, away)


def believable(times: tuple[float, ...], away: float) -> bool:
    """Whether a small change, `away` seconds by now, is no trick of the host's blocks.

    A host that writes its clocks once a block makes long stretches of even clocks at a slightly
    wrong tempo, with leaps between. A change is told from that by a full window, beyond a leap.
    """
    steps = [b - a for a, b in pairwise(times)]
    leaps = sorted(abs(b - a) for a, b in pairwise(steps))
    if leaps[-1] <= LEAP * leaps[len(leaps) // 2]:
        return len(times) >= START_UP
    return len(times) == MOST and away > leaps[-1] / 2


def reseeded(follower: Follower, times: tuple[float, ...], line: Line) -> Follower:
    """Return the follower that begins anew from the last clocks: the tempo has changed."""
    large = abs(line.slope - follower.period) > LARGE * follower.period
    kept = times[-KEPT:]
    return replace(
        started(follower, kept, fit(kept)),
        age=0 if large else 1,
        doubts=0,
        reseeds=follower.reseeds + 1,
    )


def after_gap(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after a late clock, or one that follows a late one."""
    wait = at - follower.heard
    expected = follower.at + follower.period
    if wait > follower.period + slack(follower):
        return slowed(follower, at) if follower.gap is Gap.WAIT else held(follower, at, Gap.WAIT)
    if wait < follower.period / 2 and at > expected:
        return held(follower, at, Gap.BURST)
    if abs(at - expected) > slack(follower) or not follower.locked:
        return moved(follower, at)
    return looped(follower, at, (at,), follower.spread, 0)


def held(follower: Follower, at: Seconds, gap: Gap) -> Follower:
    """Return the follower that counts a clock, but goes on by its own prediction."""
    expected = Seconds(follower.at + follower.period)
    return replace(follower, at=expected, heard=at, count=follower.count + 1, gap=gap)


def moved(follower: Follower, at: Seconds) -> Follower:
    """Return the follower whose line begins anew at this clock, at the same tempo."""
    return replace(
        follower,
        at=at,
        heard=at,
        count=follower.count + 1,
        times=(at,),
        age=1 if follower.locked else 0,
        doubts=0,
        gap=Gap.NONE,
        spread=remembered(follower, min(abs(at - follower.at - follower.period), BLOCK) / 3),
        reseeds=follower.reseeds + 1,
    )


def slowed(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after two long waits in a row: the tempo has dropped."""
    period = sane(at - follower.heard)
    return replace(moved(follower, at), period=period, times=(follower.heard, at), age=0)


def remembered(follower: Follower, spread: float) -> Seconds:
    """Return the spread to believe in: a host that was uneven will soon be so again."""
    return Seconds(max(spread, FADING * follower.spread))


def sane(period: float) -> Seconds:
    """Return a period that some tempo of 5-999 quarter notes a minute has."""
    return Seconds(min(max(period, SHORTEST), LONGEST))


def show(follower: Follower) -> Follower:
    """Return the follower with the tempo to show: rounded, and slow to change its mind."""
    if not follower.locked:
        return follower
    bpm = bpm_of(follower.period)
    if abs(bpm - follower.shown) <= SHOWN_CHANGE:
        return replace(follower, strays=0) if follower.strays else follower
    if follower.shown and follower.strays < SHOWN_AFTER:
        return replace(follower, strays=follower.strays + 1)
    return replace(follower, shown=round(bpm, 1), strays=0)

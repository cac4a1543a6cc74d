"""The clock follower: from the jittered times of clocks to the line that the music runs on.

The line is a regression that remembers far back while clocks come about where it says
(`estimate`). When they lie to one side of it on average, the tempo may have turned, and the line
becomes less sure: so it follows a ramp smoothly, and grows calm behind it. A clock too far off for
chance is doubted: it is counted, and the line goes on without it. When the next ones agree on what
has happened (`change`), the line does the same; if they do not, it was one clock, or a burst.

A host that writes its clocks once a block makes them jump by a block; what is less than one is
then no surprise, and the line goes through the middle. If it jumps again and again (`leap`), the
tempo is turned as well. A line that no clock has been believed of for too long begins anew.
"""

from dataclasses import dataclass, field, replace
from math import sqrt

from loopwright.engine.change import Change, Kind, change_of
from loopwright.engine.estimate import UNKNOWN, Estimate
from loopwright.engine.leap import NO_LEAP, Leap
from loopwright.engine.time import NEVER, Seconds, Tick, Timeline, bpm_of
from loopwright.engine.unevenness import Unevenness

START_UP = 12  # clocks
KEPT = 10  # clocks that a change is sought in
FRESH = 6  # doubted clocks in a row, without a meaning, after which the line begins from them
EARLY, LATE = 2, 3  # clocks in a row that tell of a change; hosts are late by chance, never early
SLACK = Seconds(0.015)  # what a clock may come late without being taken for a missing one
BLOCK = Seconds(0.03)  # the longest that a host is thought to write its clocks once in
BURST = Seconds(0.002)  # clocks nearer to each other than at any tempo: they were held back
WHOLE = 0.05  # of a period: how near to one or more a jump lies that is made of missing clocks
BENT = 0.3  # of what a clock's length has changed by, squared: the variance of where it began
ALERT = (0.12, 0.006, 0.0007)  # how unsure a line is whose host may do anything next
FREEWHEEL = Seconds(0.25)  # how long the music goes on without clocks
SHOWN_AFTER, SHOWN_CHANGE = 6, 0.05  # clocks, quarter notes a minute


@dataclass(frozen=True, slots=True)
class Follower:
    """What is known of a clock.

    Clock number `count` (counted from 1 since the last silence) falls at second `at`; a clock
    lasts `period`. `heard` is when it really came, `sure` when the last came that was believed.
    `unsure` are the variances of the estimate. `times` are the latest clocks that none was held
    back among, 10 at most; the last `doubts` of them were not believed. `leap` is the last jump.
    """

    period: Seconds
    at: Seconds = NEVER
    heard: Seconds = NEVER
    sure: Seconds = NEVER
    count: int = 0
    unsure: tuple[float, float, float] = (1.0, 0.0, UNKNOWN)
    times: tuple[float, ...] = ()
    doubts: int = 0
    leap: Leap = NO_LEAP
    uneven: Unevenness = field(default_factory=Unevenness)
    reseeds: int = 0
    shown: float = 0.0  # quarter notes a minute, rounded, with hysteresis
    strays: int = 0  # clocks in a row whose tempo differs from the one shown

    @property
    def locked(self) -> bool:
        """Whether start-up is over, so that the tempo can be trusted."""
        return self.count >= START_UP

    @property
    def tempo(self) -> float:
        """Return the tempo as it is shown, in quarter notes a minute."""
        return self.shown or round(bpm_of(self.period), 1)

    @property
    def late(self) -> Seconds:
        """Return the second from which the next clock counts as missing."""
        slack = max(self.period / 2, SLACK, 4 * self.spread)
        return Seconds(self.heard + self.period + slack)

    @property
    def lost(self) -> Seconds:
        """Return the second from which the clock counts as gone."""
        return Seconds(self.heard + self.period + FREEWHEEL)

    @property
    def astray(self) -> Seconds:
        """Return the second from which the line is none, if no clock is believed until then."""
        return Seconds(self.sure + 2 * FREEWHEEL + FRESH * self.period)

    @property
    def spread(self) -> Seconds:
        """Return the standard deviation of the clocks from the line."""
        return self.uneven.spread

    @property
    def estimate(self) -> Estimate:
        """Return where the last clock was, and how sure that is."""
        return Estimate(self.at, self.period, *self.unsure)

    def line(self, tick: Tick) -> Timeline:
        """Return the timeline on which the last clock was `tick`."""
        return Timeline(tick, self.at, self.period)


def heard(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after a clock that came at second `at`.

    What a host that stood still makes up for at once tells nothing of its tempo: the line begins
    with the last of it.
    """
    made_up = follower.count == 1 and at - follower.heard < BURST
    if follower.count == 0 or at > follower.lost or made_up:
        return show(first(follower, at))
    if at > follower.astray:
        return show(replace(first(follower, at), reseeds=follower.reseeds + 1))
    return show(follow(follower, at))


def anchored(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after the clock that sets us playing.

    Many hosts begin their clock anew there: where it is not close to the prediction, the line
    begins at this very clock, at the tempo known; and where it is, the line is less sure again.
    """
    if follower.count == 0 or at > follower.lost:
        return heard(follower, at)
    near = min(max(3 * follower.spread, 0.001), follower.period / 2)
    expected = follower.at + follower.period
    if follower.locked and not follower.doubts and abs(at - expected) <= near:
        return heard(replace(follower, unsure=max(follower.unsure, ALERT)), at)
    begun = Estimate(at, follower.period, 1.0, 0.0, max(follower.unsure[2], ALERT[2]))
    return show(begun_anew(counted(follower, at, follower.uneven), begun, (at,)))


def told(follower: Follower, due: Seconds, period: Seconds) -> Follower:
    """Return the follower that knows when the next clock is due, and the period from there on."""
    at = Seconds(due - period)
    known = replace(follower, heard=at, times=(at,), uneven=follower.uneven.calmed())
    return on(known, Estimate(at, period, *ALERT))


def first(follower: Follower, at: Seconds) -> Follower:
    """Return the follower that hears its first clock; the tempo is the one known before."""
    return Follower(
        follower.period, at, at, at, 1, times=(at,), reseeds=follower.reseeds, shown=follower.shown
    )


def follow(follower: Follower, at: Seconds) -> Follower:
    """Return the follower after another clock: the line is corrected, or goes on without it."""
    ahead = follower.estimate.ahead(follower.uneven.turned)
    error, unsure = at - ahead.at, sqrt(1 + ahead.phase)
    limit = follower.uneven.limit(unsure)
    if not follower.locked:
        limit = max(limit, follower.period / 2)
    believed = abs(error) <= limit
    uneven = follower.uneven.after(error / unsure, follower.count, believed=believed)
    after = counted(follower, at, uneven)
    if believed:
        return on(after, ahead.corrected(at))
    gone_on = replace(on(after, ahead), sure=follower.sure)
    if error > limit and at - follower.heard < follower.period / 2:
        return replace(gone_on, times=(), doubts=1)  # it had been held back
    return doubted(replace(gone_on, doubts=follower.doubts + 1), error)


def counted(follower: Follower, at: Seconds, uneven: Unevenness) -> Follower:
    """Return the follower that has counted a clock, and not yet made anything of it."""
    times = (*follower.times[1 - KEPT :], at)
    return replace(follower, heard=at, count=follower.count + 1, times=times, uneven=uneven)


def on(follower: Follower, estimate: Estimate) -> Follower:
    """Return the follower on another line, which is believed."""
    at, period, phase, both, tempo = estimate
    unsure, sure = (phase, both, tempo), follower.heard
    known = replace(follower, at=Seconds(at), period=Seconds(period), unsure=unsure)
    return replace(known, sure=sure, doubts=0)


def doubted(follower: Follower, error: float) -> Follower:
    """Return the follower after a clock that is `error` seconds off its line, too far for chance.

    Nothing has happened to the line until enough clocks in a row agree on what it was.
    """
    doubts = min(follower.doubts, len(follower.times))
    if doubts < (EARLY if error < 0 or error > BLOCK else LATE):
        return follower
    since = len(follower.times) - 1
    line = (follower.at - (since - n) * follower.period for n in range(since + 1))
    deviations = [time - at for time, at in zip(follower.times, line, strict=True)]
    change = change_of(deviations, doubts, follower.uneven.jitter)
    if change is not None:
        return changed(follower, change)
    return fresh(follower) if doubts >= FRESH else follower


def changed(follower: Follower, change: Change) -> Follower:
    """Return the follower whose line does what the clocks have done, from where they did."""
    since = follower.times[-change.clocks :]
    if change.kind is Kind.BEND:
        phase = BENT * (change.size / follower.uneven.jitter) ** 2
        before = follower.at - change.clocks * follower.period
        bent = Estimate(before, follower.period, phase, 0.0, UNKNOWN)
        return begun_anew(follower, bent.after(since), since)
    leap = follower.leap.then(follower.count - change.clocks, change.size)
    leapt = replace(follower, leap=leap)
    if leap.slope or (abs(leap.size) < BLOCK and not missing(leap.size / follower.period)):
        half = replace(leapt, uneven=follower.uneven.by_block(abs(leap.size)))
        return begun_anew(half, follower.estimate.middle(leap.size, leap.slope), since)
    jumped = Estimate(since[0], follower.period, 1.0, 0.0, follower.unsure[2])
    return begun_anew(leapt, jumped.after(since[1:]), since)


def missing(periods: float) -> bool:
    """Whether a jump by so many periods is as if clocks had got lost."""
    return round(periods) >= 1 and abs(periods - round(periods)) <= WHOLE


def fresh(follower: Follower) -> Follower:
    """Return the follower whose line begins from the last clocks alone."""
    since = follower.times[-FRESH:]
    return begun_anew(follower, Estimate(since[0], follower.period).after(since[1:]), since)


def begun_anew(follower: Follower, estimate: Estimate, times: tuple[float, ...]) -> Follower:
    """Return the follower on another line, which the last clocks lie on."""
    uneven, reseeds = follower.uneven.calmed(), follower.reseeds + 1
    return on(replace(follower, times=times, uneven=uneven, reseeds=reseeds), estimate)


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

"""Other programs' ways to follow a clock, re-created from their descriptions, to measure ours by.

Each takes the times of clocks and returns where it put each of them, and the period from there.
"""

from collections.abc import Callable, Iterable, Sequence
from math import pi, sqrt
from typing import NamedTuple

from clocks import follow

from loopwright.engine.time import period_of


class Seen(NamedTuple):
    """Where a follower puts a clock, and how long it says that one lasts; seconds."""

    at: float
    period: float


class Line(NamedTuple):
    """The least-squares line: `end` at the last clock, `slope` a clock, residual sd `spread`."""

    end: float
    slope: float
    spread: float
    clocks: int


Way = Callable[[Iterable[float]], list[Seen]]


def ours(times: Iterable[float]) -> list[Seen]:
    return [Seen(follower.at, follower.period) for follower in follow(times)]


def looped(before: Seen, at: float, omega: float) -> Seen:
    """Take one step of a delay-locked loop (F. Adriaensen's form, damping 0.71)."""
    expected = before.at + before.period
    error = at - expected
    return Seen(expected + sqrt(2) * omega * error, before.period + omega * omega * error)


def ardour(times: Iterable[float]) -> list[Seen]:
    """Follow as Ardour does: one bandwidth a clock, whatever the tempo; two clocks to begin."""
    omega = 2 * pi * (60 / 500) / 24
    seen: list[Seen] = []
    for at in times:
        if len(seen) < 2:
            seen.append(Seen(at, at - seen[0].at if seen else period_of(120)))
        else:
            seen.append(looped(seen[-1], at, omega))
    return seen


def element(times: Iterable[float]) -> list[Seen]:
    """Follow as Element does: at 0.5, and at 0.1 once 24 clocks have come, both over 24."""
    seen: list[Seen] = []
    for at in times:
        if len(seen) < 2:
            seen.append(Seen(at, at - seen[0].at if seen else period_of(120)))
        else:
            wide = 0.5 if len(seen) < 24 else 0.1
            seen.append(looped(seen[-1], at, 2 * pi * wide / 24))
    return seen


def hybrid(times: Iterable[float]) -> list[Seen]:
    """Follow by a loop from 0.6 to 0.15 Hz in 72 clocks, with a regression that begins it anew.

    Start-up is a regression over 12 clocks. Three clocks in a row whose last 24 differ from the
    loop in slope and end keep the last six, and make the loop wide again.
    """
    seen: list[Seen] = []
    window: list[float] = []
    age = doubts = 0
    for at in times:
        window = [*window[-23:], at]
        if len(seen) < 12:
            line = fit(window) if seen else Line(at, period_of(120), 0.0, 1)
            seen.append(Seen(line.end, line.slope))
            continue
        hertz = 0.6 - (0.6 - 0.15) * min(age, 72) / 72
        now = looped(seen[-1], at, 2 * pi * hertz * seen[-1].period)
        age, line = age + 1, fit(window)
        doubts = doubts + 1 if elsewhere(line, now) else 0
        if doubts == 3:
            window = window[-6:]
            line, age, doubts = fit(window), 0, 0
            now = Seen(line.end, line.slope)
        seen.append(now)
    return seen


def elsewhere(line: Line, now: Seen) -> bool:
    """Whether the hybrid's regression contradicts its loop, in slope and in end."""
    slope = max(5 * line.spread * sqrt(12 / line.clocks**3), 0.002 * now.period)
    end = max(8 * line.spread / sqrt(line.clocks), 0.002)
    return abs(line.slope - now.period) > slope and abs(line.end - now.at) > end


def fit(times: Sequence[float]) -> Line:
    """Return the line through the times of 2 or more successive clocks."""
    count, middle = len(times), (len(times) - 1) / 2
    mean = sum(times) / count
    off = [(n - middle, at - mean) for n, at in enumerate(times)]
    slope = sum(n * at for n, at in off) / sum(n * n for n, _ in off)
    scatter = sum((at - slope * n) ** 2 for n, at in off)
    return Line(mean + slope * middle, slope, sqrt(scatter / max(count - 2, 1)), count)

"""A straight line through the times of successive clocks. Standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul

MOST = 24


@dataclass(frozen=True, slots=True)
class Line:
    """The least-squares line: `end` at the last clock, `slope` a clock, residual sd `spread`."""

    end: float
    slope: float
    spread: float
    count: int


def offsets(count: int) -> tuple[float, ...]:
    """Return 0..count-1, moved so that their mean is 0."""
    return tuple(i - (count - 1) / 2 for i in range(count))


OFFSETS = tuple(offsets(count) for count in range(MOST + 1))
MOMENTS = tuple(sum(map(mul, x, x)) for x in OFFSETS)


def fit(times: Sequence[float]) -> Line:
    """Return the line through the times, in seconds, of 2 to 24 successive clocks."""
    count, origin = len(times), times[0]
    past = [t - origin for t in times]  # small numbers, so that squares keep their digits
    mean = sum(past) / count
    slope = sum(map(mul, OFFSETS[count], past)) / MOMENTS[count]
    scatter = sum(map(mul, past, past)) - count * mean * mean - slope * slope * MOMENTS[count]
    spread = sqrt(max(scatter, 0.0) / (count - 2)) if count > 2 else 0.0
    return Line(origin + mean + slope * (count - 1) / 2, slope, spread, count)

"""The Kruskal-Wallis test: whether groups of ratings differ, by their ranks.

As the loop paper's "Listening Test" has it. Standard library only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import erfc, exp, gamma, sqrt

from loopwright.engine.errors import SettingError

FEWEST = 2  # groups


@dataclass(frozen=True, slots=True)
class Test:
    """H, its degrees of freedom, and the chance of an H as large where no group differs."""

    h: float
    freedom: int
    p: float


def kruskal_wallis(groups: Mapping[str, Sequence[float]]) -> Test:
    """Return the test over ratings by group; ties share their mean rank. Raises SettingError."""
    if len(groups) < FEWEST or not all(groups.values()):
        raise SettingError("the test needs two groups at least, each with a rating")
    everything = sorted(chain.from_iterable(groups.values()))
    if everything[0] == everything[-1]:
        raise SettingError("all ratings are the same: there is nothing to test")
    n, rank = len(everything), ranks(everything)
    squares = sum(sum(rank[one] for one in group) ** 2 / len(group) for group in groups.values())
    h = 12 / (n * (n + 1)) * squares - 3 * (n + 1)
    counts = [everything.count(one) for one in rank]
    ties = 1 - sum(c**3 - c for c in counts) / (n**3 - n)
    freedom = len(groups) - 1
    return Test(h / ties, freedom, chance_above(h / ties, freedom))


def ranks(ordered: Sequence[float]) -> dict[float, float]:
    """Return the rank of each value of an ordered sequence, counted from 1."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(ordered, 1):
        places.setdefault(value, []).append(place)
    return {value: sum(at) / len(at) for value, at in places.items()}


def chance_above(x: float, freedom: int) -> float:
    """Return the chance that a chi-squared number is above x.

    For whole degrees of freedom the integral is a finite sum (Abramowitz and Stegun, 26.4.4 and 5).
    """
    half = x / 2
    if freedom % 2 == 0:
        return exp(-half) * sum(half**i / gamma(i + 1) for i in range(freedom // 2))
    later = sum(half ** (i - 0.5) / gamma(i + 0.5) for i in range(1, (freedom + 1) // 2))
    return erfc(sqrt(half)) + exp(-half) * later

"""How much of what is real is drawn, and how much of what is drawn is real, by neighbours.

Around each loop lies a ball that reaches to its k-th nearest neighbour of its own kind. Precision
and recall are those of Kynkäänniemi et al. (2019), density and coverage those of Naeem et al.
(2020). Loops of one song overlap, so that neighbours from the same song do not count. n real loops,
m drawn ones, d directions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.training.embedding import Points

NEAREST = 5
Songs = NDArray[np.int64]
Distances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Closeness:
    """Shares, and for density a mean count as a share of k; density may exceed 1."""

    precision: float  # drawn loops inside some real loop's ball
    recall: float  # real loops inside some drawn loop's ball
    density: float  # how many real loops' balls a drawn loop is inside of, as a share of k
    coverage: float  # real loops whose own ball holds a drawn loop


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Loops as points (n, d), and the song (n) that each is of."""

    points: Points
    songs: Songs


def alone(points: Points) -> Sample:
    """Return drawn loops, each of which is of no song but itself."""
    return Sample(points, np.arange(len(points)))


def closeness(real: Sample, drawn: Sample, k: int = NEAREST) -> Closeness:
    """Return how close drawn loops (m, d) are to real ones (n, d)."""
    apart = distances(real.points, drawn.points)
    inside = apart <= reaches(real, k)[:, None]
    return Closeness(
        precision=float(inside.any(0).mean()),
        recall=float((apart <= reaches(drawn, k)).any(1).mean()),
        density=float(inside.sum(0).mean() / k),
        coverage=float(inside.any(1).mean()),
    )


def reaches(sample: Sample, k: int) -> Distances:
    """Return the distance (n) from each loop to the k-th nearest one of another song."""
    apart = distances(sample.points, sample.points)
    apart[sample.songs[:, None] == sample.songs] = np.inf
    return np.partition(apart, k - 1, 1)[:, k - 1]


def distances(left: Points, right: Points) -> Distances:
    """Return the Euclidean distances (n, m) from each of (n, d) to each of (m, d)."""
    a, b = left.astype(np.float64), right.astype(np.float64)
    squares = np.square(a).sum(1)[:, None] + np.square(b).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))

"""A judge who learns to tell drawn loops from real ones, and how often it is right. numpy only.

The judge is a logistic regression with a penalty on its weights. It is always asked about songs
that it did not learn from. Its AUC is the chance that it finds the drawn one of a real and a drawn
loop: 0.5 where they cannot be told apart. n loops, d numbers a loop.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.training.neighbours import Songs

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]

FOLDS = 5
PENALTY = 30.0
STEPS, SMALL = 50, 1e-9  # of Newton's method
FARTHEST = 5.0  # standard deviations at which a number is held
RESAMPLES = 500
OUTER = (2.5, 97.5)  # per cent of the resamples that the interval lies between
CHANCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Loops of one kind, d numbers each (n, d), and the song (n) that each is of."""

    numbers: Numbers
    songs: Songs


@dataclass(frozen=True, slots=True)
class Told:
    """The judge's AUC, and the interval that holds 95 % of those of resampled songs."""

    auc: float
    low: float
    high: float


def told_apart(real: Side, drawn: Side) -> Told:
    """Return how well a judge tells drawn loops from real ones."""
    folds = [fold_of(side.songs) for side in (real, drawn)]
    scores = judged(real, drawn, folds)
    rng = np.random.default_rng(CHANCE)
    again = [
        mean_auc(
            scores,
            folds,
            [resampled(s.songs, of, rng) for s, of in zip((real, drawn), folds, strict=True)],
        )
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(again, OUTER)
    return Told(mean_auc(scores, folds), float(low), float(high))


def fold_of(songs: Songs) -> Songs:
    """Return the fold (n) of each loop: all loops of a song are in one, at random."""
    names, which = np.unique(songs, return_inverse=True)
    return np.random.default_rng(CHANCE).permutation(len(names))[which] % FOLDS


def judged(real: Side, drawn: Side, folds: list[Songs]) -> list[Numbers]:
    """Return what a judge who learned from the other folds says of each loop, by side."""
    sides = (real.numbers, drawn.numbers)
    scores = [np.zeros(len(side)) for side in sides]
    for fold in range(FOLDS):
        learned = [side[of != fold] for side, of in zip(sides, folds, strict=True)]
        judge = Judge.taught(*learned)
        for side, of, said in zip(sides, folds, scores, strict=True):
            said[of == fold] = judge.says(side[of == fold])
    return scores


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Mean and spread (d) of what it learned from, and its weights (2 d + 1)."""

    mean: Numbers
    spread: Numbers
    weights: Numbers

    @classmethod
    def taught(cls, real: Numbers, drawn: Numbers) -> "Judge":
        """Return the judge that learned from real and drawn loops (n, d), both sides alike."""
        both = np.concatenate([real, drawn])
        spread = both.std(0)
        bare = cls(both.mean(0), np.where(spread > 0, spread, 1.0), np.zeros(0))
        truth = np.arange(len(both)) >= len(real)
        sizes = np.where(truth, len(drawn), len(real))
        return cls(
            bare.mean,
            bare.spread,
            logistic(bare.seen(both), truth, len(both) / (2 * sizes), PENALTY),
        )

    def seen(self, numbers: Numbers) -> Numbers:
        """Return what the judge looks at (n, 2 d + 1): each number, its square, and 1."""
        z = np.clip((numbers - self.mean) / self.spread, -FARTHEST, FARTHEST)
        return np.concatenate([z, np.square(z) - 1, np.ones((len(z), 1))], 1)

    def says(self, numbers: Numbers) -> Numbers:
        """Return how drawn each loop looks (n)."""
        return self.seen(numbers) @ self.weights


def logistic(x: Numbers, truth: Truth, counts: Numbers, penalty: float) -> Numbers:
    """Return the weights (d) of rows (n, d), of which each counts so much (n), by Newton's method.

    They minimise the sum of the losses and penalty / 2 of their squares; the last weight is free.
    """
    weights = np.zeros(x.shape[1])
    held = np.full(x.shape[1], penalty)
    held[-1] = SMALL
    for _ in range(STEPS):
        sure = (1 + np.tanh(x @ weights / 2)) / 2
        slope = x.T @ (counts * (sure - truth)) + held * weights
        curve = (x.T * (counts * sure * (1 - sure))) @ x + np.diag(held)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < SMALL:
            break
    return weights


def mean_auc(
    scores: list[Numbers], folds: list[Songs], counts: list[Numbers] | None = None
) -> float:
    """Return the mean of the folds' AUC; scores of different folds are of different judges."""
    counts = counts or [np.ones(len(said)) for said in scores]
    by_fold = [
        auc(*(np.stack([said[of == fold], n[of == fold]])
              for said, of, n in zip(scores, folds, counts, strict=True)))
        for fold in range(FOLDS)
    ]  # fmt: skip
    return float(np.mean(by_fold))


def auc(real: Numbers, drawn: Numbers) -> float:
    """Return how often a drawn loop's score is above a real one's; a tie is half.

    Each side is (2, n): scores, and how often each loop counts.
    """
    (low, weight), (high, counts) = real, drawn
    order = np.argsort(low)
    below = np.concatenate([[0.0], np.cumsum(weight[order])])
    less, upto = (below[np.searchsorted(low[order], high, side)] for side in ("left", "right"))
    return float((counts * (less + upto) / 2).sum() / (weight.sum() * counts.sum()))


def resampled(songs: Songs, folds: Songs, rng: np.random.Generator) -> Numbers:
    """Return how often each loop counts (n) when each fold's songs are drawn again, with repeats.

    A fold keeps its number of songs, so that none is ever empty.
    """
    times = np.zeros(len(songs))
    for fold in range(FOLDS):
        here = folds == fold
        names, which = np.unique(songs[here], return_inverse=True)
        drawn = rng.integers(0, len(names), len(names))
        times[here] = np.bincount(drawn, minlength=len(names))[which]
    return times

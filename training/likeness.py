"""How like held-out real loops other loops are: neighbours, and a judge who tells them apart.

n loops, d numbers a loop.
"""

from dataclasses import dataclass

import numpy as np

from loopwright.engine.roll import DRUMS
from loopwright.training.embedding import Embedding, unit
from loopwright.training.measures import Rolls, in_bars
from loopwright.training.neighbours import (
    NEAREST,
    Closeness,
    Sample,
    Songs,
    closeness,
)
from loopwright.training.twosample import FOLDS, Numbers, Side, Told, told_apart

MOST = 2000  # loops of a side: all distances between two sides are held at once
FEWEST = 5 * FOLDS  # songs of a side: a judge's fold has five of them
CHANCE = 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like real loops drawn ones are, as many of each."""

    loops: int
    closeness: Closeness
    told: Told


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Loops of one kind: rolls (n, 128, 93), and the song (n) that each is of."""

    rolls: Rolls
    songs: Songs


def drawn_group(rolls: Rolls) -> Group:
    """Return drawn loops, each of which is of no song but itself."""
    return Group(rolls, np.arange(len(rolls)))


def likeness(embedding: Embedding, real: Group, drawn: Group) -> Likeness | None:
    """Return how like real loops drawn ones are; None where there are too few to tell."""
    if min(len(np.unique(g.songs)) for g in (real, drawn)) < max(FEWEST, NEAREST + 1):
        return None
    count = min(len(real.rolls), len(drawn.rolls), MOST)
    sides = [some(group, count) for group in (real, drawn)]
    points = [embedding.points(side.rolls) for side in sides]
    near = [Sample(unit(p), side.songs) for p, side in zip(points, sides, strict=True)]
    numbers = [
        Side(np.concatenate([p.astype(np.float64), descriptors(side.rolls)], 1), side.songs)
        for p, side in zip(points, sides, strict=True)
    ]
    return Likeness(count, closeness(near[0], near[1]), told_apart(numbers[0], numbers[1]))


def some(group: Group, count: int) -> Group:
    """Return `count` loops of a group, at random but always the same."""
    chosen = np.sort(np.random.default_rng(CHANCE).permutation(len(group.rolls))[:count])
    return Group(group.rolls[chosen], group.songs[chosen])


def descriptors(rolls: Rolls) -> Numbers:
    """Return what a judge hears in rolls (n, 128, 93) besides their place: (n, 35).

    The share of steps with each drum, and with a bass note, and where the bass moves; the columns
    and the sounding steps of each bar; how far the other bars are from the first; and the steps
    with more than one bass note.
    """
    bars = in_bars(rolls)
    bass = rolls[..., DRUMS:]
    moves = (bass[:, 1:] != bass[:, :-1]).any(2)
    return np.concatenate(
        [
            rolls[..., :DRUMS].mean(1),
            bass.any(2).mean(1, keepdims=True),
            moves.mean(1, keepdims=True),
            bars.any(2).mean(2),
            bars.any(3).mean(2),
            (bars[:, 1:] != bars[:, :1]).mean((2, 3)),
            (bass.sum(2) > 1).mean(1, keepdims=True),
        ],
        1,
    )

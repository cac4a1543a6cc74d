"""Loops as points, so that loops can be near to each other. numpy only.

A loop is its drums, and its bass as intervals from the first bass note (an octave at most either
way), each bit by itself: the key, which is drawn at random when a loop plays, moves no point. Of
these 4,352 bits the directions are kept along which training loops differ most. They are fitted on
the training split alone, once, for all models: no model is measured by what it learned itself, as
it would be by an encoder of its own. To be near means to lie in the same direction from the mean:
by distance alone whatever lies near the mean is near to everything, and loops drawn at temperature
2, nearly noise, had a precision of 1. n loops, d directions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.roll import DRUMS
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.training.measures import Rolls

Points = NDArray[np.float32]

REACH = 12  # semitones
DIRECTIONS = 64
SPARE, ROUNDS = 16, 4  # of the randomised search for directions (Halko et al., 2011)
AT_ONCE = 2048
CHANCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """The mean (bits) of the training loops, and the directions (bits, d) that they differ in."""

    mean: Points
    directions: Points

    def points(self, rolls: Rolls) -> Points:
        """Return rolls (n, 128, 93) as points (n, d)."""
        parts = (rolls[at : at + AT_ONCE] for at in range(0, len(rolls), AT_ONCE))
        found = [(bits_of(part) - self.mean) @ self.directions for part in parts]
        return np.concatenate(found).astype(np.float32)


def unit(points: Points) -> Points:
    """Return points (n, d) moved to a distance of 1 from the mean."""
    length = np.linalg.norm(points, axis=1, keepdims=True)
    return (points / np.where(length > 0, length, 1)).astype(np.float32)


def fitted(rolls: Rolls, directions: int = DIRECTIONS) -> Embedding:
    """Return the embedding whose directions are those in which rolls (n, 128, 93) differ most."""
    bits = np.concatenate(
        [bits_of(rolls[at : at + AT_ONCE]) for at in range(0, len(rolls), AT_ONCE)]
    )
    mean = bits.mean(0)
    bits -= mean
    return Embedding(mean, principal(bits, directions))


def principal(centred: Points, count: int) -> Points:
    """Return the first principal directions (bits, count) of rows (n, bits) whose mean is 0."""
    width = min(count + SPARE, *centred.shape)
    guess = np.random.default_rng(CHANCE).standard_normal((centred.shape[1], width))
    found = guess.astype(np.float32)
    for _ in range(ROUNDS):
        found, _ = np.linalg.qr(centred.T @ (centred @ found))
    _, _, mix = np.linalg.svd(centred @ found, full_matrices=False)
    return (found @ mix.T)[:, :count]


def bits_of(rolls: Rolls) -> Points:
    """Return rolls (n, 128, 93) as bits (n, 4352): nine drums and 25 intervals a step."""
    bass = intervals(rolls)
    heard = np.arange(-REACH, REACH + 1) == bass[..., None]
    return (
        np.concatenate([rolls[..., :DRUMS] > 0, heard], 2)
        .reshape(len(rolls), -1)
        .astype(np.float32)
    )


def intervals(rolls: Rolls) -> Points:
    """Return the bass (n, 128) in semitones from its first note; NaN where it rests.

    The lowest note counts where there are several.
    """
    bass = rolls[..., DRUMS:] > 0
    sounds = bass.any(2)
    pitch = bass.argmax(2)
    first = np.take_along_axis(pitch, sounds.argmax(1)[:, None], 1)
    apart = np.clip(pitch - first, -REACH, REACH).astype(np.float32)
    assert apart.shape[1] == STEPS_PER_LOOP
    return np.where(sounds, apart, np.float32(np.nan))

"""Loops through a model: drawn, encoded, decoded, some at a time. No torch.

n loops, t codes a loop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.chance import uniforms
from loopwright.engine.loopmodel import Model
from loopwright.training.measures import Codes, Rolls

Row = TypeVar("Row", bound=np.generic)

AT_ONCE = 64  # loops a call of the graph
PART = "evaluate"  # names the stream of chance


@dataclass(frozen=True, slots=True)
class Asked:
    """What to evaluate: how many loops to draw, from which chance, how boldly."""

    loops: int = 1000
    seed: int = 1
    temperature: float = 1.0


def comparable(model: Model, codes: Codes) -> Codes | None:
    """Return codes that loops can share; a continuous latent never comes twice."""
    return codes if model.in_time else None


def drawn(model: Model, asked: Asked) -> tuple[Codes, Rolls]:
    """Return codes (n, t) and rolls (n, 128, 93) of drawn loops."""
    chance = np.concatenate(
        [uniforms(asked.seed, PART, n, range(1), model.positions) for n in range(asked.loops)]
    )
    parts = [model.draw(some, asked.temperature) for some in split(chance, "loops drawn")]
    return np.concatenate([p.codes for p in parts]), np.concatenate([p.rolls for p in parts])


def encoded(model: Model, rolls: Rolls, says: str) -> Codes:
    """Return the codes (n, t) of rolls (n, 128, 93)."""
    return np.concatenate([model.encode(part) for part in split(rolls, says)])


def decoded(model: Model, codes: Codes, *, plain: bool) -> Rolls:
    """Return the rolls (n, 128, 93) of codes (n, t): all of them forced, so nothing is drawn."""
    parts = split(codes, "raw" if plain else "decoded")
    chance = np.zeros((AT_ONCE, model.positions), np.float32)
    return np.concatenate(
        [model.draw(chance[: len(part)], prefix=part, plain=plain).rolls for part in parts]
    )


def repeating(codes: Codes) -> Codes:
    """Return codes (n, t), those of the first half bar copied to the fifth bar: 0, 1 to 16, 17.

    This is how the loop paper makes its VQ-VAE's loops repeat more ("Manipulating Latent Space").
    """
    half, few = codes.shape[1] // 2, codes.shape[1] // 16
    again = codes.copy()
    again[:, half : half + few] = codes[:, :few]
    return again


def split(rows: NDArray[Row], says: str) -> Iterator[NDArray[Row]]:
    """Yield the rows in parts that suit one call of the graph, with a progress bar."""
    for start in tqdm(range(0, len(rows), AT_ONCE), desc=says, leave=False):
        yield rows[start : start + AT_ONCE]

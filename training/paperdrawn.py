"""Loops that models draw for the loop paper's tables, decoded as the paper does: cell by cell.

b loops, t codes a loop.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.beatcodes import PITCH
from loopwright.engine.chance import uniforms
from loopwright.engine.loopmodel import Model
from loopwright.engine.sidecar import LOOP_BEATS, Sidecar
from loopwright.training.measures import Codes, Rolls
from loopwright.training.throughmodel import AT_ONCE, decoded, repeating, split

COLDEST = 1e-4
HEATS = {"argmax": COLDEST, "temp 1": 1.0, "temp 1.5": 1.5, "temp 2": 2.0}
Floats = NDArray[np.float32]
PART = "paper"  # names the stream of chance
FREE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A model that is compared: the name of its row, its sidecar, and itself."""

    name: str
    sidecar: Sidecar
    model: Model

    @property
    def first(self) -> int:
        """The place of the code that is drawn before all others, by its shares in songs."""
        return PITCH if self.sidecar.kind == LOOP_BEATS else 0


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Loops that a model drew: their name, codes (n, t), and rolls."""

    name: str
    codes: Codes
    rolls: Rolls


def drawings(one: Compared, count: int, seed: int) -> Iterator[Drawn]:
    """Yield what a model draws: a VAE once, a VQ-VAE as the paper has it, at four temperatures."""
    model = one.model
    chance = np.concatenate(
        [uniforms(seed, PART, n, range(1), model.positions) for n in range(count)]
    )
    free = np.full(chance.shape, FREE)
    if not model.in_time:
        yield taken(one.name, model, chance, free)
        return
    # The first code is always drawn from the training set's shares.
    first = free.copy()
    first[:, one.first] = taken(one.name, model, chance, free).codes[:, one.first]
    for says, heat in HEATS.items():
        yield taken(f"{one.name} ({says})", model, chance, first, heat)


def taken(name: str, model: Model, chance: Floats, prefix: Codes, heat: float = 1.0) -> Drawn:
    """Return loops drawn with uniforms (n, t), some codes forced (n, t)."""
    parts = enumerate(split(chance, name))
    found = [model.draw(some, heat, prefix=prefix[n * AT_ONCE :][: len(some)], plain=True)
             for n, some in parts]  # fmt: skip
    rolls = np.concatenate([part.rolls for part in found])
    return Drawn(name, np.concatenate([part.codes for part in found]), rolls)


def copied(model: Model, drawn: Drawn) -> Drawn:
    """Return loops whose first half bar's codes are copied to their fifth bar."""
    codes = repeating(drawn.codes)
    return Drawn(drawn.name, codes, decoded(model, codes, plain=True))

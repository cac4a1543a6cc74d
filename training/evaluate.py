"""The measures of a model: its data, real loops through it, and loops that it draws. No torch.

Only held-out groups are put through the model; "raw" is what it says before the rules that the
shipped decoding keeps by construction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.chance import uniforms
from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.embedding import fitted
from loopwright.training.likeness import Group, Likeness, drawn_group, likeness
from loopwright.training.measures import (
    Codes,
    Measures,
    Rolls,
    known,
    measure,
    reconstruction_error,
)

Row = TypeVar("Row", bound=np.generic)

AT_ONCE = 64  # loops a call of the graph
PART = "evaluate"  # names the stream of chance
TRAINING_SET, HELD_OUT = "training set", "held-out, real"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to evaluate: how many loops to draw, from which chance, how boldly."""

    loops: int = 1000
    seed: int = 1
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Reconstruction errors by split and decoding, and what each kind of loops is like.

    `likeness` is to held-out real loops; None where there are too few of them.
    """

    model: str
    device: str
    asked: Asked
    errors: dict[str, float]
    measures: dict[str, Measures]
    likeness: dict[str, Likeness | None]


@dataclass(frozen=True, slots=True, eq=False)
class Loops:
    """Loops of one kind, and their codes (n, t)."""

    group: Group
    codes: Codes

    @property
    def rolls(self) -> Rolls:
        """Rolls (n, 128, 93)."""
        return self.group.rolls


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """The training loops and the held-out ones, with the codes that a model has for them."""

    train: Loops
    test: Loops


def evaluate(model: Model, data: LoopSet, asked: Asked) -> Evaluation:
    """Return all measures of a model beside those of its data. Takes a minute or so."""
    real = real_loops(model, data)
    rebuilt = {
        "test": decoded(model, real.test.codes, plain=False),
        "test_raw": decoded(model, real.test.codes, plain=True),
        "train": decoded(model, real.train.codes, plain=False),
    }
    errors = {
        name: reconstruction_error((real.train if name == "train" else real.test).rolls, again)
        for name, again in rebuilt.items()
    }
    of_test = real.test.group.songs
    kinds = {
        TRAINING_SET: real.train,
        HELD_OUT: real.test,
        "held-out, rebuilt": Loops(Group(rebuilt["test"], of_test), real.test.codes),
        "held-out, rebuilt raw": Loops(Group(rebuilt["test_raw"], of_test), real.test.codes),
        **drawn_loops(model, asked),
    }
    before = known(real.train.rolls, comparable(model, real.train.codes))
    return Evaluation(
        model.model,
        model.device,
        asked,
        errors,
        {
            name: measure(
                loops.rolls,
                comparable(model, loops.codes),
                # The training set is not held against itself.
                None if name == TRAINING_SET else before,
            )
            for name, loops in kinds.items()
        },
        likenesses(real, kinds),
    )


def real_loops(model: Model, data: LoopSet) -> Real:
    """Return the real loops with their codes. Raises SettingError where a split is empty."""
    train, test = data.part(Split.TRAIN), data.part(Split.TEST)
    if not len(train) or not len(test):
        raise SettingError("the data set has no training or no test groups")
    return Real(*(
        Loops(Group(rolls, part.group.astype(np.int64)), encoded(model, rolls, says))
        for part, says in ((train, "training set"), (test, "held-out set"))
        for rolls in (part.rolls(),)
    ))  # fmt: skip


def comparable(model: Model, codes: Codes) -> Codes | None:
    """Return codes that loops can share; a continuous latent never comes twice."""
    return codes if model.in_time else None


def likenesses(real: Real, kinds: Mapping[str, Loops]) -> dict[str, Likeness | None]:
    """Return how like the held-out loops each other kind is."""
    embedding = fitted(real.train.rolls)
    others = {name: loops for name, loops in kinds.items() if name != HELD_OUT}
    return {
        name: likeness(embedding, real.test.group, loops.group)
        for name, loops in tqdm(others.items(), desc="likeness", leave=False)
    }


def drawn_loops(model: Model, asked: Asked) -> dict[str, Loops]:
    """Return drawn loops: as they ship, and the same codes decoded raw."""
    codes, rolls = drawn(model, asked)
    raw = decoded(model, codes, plain=True)
    return {
        "drawn, as shipped": Loops(drawn_group(rolls), codes),
        "drawn, raw": Loops(drawn_group(raw), codes),
    }


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


def split(rows: NDArray[Row], says: str) -> Iterator[NDArray[Row]]:
    """Yield the rows in parts that suit one call of the graph, with a progress bar."""
    for start in tqdm(range(0, len(rows), AT_ONCE), desc=says, leave=False):
        yield rows[start : start + AT_ONCE]

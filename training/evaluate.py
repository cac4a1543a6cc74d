"""The measures of a model: its data, real loops through it, and loops that it draws. No torch.

Only held-out groups are put through the model; "raw" is what it says before the rules that the
shipped decoding keeps by construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.training.corpus import Rules
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.embedding import fitted
from loopwright.training.likeness import Group, Likeness, drawn_group, likeness
from loopwright.training.measures import (
    Codes,
    Measures,
    Rolls,
    bar_distances,
    known,
    measure,
    reconstruction_error,
)
from loopwright.training.throughmodel import (
    Asked,
    comparable,
    decoded,
    drawn,
    encoded,
    repeating,
)

FEWEST = 100  # loops of a kind that is told of
TRAINING_SET, HELD_OUT, REBUILT = "training set", "held-out, real", "held-out, rebuilt"
SHIPPED, RAW, COPIED = "drawn, as shipped", "drawn, raw", "drawn, copied"
ACCEPTED = "drawn, accepted"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Reconstruction errors by split and decoding, and what each kind of loops is like.

    `likeness` is to held-out real loops; None where there are too few of them. `accepted` is the
    share of drawn loops whose bars 1 and 5 are as alike as the paper asks of a loop, for models
    that write in time.
    """

    model: str
    device: str
    asked: Asked
    errors: dict[str, float]
    measures: dict[str, Measures]
    likeness: dict[str, Likeness | None]
    accepted: dict[str, float]


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
    return evaluated(model, real_loops(model, data), asked, drawn_loops(model, asked))


def evaluated(model: Model, real: Real, asked: Asked, ours: Mapping[str, Loops]) -> Evaluation:
    """Return all measures of a model, beside real loops, by the loops that it drew."""
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
        REBUILT: Loops(Group(rebuilt["test"], of_test), real.test.codes),
        "held-out, rebuilt raw": Loops(Group(rebuilt["test_raw"], of_test), real.test.codes),
        **ours,
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
        acceptances(ours) if model.in_time else {},
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


def likenesses(real: Real, kinds: Mapping[str, Loops]) -> dict[str, Likeness | None]:
    """Return how like the held-out loops each other kind is."""
    embedding = fitted(real.train.rolls)
    others = {name: loops for name, loops in kinds.items() if name != HELD_OUT}
    return {
        name: likeness(embedding, real.test.group, loops.group)
        for name, loops in tqdm(others.items(), desc="likeness", leave=False)
    }


def drawn_loops(model: Model, asked: Asked) -> dict[str, Loops]:
    """Return drawn loops: as they ship, the same codes decoded raw, and those that repeat.

    Loops are made to repeat in two ways: with codes copied, where these lie in time, and by taking
    only those as alike in bars 1 and 5 as the paper asks of a loop; none, if too few are.
    """
    codes, rolls = drawn(model, asked)
    kinds = {
        SHIPPED: Loops(drawn_group(rolls), codes),
        RAW: Loops(drawn_group(decoded(model, codes, plain=True)), codes),
    }
    if model.in_time:
        again = repeating(codes)
        kinds[COPIED] = Loops(drawn_group(decoded(model, again, plain=False)), again)
    repeats = repeat(rolls)
    if repeats.sum() >= FEWEST:
        kinds[ACCEPTED] = Loops(drawn_group(rolls[repeats]), codes[repeats])
    return kinds


def acceptances(ours: Mapping[str, Loops]) -> dict[str, float]:
    """Return the share of loops that repeat, of each kind that was not chosen by that."""
    return {
        name: float(repeat(loops.rolls).mean()) for name, loops in ours.items() if name != ACCEPTED
    }


def repeat(rolls: Rolls) -> NDArray[np.bool_]:
    """Tell which of rolls (n, 128, 93) are as alike in bars 1 and 5 as the paper asks of a loop."""
    return bar_distances(rolls) < Rules().repeat_below

"""The measures of a model: its data, real loops through it, and loops that it draws. No torch.

Only held-out groups are put through the model; "raw" is what it says before the rules that the
shipped decoding keeps by construction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.chance import uniforms
from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.measures import Codes, Measures, Rolls, measure, reconstruction_error

Row = TypeVar("Row", bound=np.generic)

AT_ONCE = 64  # loops a call of the graph
PART = "evaluate"  # names the stream of chance


@dataclass(frozen=True, slots=True)
class Asked:
    """What to evaluate: how many loops to draw, from which chance, how boldly."""

    loops: int = 1000
    seed: int = 1
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Reconstruction errors by split and decoding, and the measures of each kind of loop."""

    model: str
    device: str
    asked: Asked
    errors: dict[str, float]
    measures: dict[str, Measures]


def evaluate(model: Model, data: LoopSet, asked: Asked) -> Evaluation:
    """Return all measures of a model beside those of its data. Takes a minute or so."""
    train = data.part(Split.TRAIN).rolls()
    test = data.part(Split.TEST).rolls()
    if not len(train) or not len(test):
        raise SettingError("the data set has no training or no test groups")
    known = encoded(model, train, "training set")
    real = encoded(model, test, "held-out set")
    shipped, raw = (decoded(model, real, plain=plain) for plain in (False, True))
    errors = {
        "test": reconstruction_error(test, shipped),
        "test_raw": reconstruction_error(test, raw),
        "train": reconstruction_error(train, decoded(model, known, plain=False)),
    }
    measures = {
        "training set": measure(train, known),
        "held-out, real": measure(test, real, known),
        "held-out, rebuilt": measure(shipped, real, known),
        "held-out, rebuilt raw": measure(raw, real, known),
        **drawn_measures(model, known, asked),
    }
    return Evaluation(model.model, model.device, asked, errors, measures)


def drawn_measures(model: Model, known: Codes, asked: Asked) -> dict[str, Measures]:
    """Return the measures of drawn loops: as they ship, and the same codes decoded raw."""
    codes, rolls = drawn(model, asked)
    return {
        "drawn, as shipped": measure(rolls, codes, known),
        "drawn, raw": measure(decoded(model, codes, plain=True), codes, known),
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

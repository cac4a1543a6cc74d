"""The melody paper's eight versions, V1-V8: what each speaks, its sizes, and how it learns.

The text leaves open batch (but 128 in all for the Transformer), rates, dropout and patience of the
LSTMs. No torch here.
"""

from dataclasses import dataclass, field, replace
from enum import Enum

from loopwright.training.melodysettings import MusicShape
from loopwright.training.settings import Schedule, Transposition

BY_SIX = Transposition(-6, 6)
A_HEAD = 8  # numbers: a head of attention has a multiple of them, or no step graph can be made


class Speech(Enum):
    """What notes are told as."""

    PITCHES = "pitch strings"
    REMI = "REMI"
    BPE = "REMI + BPE"


@dataclass(frozen=True, slots=True)
class LstmShape:
    """Sizes of MelodyLSTM; `hidden` has a number for each layer.

    Without an `embedding` a token is told as one number, its share of the vocabulary. `heads` of
    attention look back over the outputs; the paper's models have none.
    """

    vocabulary: int
    hidden: tuple[int, ...] = (256, 512, 256)
    embedding: int = 0
    heads: int = 0
    dropout: float = 0.2


Shape = LstmShape | MusicShape


@dataclass(frozen=True, slots=True)
class MelodyRecipe:
    """How a version learns: windows of `window` tokens, each `stride` tokens further on.

    `every` counts the token after each, else only the last. An epoch is `steps` batches drawn anew,
    all windows where that is 0; the optimiser moves after `accumulate` of them, and its rate rises
    over `warm_up` moves. Each training piece comes in `copies` more keys.
    """

    window: int
    stride: int
    every: bool
    batch: int
    schedule: Schedule
    steps: int = 0
    accumulate: int = 2
    warm_up: int = 0
    copies: int = 2
    transpose: Transposition = field(default_factory=lambda: BY_SIX)
    longest_gradient: float = 1.0


@dataclass(frozen=True, slots=True)
class Version:
    """One of the eight. `shape` is for any vocabulary; `merged` is that of BPE, 0 without."""

    speech: Speech
    shape: Shape
    merged: int = 0
    warm_up: int = 0  # moves of the optimiser, in the paper's recipe


NARROW = LstmShape(0)
WIDE = LstmShape(0, hidden=(512, 512, 512))
VERSIONS = {
    "v1": Version(Speech.PITCHES, NARROW),
    "v2": Version(Speech.PITCHES, NARROW),
    "v3": Version(Speech.PITCHES, NARROW),
    "v4": Version(Speech.PITCHES, NARROW),
    "v5": Version(Speech.PITCHES, WIDE),
    "v6": Version(Speech.REMI, replace(WIDE, embedding=128)),
    "v7": Version(Speech.BPE, MusicShape(0), merged=512, warm_up=2000),
    "v8": Version(Speech.BPE, MusicShape(0), merged=1024, warm_up=4000),
}

PAPER_LSTM = MelodyRecipe(
    100, 1, every=False, batch=64, schedule=Schedule(100, rate=1e-3, last_rate=1e-5, check_every=1,
                                                     patience=15)
)  # fmt: skip
PAPER_TRANSFORMER = MelodyRecipe(
    256, 64, every=True, batch=64, schedule=Schedule(100, rate=3e-4, last_rate=3e-6, check_every=1,
                                                     patience=15)
)  # fmt: skip
SHORT_LSTM = replace(
    PAPER_LSTM,
    every=True,
    batch=8,
    steps=100,
    accumulate=1,
    warm_up=50,
    schedule=Schedule(10, rate=3e-3, last_rate=3e-5, check_every=1, patience=4),
)
SHORT_TRANSFORMER = replace(
    PAPER_TRANSFORMER,
    batch=2,
    steps=100,
    warm_up=20,
    schedule=Schedule(10, rate=3e-3, last_rate=3e-5, check_every=1, patience=4),
)


def recipe_of(name: str, short: str) -> tuple[Version, MelodyRecipe]:
    """Return a version and how it learns, by the recipe `paper` or `short`.

    The short one is for few cores: all widths are a quarter, the Transformer has half the layers;
    each token of a window counts for the LSTMs, too; fewer windows, and a higher rate.
    """
    version = VERSIONS[name]
    lstm = isinstance(version.shape, LstmShape)
    if short == "paper":
        recipe = PAPER_LSTM if lstm else replace(PAPER_TRANSFORMER, warm_up=version.warm_up)
        return version, recipe
    shape = quarter(version.shape)
    return replace(version, shape=shape), SHORT_LSTM if lstm else SHORT_TRANSFORMER


def quarter(shape: Shape) -> Shape:
    """Return a shape of a quarter of the widths."""
    if isinstance(shape, MusicShape):
        return replace(shape, width=128, layers=4, heads=4, inner=512, dropout=0.05)
    hidden = tuple(width // 4 for width in shape.hidden)
    return replace(shape, hidden=hidden, embedding=shape.embedding // 4, dropout=0.05)

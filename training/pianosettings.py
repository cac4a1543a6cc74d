"""What a training of a piano model can be told, and the recipes: the paper's, and a shorter one.

No torch here, so that the command line can read it before torch is loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from loopwright.training.settings import Schedule, Transposition

WINDOW = 257  # tokens: 256 to read, and for each of them the one after it
SHORT_WINDOW = 65  # attention over a quarter of the window costs half the time a token


class Fall(Enum):
    """How the learning rate falls: by a factor an epoch (the paper), or warm up, then cosine."""

    EPOCHS = "epochs"
    COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class LstmShape:
    """Sizes of the LSTM model, in the order of the paper's list (4.1)."""

    embedding: int = 64
    hidden: int = 512
    layers: int = 2
    wide: int = 1024
    narrow: int = 512
    dropout: float = 0.5


@dataclass(frozen=True, slots=True)
class TransformerShape:
    """Sizes of the Transformer (4.2); `positions` is how many distances have a vector."""

    width: int = 256
    layers: int = 8
    heads: int = 16
    inner: int = 512
    positions: int = 240
    dropout: float = 0.5


Shape = LstmShape | TransformerShape


@dataclass(frozen=True, slots=True)
class PianoRecipe:
    """How one model learns. An epoch is `share` of all windows, drawn anew."""

    shape: Shape
    schedule: Schedule
    batch: int = 8
    share: float = 0.02
    fall: Fall = Fall.EPOCHS
    decay: float = 1.0  # of the rate, each epoch, where it falls by epochs
    transpose: Transposition = field(default_factory=lambda: Transposition(0, 0))
    held_out: bool = False  # keep the validation files out, and the weights that they like best
    short_epochs: int = 0  # first epochs on short windows, as many times more of them
    longest_gradient: float = 0.0  # a longer gradient is scaled down to this; 0 leaves it


def paper_schedule(epochs: int, rate: float, last: float) -> Schedule:
    """Return a schedule of the paper: as many epochs as its best model had."""
    return Schedule(epochs=epochs, rate=rate, last_rate=last, check_every=1)


PAPER = {
    "lstm": PianoRecipe(LstmShape(), paper_schedule(9, 5e-4, 5e-5), decay=0.8),
    "transformer": PianoRecipe(TransformerShape(), paper_schedule(6, 1e-3, 1e-3)),
}
SHORT = {
    "lstm": PianoRecipe(
        LstmShape(dropout=0.1),
        Schedule(epochs=12, rate=2e-3, last_rate=2e-5, check_every=1),
        batch=16,
        share=0.0023,
        short_epochs=8,
        fall=Fall.COSINE,
        transpose=Transposition(-6, 5),
        held_out=True,
        longest_gradient=1.0,
    ),
    "transformer": PianoRecipe(
        TransformerShape(dropout=0.05),
        Schedule(epochs=12, rate=1.5e-3, last_rate=2e-5, check_every=1),
        batch=8,
        share=0.0023,
        short_epochs=8,
        fall=Fall.COSINE,
        transpose=Transposition(-6, 5),
        held_out=True,
        longest_gradient=1.0,
    ),
}
RECIPES = {"paper": PAPER, "short": SHORT}
Change = Callable[[PianoRecipe, PianoRecipe], PianoRecipe]
"""A recipe, and the one that something is taken from, to the recipe with that."""


def with_dropout(recipe: PianoRecipe, other: PianoRecipe) -> PianoRecipe:
    """Return a recipe whose model forgets as much as another's."""
    return replace(recipe, shape=replace(recipe.shape, dropout=other.shape.dropout))


def with_rate(recipe: PianoRecipe, other: PianoRecipe) -> PianoRecipe:
    """Return a recipe with another's rates, and its bound of the gradient."""
    rate, last = other.schedule.rate, other.schedule.last_rate
    schedule = replace(recipe.schedule, rate=rate, last_rate=last)
    gradient = other.longest_gradient
    return replace(recipe, schedule=schedule, fall=other.fall, longest_gradient=gradient)


def with_short_windows(recipe: PianoRecipe, other: PianoRecipe) -> PianoRecipe:
    """Return a recipe whose first epochs, in the same proportion, are on short windows."""
    epochs = other.short_epochs * recipe.schedule.epochs // other.schedule.epochs
    return replace(recipe, short_epochs=epochs)


CHANGES: Mapping[str, Change] = {
    "dropout": with_dropout,
    "keys": lambda recipe, other: replace(recipe, transpose=other.transpose),
    "rate": with_rate,
    "short-windows": with_short_windows,
    "held-out": lambda recipe, other: replace(recipe, held_out=other.held_out),
}
"""What can be taken from the recipe `short`, one by one, to see what each is worth."""

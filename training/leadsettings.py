"""What a training of a lead can be told. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.engine.leadtokens import STYLES, size
from loopwright.training.melodysettings import MusicShape
from loopwright.training.settings import Schedule, Transposition

WINDOW = 257  # tokens: 256 to read, and for each of them the one after it
VOCABULARY = size(STYLES)
SHARES = {"folk": 1.0, "pop": 1.0, "song": 1.0, "hook": 0.3}
"""Hooks are many, and their bars are guessed."""


@dataclass(frozen=True, slots=True)
class LeadRecipe:
    """How a lead learns. An epoch is `steps` batches of `batch` windows.

    `shares` says how often the melodies of a style come, beside how many there are of them;
    `hide` is how often each of style and key is kept from the model.
    """

    shape: MusicShape
    schedule: Schedule
    batch: int = 8
    steps: int = 128
    shares: Mapping[str, float] = field(default_factory=SHARES.copy)
    transpose: Transposition = field(default_factory=Transposition)
    hide: float = 0.15
    longest_gradient: float = 1.0


SHAPE = MusicShape(VOCABULARY, width=128, layers=4, heads=4, inner=384, context=256, dropout=0.0)
RECIPE = LeadRecipe(
    SHAPE, Schedule(epochs=24, rate=3e-3, last_rate=4e-5, check_every=1, patience=6), steps=384
)

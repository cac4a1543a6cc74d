"""Everything that the training of a beat model can be told. No torch."""

from dataclasses import dataclass

from loopwright.training.corpus import Rules
from loopwright.training.settings import SHIPPED, Schedule

BEATS = "beats"  # as `--model` calls it


@dataclass(frozen=True, slots=True)
class BeatSettings:
    """How a beat model is trained, besides its schedule."""

    batch: int = 64
    codes: int = 256  # K, patterns of each list
    hidden: int = 256
    dropout: float = 0.4
    heats: tuple[float, float] = (1.03, 0.96)  # that each half's logits are divided by, afterwards


@dataclass(frozen=True, slots=True)
class BeatRecipe:
    """One whole training: which loops, and how their patterns and what follows what are learned."""

    rules: Rules
    settings: BeatSettings
    schedule: Schedule


RECIPE = BeatRecipe(
    SHIPPED.rules, BeatSettings(), Schedule(epochs=9, rate=2e-3, last_rate=2e-5, check_every=1)
)

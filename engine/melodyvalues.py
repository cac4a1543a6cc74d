"""What the parameters say of melodies, for whoever asks for one. Standard library only."""

from collections.abc import Mapping

from loopwright.engine.compose import Sampling
from loopwright.engine.melody import Limits
from loopwright.engine.time import TICKS_PER_QUARTER


def sampling_of(values: Mapping[str, float]) -> Sampling:
    """Return how boldly is drawn."""
    return Sampling(
        values["melody_temperature"], round(values["melody_top_k"]), values["melody_top_p"]
    )


def limits_of(
    values: Mapping[str, float], between: tuple[float, float], classes: frozenset[int]
) -> Limits:
    """Return what an answer may do between two pitches, in some pitch classes (empty: in all)."""
    low, high = between
    rest = round(values["melody_rest"] * TICKS_PER_QUARTER)
    density = round(values["melody_density"])
    return Limits(classes=classes, low=round(low), high=round(high), density=density, rest=rest)

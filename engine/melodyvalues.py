"""What the parameters say of melodies, for whoever asks for one. Standard library only."""

from collections.abc import Mapping
from dataclasses import replace

from loopwright.engine.compose import Sampling
from loopwright.engine.keys import SCALE_WORDS, Key, tonic_chord
from loopwright.engine.melody import Limits
from loopwright.engine.phraseclose import Close
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


def closed(
    limits: Limits, values: Mapping[str, float], key: Key | None, span: tuple[int, int]
) -> Limits:
    """Return limits for an answer between two ticks that comes to rest, where it keeps to a key.

    Half of it at most is given to that.
    """
    start, end = span
    ticks = min(round(values["melody_close"] * TICKS_PER_QUARTER), (end - start) // 2)
    if key is None or ticks <= 0 or not values["melody_lock"]:
        return limits
    home = tonic_chord(key, SCALE_WORDS[round(values["melody_scale"])])
    return replace(limits, close=Close(end - ticks, end, home))

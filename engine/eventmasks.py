"""Which event tokens may come next, as biases: arrays made once, and shared.

Events are the piano paper's tokens: offset, pitch and duration of a note, offset and bar. A bias
has as many numbers as the model has tokens; those after the 153 are never drawn. Sets of offsets
are whole numbers, bit n for offset n.
"""

from functools import cache, lru_cache

import numpy as np

from loopwright.engine.language import Bias
from loopwright.engine.melody import Limits
from loopwright.engine.pianotokens import (
    FIRST_OFFSET,
    FIRST_PITCH,
    KEYS,
    LOWEST_PITCH,
    TOKENS,
    Kind,
)

MANY = 4096  # biases kept: a few of each are met in a phrase
HIGHEST_PITCH = LOWEST_PITCH + KEYS - 1


@cache
def of_kind(kind: Kind, size: int) -> Bias:
    """Return the bias, [size], that lets all tokens of a kind come."""
    return opened(tuple(TOKENS[kind]), size)


@lru_cache(MANY)
def of_offsets(offsets: int, size: int) -> Bias:
    """Return the bias, [size], that lets a set of offsets come."""
    tokens = range(offsets.bit_length())
    return opened(tuple(FIRST_OFFSET + n for n in tokens if offsets >> n & 1), size)


@lru_cache(MANY)
def of_pitches(limits: Limits, above: int, top: int, size: int) -> Bias:
    """Return the bias, [size], of the pitches that limits let come, higher ones than `top` alone.

    They sound `above` what is told, which is what `top` counts in.
    """
    every = pitches(limits, above)
    may = [pitch for pitch in every if pitch > top] or every
    return opened(tuple(FIRST_PITCH + pitch - LOWEST_PITCH for pitch in may), size)


@lru_cache(MANY)
def pitches(limits: Limits, above: int = 0) -> tuple[int, ...]:
    """Return the pitches that limits let be told, low before high; always one at least.

    A range without a pitch of the classes keeps to the range; one without any that can be told is
    the nearest that can.
    """
    low = min(max(limits.low - above, LOWEST_PITCH), HIGHEST_PITCH)
    high = max(min(limits.high - above, HIGHEST_PITCH), low)
    within = range(low, high + 1)
    fits = tuple(p for p in within if not limits.classes or (p + above) % 12 in limits.classes)
    return fits or tuple(within)


def opened(tokens: tuple[int, ...], size: int) -> Bias:
    """Return a bias, [size], that lets only `tokens` come."""
    bias = np.full(size, -np.inf, np.float32)
    bias[list(tokens)] = 0.0
    bias.setflags(write=False)
    return bias

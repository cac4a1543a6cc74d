"""Chance as numbers: streams of uniforms that depend on their name and nothing else.

Philox counts instead of remembering, so draw 63 of loop 9 is found without drawing the others.
The raw 64 bits are used, because numpy keeps those the same from version to version.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

WORD = (1 << 64) - 1
BITS = 24  # of a float32's mantissa: every value below 1 is exact


def uniforms(seed: int, part: str, number: int, draws: range, count: int) -> NDArray[np.float32]:
    """Return (len(draws), count) uniforms in [0, 1) for loop `number` of `part`.

    Row d depends on seed, part, number and the draw d alone.
    """
    key = np.array([seed & WORD, word(part)], np.uint64)
    return np.stack([row(key, number, draw, count) for draw in draws])


def row(key: NDArray[np.uint64], number: int, draw: int, count: int) -> NDArray[np.float32]:
    """Return the uniforms (count) of one draw."""
    counter = np.array([0, 0, draw & WORD, number & WORD], np.uint64)
    raw = np.random.Philox(key=key, counter=counter).random_raw(count)
    return ((raw >> (64 - BITS)) * 2.0**-BITS).astype(np.float32)


def word(part: str) -> int:
    """Return 64 bits that stand for a name."""
    return int.from_bytes(hashlib.sha256(part.encode()).digest()[:8], "little")

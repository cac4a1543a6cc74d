"""A loop model without weights, for tests: what it draws depends on uniforms and prefix alone."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loopwright.engine.roll import BASS_LOW, DRUMS, Drum

SCALE = (33, 35, 36, 38, 40, 41, 43, 45)  # A natural minor, from A1


@dataclass(frozen=True)
class TwinDraw:
    """Codes [b, 32] and rolls [b, 128, 93]."""

    codes: NDArray[np.int64]
    rolls: NDArray[np.uint8]


@dataclass
class TwinModel:
    """Each code is a quarter note: a kick, a hat on odd codes, and a bass note of A minor."""

    model: str = "7" * 64
    device: str = "twin"
    positions: int = 32
    in_time: bool = True
    parts: tuple[str, ...] = ()
    prefixes: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    heats: list[float] = field(default_factory=list[float])

    def draw(
        self,
        uniforms: ArrayLike,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        *,
        prefix: ArrayLike | None = None,
        mask: ArrayLike | None = None,
        plain: bool = False,
    ) -> TwinDraw:
        """Draw codes 0..511, but those that the prefix forces."""
        uniforms = np.asarray(uniforms)
        prefix = np.full(uniforms.shape, -1) if prefix is None else np.asarray(prefix)
        assert mask is None
        assert not plain
        assert uniforms.shape == prefix.shape
        assert uniforms.shape[1] == self.positions
        assert top_k >= 0
        assert 0 < top_p <= 1
        self.prefixes.append(prefix)
        self.heats.append(temperature)
        codes = np.where(prefix < 0, (uniforms * 512).astype(np.int64), prefix)
        return TwinDraw(codes, np.stack([decoded(row) for row in codes]))

    def encode(self, rolls: ArrayLike) -> NDArray[np.int64]:
        """Return a code for each quarter note that depends on its bits alone."""
        rolls = np.asarray(rolls)
        quarters = rolls.reshape(len(rolls), self.positions, -1)
        return np.array([[code_of(q) for q in roll] for roll in quarters], np.int64)


def code_of(bits: NDArray[np.uint8]) -> int:
    """Return a code that depends on these bits alone."""
    return int.from_bytes(hashlib.sha256(bits.tobytes()).digest()[:2], "little") % 512


def decoded(codes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the roll of one loop's codes."""
    roll = np.zeros((128, 93), np.uint8)
    for position, code in enumerate(codes.tolist()):
        roll[4 * position, Drum.KICK] = 1
        roll[4 * position + 2, Drum.CLOSED_HAT] = code % 2
        roll[4 * position : 4 * position + 3, DRUMS + SCALE[code % 8] - BASS_LOW] = 1
    return roll

"""Ways to draw from a distribution, and what a draw should have been: numpy alone.

b sequences, t places, K codes or tokens.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

EDGE = 1e-5
"""How far from an edge of the cumulative distribution a uniform must lie to decide."""
HAIR = 1e-5
"""How far apart the least share that is kept and all others must lie, as a share of the least: a
rounding of logits brings two together, or parts two that were equal."""

Codes = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A way to draw: `forced` (t) holds -1 where free, `mask` (t, K) is True where allowed."""

    name: str
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    forced: Codes = field(default_factory=lambda: np.array(-1))
    mask: NDArray[np.bool_] = field(default_factory=lambda: np.array(True))
    plain: bool = False


def distributed(logits: Doubles, case: Case) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return the probabilities (b, t, K) that a case draws from, of logits (b, t, K).

    And where (b, t) it is certain, for all but a hair, what top-k and top-p cut. A mask that allows
    nothing allows all.
    """
    allowed = np.broadcast_to(case.mask, logits.shape[1:])
    allowed = allowed | ~allowed.any(-1, keepdims=True)
    warm = np.where(allowed, logits / case.temperature, -np.inf)
    shares = np.exp(warm - warm.max(-1, keepdims=True))
    shares, sure = kept(shares / shares.sum(-1, keepdims=True), case)
    return shares / shares.sum(-1, keepdims=True), sure


def kept(shares: Doubles, case: Case) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return shares (b, t, K) with 0 for what top-k and top-p cut, and where that is certain.

    Equal shares stay together.
    """
    ordered = -np.sort(-shares, axis=-1)
    sure = np.ones(shares.shape[:-1], np.bool_)
    if 0 < case.top_k < ordered.shape[-1]:
        ordered = ordered[..., : case.top_k]
    over = np.cumsum(ordered, -1) - ordered - case.top_p * ordered.sum(-1, keepdims=True)
    if case.top_p < 1:
        sure &= np.abs(over).min(-1) > EDGE
    least = np.where(over < 0, ordered, 2.0).min(-1)
    least = least[..., None]
    if case.top_p < 1 or ordered.shape[-1] < shares.shape[-1]:
        sure &= (np.abs(shares - least) <= HAIR * least).sum(-1) == 1
    return np.where(shares < least, 0.0, shares), sure


def misdrawn(
    shares: Doubles, codes: Codes, chance: Doubles, where: NDArray[np.bool_]
) -> tuple[int, int]:
    """Count the codes (b, t) whose share of 0..1 does not hold their uniform, and those near it.

    `shares` (b, t, K) are all codes', `chance` (b, t) uniforms; `where` (b, t) says which count.
    """
    upper = np.take_along_axis(np.cumsum(shares, -1), codes[..., None], 2)[..., 0]
    lower = upper - np.take_along_axis(shares, codes[..., None], 2)[..., 0]
    outside = np.maximum(lower - chance, chance - upper)
    near = (outside > 0) & (outside <= EDGE)
    return int((where & (outside > EDGE)).sum()), int((where & near).sum())

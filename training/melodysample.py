"""Melodies drawn from a trained model as the paper draws them (6): no grammar, no limits."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.chance import uniforms
from loopwright.engine.compose import Sampling
from loopwright.training.melodynext import following
from loopwright.training.melodywindows import Model

STREAM = "melodies"


def sampled(
    model: Model,
    seeds: Sequence[Sequence[int]],
    read: int,
    count: int,
    chance: tuple[int, Sampling],
) -> list[list[int]]:
    """Return `count` tokens after each seed; the model reads the last `read` of all.

    `chance` is the number that chance comes from, and how boldly tokens are drawn.
    """
    number, sampling = chance
    every = [list(seed) for seed in seeds]
    drawn = uniforms(number, STREAM, 0, range(len(seeds)), count)
    for place in range(count):
        shares = following(model, [tokens[-read:] for tokens in every])
        for tokens, row, uniform in zip(every, shares, drawn[:, place].tolist(), strict=True):
            tokens.append(choice(np.log(row), sampling, uniform))
    return [tokens[len(seed) :] for tokens, seed in zip(every, seeds, strict=True)]


def choice(logits: NDArray[np.float64], sampling: Sampling, uniform: float) -> int:
    """Return the token that `uniform` (0..1) falls on: temperature, top-k, then top-p.

    Where nothing is left, each of the first k tokens is as likely, of all without top-k.
    """
    warm = cut_to_p(cut_to_k(logits / sampling.temperature, sampling.top_k), sampling.top_p)
    if not np.isfinite(warm).any():
        return int(uniform * (min(sampling.top_k, len(logits)) or len(logits)))
    shares: list[float] = np.exp(warm - warm.max()).cumsum().tolist()
    return bisect_right(shares, uniform * shares[-1])


def cut_to_k(logits: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return logits with all but the k highest at minus infinity; 0 keeps all."""
    if not 0 < k < len(logits):
        return logits
    return np.where(logits < np.sort(logits)[-k], -np.inf, logits)


def cut_to_p(logits: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    """Return logits with the least likely at minus infinity that are not needed to come to p."""
    if p >= 1 or not np.isfinite(logits).any():
        return logits
    order = np.argsort(-logits, kind="stable")
    shares = np.exp(logits[order] - logits[order[0]])
    before = np.cumsum(shares) - shares
    cut: NDArray[np.float64] = logits.copy()
    cut[order[before >= p * shares.sum()]] = -np.inf
    return cut

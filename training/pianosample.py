"""Tokens drawn from a trained piano model, one by one, as the paper does for its figures (5.2).

What the grammar forbids is masked out before the softmax; the model sees the last 256 tokens.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from loopwright.engine.chance import uniforms
from loopwright.engine.pianotokens import allowed
from loopwright.training.pianosettings import WINDOW

PART = "piano"  # names the stream of chance
Logits = Callable[[Sequence[int]], NDArray[np.float32]]


def logits_of(model: Callable[[Tensor], Tensor]) -> Logits:
    """Return what a model says of the token after some tokens (at most 256): logits (153)."""

    @torch.no_grad()
    def after(tokens: Sequence[int]) -> NDArray[np.float32]:
        return model(torch.tensor([list(tokens)]))[0, -1].float().numpy()

    return after


def sample(
    after: Logits, seed: Sequence[int], count: int, chance: tuple[int, float] = (1, 1.0)
) -> list[int]:
    """Return `seed` and `count` tokens more; `chance` is its seed and the temperature."""
    tokens = list(seed)
    number, temperature = chance
    for draw in tqdm(range(count), desc="tokens", leave=False):
        (uniform,) = uniforms(number, PART, 0, range(draw, draw + 1), 1)[0].tolist()
        logits = after(tokens[1 - WINDOW :])
        tokens.append(choice(logits / temperature, allowed(tokens[-1]), uniform))
    return tokens


def choice(logits: NDArray[np.float32], may: Sequence[bool], uniform: float) -> int:
    """Return the token that `uniform` (0..1) falls on, out of those that `may` come."""
    heard = np.where(np.array(may), logits, -np.inf).astype(np.float64)
    shares: list[float] = np.exp(heard - heard.max()).cumsum().tolist()
    return bisect_right(shares, uniform * shares[-1])  # never one of share 0

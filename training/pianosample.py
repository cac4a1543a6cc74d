"""Tokens drawn from a trained piano model, one by one, as the paper does for its figures (5.2).

What the grammar forbids is masked out before the softmax.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from loopwright.engine.chance import uniforms
from loopwright.engine.compose import Sampling
from loopwright.engine.language import Bias
from loopwright.engine.pianotokens import allowed
from loopwright.training.pianosettings import WINDOW

PART = "piano"  # names the stream of chance
Next = Callable[[Sequence[int], float], int]
"""The token that a model says after some tokens, where a uniform number (0..1) falls."""


class Stepper(Protocol):
    """A step graph that is ready to run."""

    def listen(self, tokens: Sequence[int]) -> None:
        """Have it hear exactly `tokens`."""
        ...

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        """Draw the next token, have it heard, and return it with its log-probability."""
        ...


def by_logits(model: Callable[[Tensor], Tensor], temperature: float) -> Next:
    """Return what draws with a model that hears the last 256 tokens anew each time."""

    @torch.no_grad()
    def following(tokens: Sequence[int], uniform: float) -> int:
        said = model(torch.tensor([list(tokens[1 - WINDOW :])]))[0, -1].float()
        return choice((said / temperature).numpy(), allowed(tokens[-1]), uniform)

    return following


def by_steps(stepper: Stepper, temperature: float) -> Next:
    """Return what draws with a step graph: at the end of its memory it goes on with half of it."""

    def following(tokens: Sequence[int], uniform: float) -> int:
        bias = np.where(allowed(tokens[-1]), 0.0, -np.inf).astype(np.float32)
        stepper.listen(tokens)
        return stepper.draw(bias, uniform, Sampling(temperature))[0]

    return following


def sample(following: Next, seed: Sequence[int], count: int, chance: int = 1) -> list[int]:
    """Return `seed` and `count` tokens more; `chance` is the seed of what is drawn."""
    tokens = list(seed)
    for draw in tqdm(range(count), desc="tokens", leave=False):
        (uniform,) = uniforms(chance, PART, 0, range(draw, draw + 1), 1)[0].tolist()
        tokens.append(following(tokens, uniform))
    return tokens


def choice(logits: NDArray[np.float32], may: Sequence[bool], uniform: float) -> int:
    """Return the token that `uniform` (0..1) falls on, out of those that `may` come."""
    heard = np.where(np.array(may), logits, -np.inf).astype(np.float64)
    shares: list[float] = np.exp(heard - heard.max()).cumsum().tolist()
    return bisect_right(shares, uniform * shares[-1])  # never one of share 0

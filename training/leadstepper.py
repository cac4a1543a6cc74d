"""A lead in torch that draws as the exported one does, for samples before it is exported."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from loopwright.engine.compose import Sampling
from loopwright.engine.context import Window
from loopwright.engine.eventlanguage import LeadLanguage
from loopwright.engine.language import Bias
from loopwright.training.leadset import HEAD
from loopwright.training.melodymodel import MusicTransformer, Past

Shares = NDArray[np.float64]


class LeadStepper:
    """A lead that has heard some tokens; what it remembers of them grows and is cut."""

    model, device = "", "torch"

    def __init__(self, module: MusicTransformer) -> None:
        self.language = LeadLanguage()
        self._module = module
        self._window = Window(module.shape.context, HEAD)
        self._past: list[Past] = []
        self._known: list[int] = []
        self._heard: list[int] = []

    @property
    def heard(self) -> tuple[int, ...]:
        """The tokens that it has heard, drawn ones included."""
        return tuple(self._heard)

    def listen(self, tokens: Sequence[int]) -> None:
        """Have it hear exactly `tokens`: they are computed once something is drawn."""
        self._heard = list(tokens)

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        """Draw the next token, have it heard, and return it with its log-probability."""
        left = shares(self._logits() + bias, sampling)
        sums: list[float] = left.cumsum().tolist()
        token = bisect_right(sums, uniform * sums[-1])  # never one of share 0
        self._heard.append(token)
        return token, float(np.log(left[token]))

    @torch.no_grad()
    def _logits(self) -> Shares:
        """Return the logits of the token after those heard."""
        base = self._window.base(len(self._heard))
        tokens = list(self._window.heard(self._heard, base))
        same = alike(self._known, tokens[:-1])
        past = [(keys[:, :, :same], values[:, :, :same]) for keys, values in self._past]
        new = torch.tensor([tokens[same:]])
        logits, self._past = self._module.after(past if same else [], new)
        self._known = tokens
        return logits[0, -1].double().numpy()


def alike(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two sequences begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def shares(logits: Shares, sampling: Sampling) -> Shares:
    """Return how likely each token is once temperature, top-k and top-p have been at it."""
    heard = logits / sampling.temperature
    found = np.exp(heard - heard.max())
    order = np.argsort(-found, kind="stable")
    found[order[sampling.top_k or len(order) :]] = 0.0
    found /= found.sum()
    before = found[order].cumsum() - found[order]
    found[order[before >= sampling.top_p]] = 0.0
    return found / found.sum()

"""Windows of a tune's tokens for a melody model, and how unlikely what follows in them is.

w windows of n + 1 tokens: n to read, and for each of them the one after it. A tune that is shorter
is filled up with `NONE`, which counts nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from loopwright.training.pianoset import PianoSet

NONE = -1
Model = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class MelodyWindows:
    """All tokens of some tunes, and where in them windows of n + 1 begin (w)."""

    tokens: Tensor
    starts: Tensor
    size: int

    def at(self, index: Tensor) -> Tensor:
        """Return windows (b, n + 1) by their index (b)."""
        return self.tokens[self.starts[index][:, None] + torch.arange(self.size)].long()


def windows_of(data: PianoSet, read: int, stride: int) -> MelodyWindows:
    """Return the windows of tunes, `read` tokens to read in each, `stride` tokens apart."""
    size = read + 1
    filled = [full(tokens, size) for tokens in data.pieces()]
    ends = np.cumsum([len(tokens) for tokens in filled])
    starts: list[NDArray[np.int64]] = [
        np.arange(end - len(tokens), end - size + 1, stride)
        for tokens, end in zip(filled, ends.tolist(), strict=True)
    ]
    return MelodyWindows(
        torch.from_numpy(np.concatenate(filled)), torch.from_numpy(np.concatenate(starts)), size
    )


def full(tokens: NDArray[np.integer], size: int) -> NDArray[np.int16]:
    """Return tokens, filled up to a size at least."""
    return np.pad(tokens.astype(np.int16), (0, max(size - len(tokens), 0)), constant_values=NONE)


def nll(model: Model, windows: Tensor) -> Tensor:
    """Return the negative log-likelihood (b, n), in nats, of what follows; 0 where nothing does."""
    logits = model(windows[:, :-1].clamp(min=0)).float()
    return F.cross_entropy(
        logits.transpose(1, 2), windows[:, 1:], reduction="none", ignore_index=NONE
    )


def counted(windows: Tensor) -> Tensor:
    """Return where (b, n) something follows."""
    return windows[:, 1:] != NONE


def last(windows: Tensor) -> Tensor:
    """Return where (b, n) the last token that follows stands: one place in each window."""
    places = counted(windows).sum(1, keepdim=True) - 1
    return torch.zeros_like(windows[:, 1:], dtype=torch.bool).scatter(1, places, value=True)

"""The loop model's weights as plain arrays, ready to be written into graphs.

Batch norms are folded into their convolutions, and the LSTM's gates are in the order input,
forget, output, cell, so that one sigmoid serves the first three. b loops, t codes a loop, L numbers
a code, K codes, H hidden units.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Convolution:
    """A conv1d over steps: weight (out, in, kernel), bias (out); `slope` None means no ReLU."""

    weight: Floats
    bias: Floats
    stride: int = 1
    slope: float | None = None


@dataclass(frozen=True, slots=True)
class Residual:
    """x + second(first(x))."""

    first: Convolution
    second: Convolution


@dataclass(frozen=True, slots=True)
class Doubling:
    """Every step twice."""


Layer = Convolution | Residual | Doubling


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An LSTM layer: inputs and state (H or 2H) times weight (…, 4H), plus bias (4H).

    The first layer has no bias and no input weight: `Prior.table` holds both.
    """

    weight: Floats
    bias: Floats | None


@dataclass(frozen=True, slots=True)
class Prior:
    """The first code's log shares (K), each code's share in layer 1's gates (K, 4H), the rest.

    `order` (t) is the position that each turn writes: in time, or both halves of a loop at once.
    """

    first: Floats
    table: Floats
    layers: tuple[Recurrence, ...]
    head: Floats  # (H, K)
    head_bias: Floats  # (K)
    order: tuple[int, ...]

    @property
    def turns(self) -> tuple[int, ...]:
        """The turn (t) that writes each position."""
        return tuple(self.order.index(position) for position in range(len(self.order)))

    @property
    def hidden(self) -> int:
        """H."""
        return self.head.shape[0]

    @property
    def codes(self) -> int:
        """K."""
        return self.head.shape[1]


@dataclass(frozen=True, slots=True)
class Weights:
    """All that the graphs are made from; `model` is the SHA-256 of the weights before folding."""

    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]
    codebook: Floats  # (K, L)
    prior: Prior
    positions: int
    model: str

    @property
    def codes(self) -> int:
        """K."""
        return self.codebook.shape[0]

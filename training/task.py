"""What a training works on: a model, its batches, its loss, and how it is judged."""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor, nn

Figures = dict[str, float]


class Task(Protocol):
    """A model, its batches, its loss, and how it is judged."""

    name: str
    aim: str  # the figure to be made small; the weights with the smallest are kept
    steps: int  # batches of an epoch
    longest_gradient: float  # a longer gradient is scaled down to this; 0 leaves it

    @property
    def model(self) -> nn.Module:
        """The model that learns."""
        ...

    def begin(self, epoch: int) -> None:
        """Get ready for an epoch."""
        ...

    def batches(self) -> Iterator[Tensor]:
        """Yield the batches of one epoch."""
        ...

    def loss(self, batch: Tensor) -> Tensor:
        """Return the loss of one batch."""
        ...

    def judge(self) -> Figures:
        """Return figures on the validation groups."""
        ...

"""How large a model is."""

from torch import nn


def parameters(model: nn.Module) -> int:
    """Return how many numbers a model learns."""
    return sum(value.numel() for value in model.parameters())

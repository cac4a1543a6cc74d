"""Batch norms that expect what really comes: those of a model out of graphs change nothing."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


@torch.no_grad()
def settled(model: nn.Module, run: Callable[[], object]) -> None:
    """Give each batch norm the mean and spread of what `run` puts through it.

    What the model gives back at rest stays the same, and in training it is nearly that, too.
    """
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d)]
    seen: dict[nn.Module, list[Tensor]] = {norm: [] for norm in norms}
    hooks = [
        norm.register_forward_pre_hook(lambda at, given: seen[at].append(moments(given[0])))
        for norm in norms
    ]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    for norm in norms:
        settle(norm, torch.stack(seen[norm]).mean(0))


def moments(x: Tensor) -> Tensor:
    """Return mean and mean square (2, channels) of x (b, channels, steps)."""
    return torch.stack([x.mean((0, 2)), x.square().mean((0, 2))])


def settle(norm: nn.BatchNorm1d, found: Tensor) -> None:
    """Let a norm expect mean and mean square (2, channels), and give back what it gave before."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean, spread = found[0], (found[1] - found[0].square()).clamp_min(0.0)
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    norm.bias.add_((mean - norm.running_mean) * scale)
    norm.weight.copy_(scale * torch.sqrt(spread + norm.eps))
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(spread)

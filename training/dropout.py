"""Dropout whose chance comes by the byte.

torch's own draws a double for every value, one after the other, which is a sixth of a training step
of the piano models on a CPU. Eight bytes come of one draw here, and the share that falls out is
rounded to a 256th; what stays is scaled by just that share, so that the mean stays.
"""

import torch
from torch import Tensor, nn

LOWEST = -(2**63)  # of what a draw of 64 bits can be: from here on, every bit is chance


class Dropout(nn.Module):
    """Drops values as `torch.nn.Dropout` does, to the nearest 256th of a share."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Return `x`, of any shape; in training with values set to zero and the others scaled."""
        fallen = round(256 * self.share)
        if not self.training or not fallen:
            return x
        if fallen == 256:
            return x * 0.0
        return x * (chance(x) >= fallen) * (256 / (256 - fallen))


def chance(like: Tensor) -> Tensor:
    """Return bytes of chance in the shape of `like`, on its device."""
    draws = torch.empty((like.numel() + 7) // 8, dtype=torch.int64, device=like.device)
    return draws.random_(LOWEST, None).view(torch.uint8)[: like.numel()].view(like.shape)

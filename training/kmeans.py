"""Place a codebook by k-means, before it begins to follow its encoder."""

import torch
from torch import Tensor

from loopwright.training.model import Codebook

ROUNDS = 12


@torch.no_grad()
def place(codebook: Codebook, z: Tensor) -> None:
    """Move the codebook's K vectors to the centres of z (n, L); n must be at least K."""
    k = len(codebook.vectors)
    codebook.vectors.copy_(z[torch.randperm(len(z))[:k]])
    counts = torch.ones_like(codebook.counts)
    for _ in range(ROUNDS):
        counts = centre(codebook, z)
    codebook.counts.copy_(counts.clamp(min=1.0))
    codebook.sums.copy_(codebook.vectors * codebook.counts[:, None])


def centre(codebook: Codebook, z: Tensor) -> Tensor:
    """Move each vector to the mean of the z (n, L) nearest to it; return how many (K) there are.

    A vector that none is nearest to goes to a random z.
    """
    codes = codebook.nearest(z)
    counts = torch.zeros_like(codebook.counts).index_add_(0, codes, torch.ones_like(z[:, 0]))
    sums = torch.zeros_like(codebook.vectors).index_add_(0, codes, z)
    spare = z[torch.randint(0, len(z), (len(counts),))]
    means = sums / counts.clamp(min=1.0)[:, None]
    codebook.vectors.copy_(torch.where(counts[:, None] > 0, means, spare))
    return counts

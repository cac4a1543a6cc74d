"""Rolls (n, 128, 93) through a VQ-VAE and back: their codes, and what is wrong then."""

import torch
from torch import Tensor

from loopwright.training.decoding import READINGS, Decoding
from loopwright.training.model import LoopVQVAE

AT_ONCE = 512  # rolls


@torch.no_grad()
def codes_of(model: LoopVQVAE, bits: Tensor) -> Tensor:
    """Return the codes (n, t) of rolls (n, 128, 93)."""
    return torch.cat([model.encode(part.float()) for part in torch.split(bits, AT_ONCE)])


def codes_used(model: LoopVQVAE, bits: Tensor) -> int:
    """Return how many codes the rolls (n, 128, 93) use."""
    counts = torch.bincount(codes_of(model, bits).flatten(), minlength=model.shape.codes)
    return int((counts > 0).sum())


@torch.no_grad()
def reconstruction_error(model: LoopVQVAE, bits: Tensor, decoding: Decoding) -> float:
    """Return the mean Hamming distance of rolls (n, 128, 93) and their reconstructions."""
    wrong = 0
    for part in torch.split(bits, AT_ONCE):
        again = READINGS[decoding](model.decode(model.encode(part.float())))
        wrong += int((again != part.bool()).sum())
    return wrong / bits.numel()

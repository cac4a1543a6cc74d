"""A decoder's numbers (..., 128, 93): what they cost beside real rolls, and how they are read.

Either as bits, each on its own (the paper), or with the bass as one choice a step.
"""

from collections.abc import Callable
from enum import Enum

import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.roll import BASS_PITCHES, DRUMS
from loopwright.training.settings import Loss


class Decoding(Enum):
    """How the decoder's numbers are read: plain bits (the paper), or one bass choice a step."""

    BITS = "bits"
    CHOICE = "choice"


def bits_loss(logits: Tensor, rolls: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of a bit (loop paper, equation 3)."""
    return F.binary_cross_entropy_with_logits(logits, rolls)


def choice_loss(logits: Tensor, rolls: Tensor) -> Tensor:
    """Return the loss with the bass as one choice a step: 84 pitches, and rest with logit 0.

    In nats a roll cell, so that it compares with `bits_loss`.
    """
    drums = F.binary_cross_entropy_with_logits(
        logits[..., :DRUMS], rolls[..., :DRUMS], reduction="sum"
    )
    bass = F.pad(logits[..., DRUMS:], (1, 0))
    played = rolls[..., DRUMS:]
    target = torch.where(played.any(-1), played.argmax(-1) + 1, 0)
    chosen = F.cross_entropy(bass.reshape(-1, BASS_PITCHES + 1), target.flatten(), reduction="sum")
    return (drums + chosen) / logits.numel()


def threshold_bits(logits: Tensor) -> Tensor:
    """Return bits where the sigmoid reaches 0.5 (the paper's plain decoding)."""
    return logits >= 0


def choice_bits(logits: Tensor) -> Tensor:
    """Return bits with one bass choice a step: 84 pitches, or rest, whose logit is 0."""
    bass = F.pad(logits[..., DRUMS:], (1, 0)).argmax(-1)
    played = F.one_hot(bass, BASS_PITCHES + 1)[..., 1:].bool()
    return torch.cat([logits[..., :DRUMS] >= 0, played], -1)


def mean_loss(logits: Tensor, rolls: Tensor) -> Tensor:
    """Return the mean of the two losses, in nats a roll cell."""
    return (bits_loss(logits, rolls) + choice_loss(logits, rolls)) / 2


LOSSES: dict[Loss, Callable[[Tensor, Tensor], Tensor]] = {
    Loss.BITS: bits_loss,
    Loss.CHOICE: choice_loss,
    Loss.BOTH: mean_loss,
}
READINGS: dict[Decoding, Callable[[Tensor], Tensor]] = {
    Decoding.BITS: threshold_bits,
    Decoding.CHOICE: choice_bits,
}

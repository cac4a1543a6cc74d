"""What a loop model makes of each loop: cells that come back wrong, and how surprised it is.

The prior's nats alone do not compare two models: each has codes of its own. The sum of all codes'
nats and of those that the decoder then needs for the roll does, as two ways to write a loop down.
Beats are decoded without a doubt, right or wrong, so there is no such sum.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.roll import BASS_PITCHES, DRUMS
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatprior import BeatPrior
from loopwright.training.decoding import choice_bits
from loopwright.training.model import LoopPrior, LoopVQVAE

AT_ONCE = 256
Coder = LoopVQVAE | BeatCoder
Prior = LoopPrior | BeatPrior
Each = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LoopFigures:
    """Of each loop (n): wrong cells of the roll, 0..1; nats a code; nats of codes and roll.

    The last are not a number where the decoder has no doubts.
    """

    error: Each
    nats_a_code: Each
    nats: Each

    def means(self) -> dict[str, float]:
        """Return the mean of each figure that there is."""
        every = {"error": self.error, "nats_a_code": self.nats_a_code, "nats": self.nats}
        means = {name: float(each.mean()) for name, each in every.items()}
        return {name: mean for name, mean in means.items() if np.isfinite(mean)}


@torch.no_grad()
def measured(coder: Coder, prior: Prior, bits: Tensor) -> LoopFigures:
    """Return the figures of rolls (n, 128, 93), one byte a bit; both models are at rest."""
    parts = [one_part(coder, prior, part.float()) for part in torch.split(bits, AT_ONCE)]
    each = (torch.cat(some).double().cpu().numpy() for some in zip(*parts, strict=True))
    return LoopFigures(*each)


def one_part(coder: Coder, prior: Prior, rolls: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the three figures (b) of rolls (b, 128, 93)."""
    codes = coder.encode(rolls)
    decoded = coder.decode(codes).float()
    error = (choice_bits(decoded) != rolls.bool()).float().mean((1, 2))
    each = F.cross_entropy(prior(codes).float().transpose(1, 2), codes, reduction="none")
    if isinstance(coder, BeatCoder):
        return error, each.mean(1), torch.full_like(error, float("nan"))
    return error, each.mean(1), each.sum(1) + nats_of_rolls(decoded, rolls)


def nats_of_rolls(logits: Tensor, rolls: Tensor) -> Tensor:
    """Return nats (b) of rolls (b, 128, 93) given logits: bits for drums, a choice for the bass."""
    drums = F.binary_cross_entropy_with_logits(
        logits[..., :DRUMS], rolls[..., :DRUMS], reduction="none"
    )
    played = rolls[..., DRUMS:]
    target = torch.where(played.any(-1), played.argmax(-1) + 1, 0)
    bass = F.pad(logits[..., DRUMS:], (1, 0)).reshape(-1, BASS_PITCHES + 1)
    chosen = F.cross_entropy(bass, target.flatten(), reduction="none")
    return drums.sum((1, 2)) + chosen.reshape(len(rolls), -1).sum(1)

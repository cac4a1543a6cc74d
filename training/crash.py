"""The crash on the first step of a loop: so rare that a decoder has to be helped to it."""

import torch
from torch import Tensor, nn

from loopwright.engine.roll import Drum
from loopwright.training.model import LoopVQVAE
from loopwright.training.rebuilt import AT_ONCE


@torch.no_grad()
def crash_share(model: LoopVQVAE, bits: Tensor) -> float:
    """Return the share of rolls (n, 128, 93) whose reconstruction begins with a crash."""
    return float((first_crash(model, bits) >= 0).float().mean())


@torch.no_grad()
def balance_crash(model: LoopVQVAE, bits: Tensor) -> None:
    """Move the crash's threshold, so that as many reconstructions begin with one as loops do.

    The crash is so rare that no code makes it likelier than not, and none would ever sound.
    `bits` are the training rolls (n, 128, 93).
    """
    share = float(bits[:, 0, Drum.CRASH].float().mean())
    last = model.decoder[-1]
    assert isinstance(last, nn.Conv1d)
    assert last.bias is not None
    last.bias[Drum.CRASH] -= float(torch.quantile(first_crash(model, bits), 1 - share))


def first_crash(model: LoopVQVAE, bits: Tensor) -> Tensor:
    """Return the logit (n) of a crash on the first step of each reconstruction."""
    parts = torch.split(bits, AT_ONCE)
    codes = (model.encode(part.float()) for part in parts)
    return torch.cat([model.decode(c)[:, 0, Drum.CRASH] for c in codes])

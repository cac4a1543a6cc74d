"""A loop model in small, trained for a moment: its batch norms and codebook are not at rest."""

from dataclasses import dataclass
from pathlib import Path

import torch

from loopwright.engine.sidecar import Sidecar
from loopwright.export.models import write_model
from loopwright.export.onnx import PRIOR, VQVAE, weights_of
from loopwright.training.checkpoint import save_prior, save_vqvae
from loopwright.training.decoding import bits_loss
from loopwright.training.model import CodeShape, LoopPrior, LoopVQVAE, PriorShape

SMALL = CodeShape(positions=16, width=4, codes=24)
HIDDEN = 20


@dataclass(frozen=True)
class SmallModel:
    """The model in torch, and the folder that holds its torch files and its graphs."""

    vqvae: LoopVQVAE
    prior: LoopPrior
    folder: Path
    sidecar: Sidecar


def made(
    folder: Path, shape: CodeShape = SMALL, hidden: int = HIDDEN, *, in_pairs: bool = True
) -> SmallModel:
    """Train for three steps on noise and write everything to `folder`."""
    torch.manual_seed(0)
    vqvae, prior = LoopVQVAE(shape), LoopPrior(shape, PriorShape(hidden, in_pairs=in_pairs))
    optimiser = torch.optim.Adam(vqvae.parameters(), 1e-2)
    for _ in range(3):
        rolls = (torch.rand(8, 128, 93) < 0.1).float()
        logits, commitment = vqvae(rolls)
        optimiser.zero_grad()
        (bits_loss(logits, rolls) + commitment).backward()
        optimiser.step()
    prior.first.copy_(torch.randn(shape.codes).mul(2).log_softmax(0))
    with torch.no_grad():
        prior.head.weight.mul_(20)
    folder.mkdir(parents=True, exist_ok=True)
    save_vqvae(folder / VQVAE, vqvae.eval(), {})
    save_prior(folder / PRIOR, prior.eval(), {})
    return SmallModel(vqvae, prior, folder, write_model(weights_of(vqvae, prior), folder))

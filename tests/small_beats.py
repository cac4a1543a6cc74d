"""A beat model in small, with patterns and weights of chance, which nobody has trained."""

from dataclasses import dataclass
from pathlib import Path

import torch

from loopwright.engine.beatcodes import PITCH, QUIET, REST, SILENT
from loopwright.engine.sidecar import Sidecar
from loopwright.export.models import write_model
from loopwright.export.onnx import weights_of_beats
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatfile import MODEL, save_beats
from loopwright.training.beatprior import NEVER, BeatPrior, BeatShape

CODES = 176
SMALL = BeatShape(hidden=24, heard=6, inner=20)


@dataclass(frozen=True)
class SmallBeats:
    """The model in torch, and the folder that holds its torch file and its graphs."""

    coder: BeatCoder
    prior: BeatPrior
    folder: Path
    sidecar: Sidecar


def coder_of_chance() -> BeatCoder:
    """Return a coder whose patterns are all different, the first of them silence."""
    coder = BeatCoder(CODES)
    for book in (coder.skins, coder.metals):
        count = torch.arange(CODES)[:, None]
        book.copy_((count >> torch.arange(book.shape[1])) & 1)
    shapes = torch.randint(-7, 8, (CODES, 4))
    shapes[torch.rand(CODES, 4) < 0.3] = REST
    shapes[0] = REST
    coder.shapes.copy_(shapes)
    return coder


@torch.no_grad()
def made(folder: Path) -> SmallBeats:
    """Write a model of chance to `folder`."""
    torch.manual_seed(0)
    coder = coder_of_chance()
    prior = BeatPrior(coder.shape, SMALL).eval()
    prior.first[:SILENT] = torch.randn(SILENT).log_softmax(0)
    prior.closed[PITCH::4, QUIET + 1 :] = NEVER
    prior.bonus.copy_(torch.randn(prior.bonus.shape))
    folder.mkdir(parents=True, exist_ok=True)
    save_beats(folder / MODEL, coder, prior, {})
    return SmallBeats(coder, prior, folder, write_model(weights_of_beats(coder, prior), folder))

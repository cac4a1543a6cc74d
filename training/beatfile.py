"""A trained beat model as a file, written whole or not at all."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatprior import BeatPrior, BeatShape
from loopwright.training.checkpoint import Held, read, write

MODEL = "beats.pt"


def save_beats(path: Path, coder: BeatCoder, prior: BeatPrior, meta: Held) -> None:
    """Write a beat model: its shape, its patterns, its weights, and what is known about it."""
    held: Held = {
        "shape": asdict(prior.shape),
        "codes": coder.shape.codes,
        "coder": coder.state_dict(),
        "prior": prior.state_dict(),
        "meta": meta,
    }
    write(held, path)


def load_beats(path: Path) -> tuple[BeatCoder, BeatPrior]:
    """Read a beat model, on the CPU and ready to be used. Raises SettingError."""
    held = read(path)
    coder = BeatCoder(cast(int, held["codes"]))
    coder.load_state_dict(cast(dict[str, Tensor], held["coder"]))
    prior = BeatPrior(coder.shape, BeatShape(**cast(dict[str, Any], held["shape"])))
    prior.load_state_dict(cast(dict[str, Tensor], held["prior"]))
    return coder.eval(), prior.eval()

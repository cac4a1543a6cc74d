"""Trained models and unfinished runs as files, written whole or not at all.

A model file holds plain values and tensors only, and is read with `weights_only`, so that a file
from a stranger cannot run code.
"""

import io
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.unreadable import reason
from loopwright.training.files import write_whole
from loopwright.training.model import CodeShape, LoopPrior, LoopVQVAE, PriorShape

Held = dict[str, object]


def save_vqvae(path: Path, model: LoopVQVAE, meta: Held) -> None:
    """Write a VQ-VAE: its shape, weights, and what is known about it."""
    write({"shape": asdict(model.shape), "weights": model.state_dict(), "meta": meta}, path)


def save_prior(path: Path, model: LoopPrior, meta: Held) -> None:
    """Write a prior: both shapes, weights, and what is known about it."""
    shape = {"codes": asdict(model.codes), "prior": asdict(model.shape)}
    write({"shape": shape, "weights": model.state_dict(), "meta": meta}, path)


def load_vqvae(path: Path) -> LoopVQVAE:
    """Read a VQ-VAE, on the CPU and ready to be used."""
    held = read(path)
    model = LoopVQVAE(CodeShape(**cast(dict[str, int], held["shape"])))
    model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    return model.eval()


def load_prior(path: Path) -> LoopPrior:
    """Read a prior, on the CPU and ready to be used."""
    held = read(path)
    shape = cast(dict[str, dict[str, Any]], held["shape"])
    model = LoopPrior(CodeShape(**shape["codes"]), PriorShape(**shape["prior"]))
    model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    return model.eval()


def write(held: Held, path: Path) -> None:
    """Write plain values and tensors as one file."""
    packed = io.BytesIO()
    torch.save(held, packed)
    write_whole(path, packed.getvalue())


def read(path: Path) -> Held:
    """Read what `write` wrote; SettingError when the file is none of these."""
    try:
        return cast(Held, torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as trouble:
        raise SettingError(f"cannot read the model file {path}: {reason(trouble)}") from trouble

"""A trained VAE as a file; as all model files it holds plain values and tensors only."""

from pathlib import Path
from typing import cast

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.loopvaes import LoopVae
from loopwright.training.loopvaesettings import Vae

MODEL = "loopvae.pt"


def save_vae(path: Path, model: LoopVae, meta: Held) -> None:
    """Write a VAE: which of the three it is, its weights, and what is known about it."""
    write({"kind": str(model.kind), "weights": model.state_dict(), "meta": meta}, path)


def load_vae(path: Path) -> LoopVae:
    """Read a VAE, on the CPU and ready to be used. Raises SettingError."""
    held = read(path)
    try:
        model = LoopVae(Vae(cast(str, held["kind"])))
        model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    except (KeyError, ValueError, RuntimeError) as trouble:
        raise SettingError(f"{path} holds no VAE of loops: {trouble}") from trouble
    return model.eval()

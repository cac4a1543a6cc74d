"""A trained piano model as a file: its kind, shape and weights, and what is known about it."""

from pathlib import Path
from typing import Any, cast

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.pianomodel import PianoLSTM, PianoTransformer, model_of
from loopwright.training.pianosettings import LstmShape, TransformerShape
from loopwright.training.plain import plain

SHAPES = {"lstm": LstmShape, "transformer": TransformerShape}


def save_piano(path: Path, model: PianoLSTM | PianoTransformer, meta: Held) -> None:
    """Write a model."""
    kind = "lstm" if isinstance(model, PianoLSTM) else "transformer"
    shape = plain(model.shape)
    write({"piano": kind, "shape": shape, "weights": model.state_dict(), "meta": meta}, path)


def load_piano(path: Path) -> tuple[PianoLSTM | PianoTransformer, Held]:
    """Read a model, on the CPU and ready to be used, and what is known about it.

    Raises SettingError for a file that holds none.
    """
    held = read(path)
    if held.get("piano") not in SHAPES:
        raise SettingError(f"{path} is not a piano model")
    shape = SHAPES[cast(str, held["piano"])](**cast(dict[str, Any], held["shape"]))
    model = model_of(shape)
    model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    return model.eval(), cast(Held, held["meta"])

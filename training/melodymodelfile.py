"""A trained melody model as a file: language, shape and weights, and what is known about it."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.languages import language_of
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.melodylstm import MelodyLSTM, model_of
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodysettings import MusicShape
from loopwright.training.melodyversions import LstmShape

LSTM, TRANSFORMER = "lstm", "transformer"
Speech = PitchStrings | RemiLanguage


def save_melody(
    path: Path,
    model: MelodyLSTM | MusicTransformer,
    language: Mapping[str, object],
    about: Held,
) -> None:
    """Write a model."""
    kind = LSTM if isinstance(model, MelodyLSTM) else TRANSFORMER
    held = {"melody": kind, "language": dict(language), "shape": asdict(model.shape)}
    write({**held, "weights": model.state_dict(), "meta": about}, path)


def load_melody(path: Path) -> tuple[MelodyLSTM | MusicTransformer, Speech, Held]:
    """Read a model, on the CPU and ready to be used, its language, and what is known about it.

    Raises SettingError for a file that holds none.
    """
    held = read(path)
    if held.get("melody") not in (LSTM, TRANSFORMER):
        raise SettingError(f"{path} is not a melody model")
    language = language_of(cast(Held, held["language"]))
    assert isinstance(language, PitchStrings | RemiLanguage)
    model = model_of(shape_of(cast(str, held["melody"]), cast(dict[str, Any], held["shape"])))
    model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    return model.eval(), language, cast(Held, held["meta"])


def shape_of(kind: str, held: Mapping[str, Any]) -> LstmShape | MusicShape:
    """Return the shape that a file holds."""
    if kind == TRANSFORMER:
        return MusicShape(**held)
    sizes: dict[str, Any] = {**held, "hidden": tuple(held["hidden"])}
    return LstmShape(**sizes)

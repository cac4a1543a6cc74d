"""A trained lead as a file: its language, shape and weights, and what is known about it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.eventlanguage import LeadLanguage
from loopwright.engine.languages import LEAD, table_of
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodysettings import MusicShape


def save_lead(path: Path, model: MusicTransformer, meta: Held) -> None:
    """Write a model."""
    language = table_of(LeadLanguage())
    held = {"language": language, "shape": asdict(model.shape), "weights": model.state_dict()}
    write({**held, "meta": meta}, path)


def load_lead(path: Path) -> tuple[MusicTransformer, Held]:
    """Read a model, on the CPU and ready to be used, and what is known about it.

    Raises SettingError for a file that holds none.
    """
    held = read(path)
    language = cast(Held, held.get("language", {}))
    if language.get("kind") != LEAD:
        raise SettingError(f"{path} is not a lead")
    model = MusicTransformer(MusicShape(**cast(dict[str, Any], held["shape"])))
    model.load_state_dict(cast(dict[str, Tensor], held["weights"]))
    return model.eval(), cast(Held, held["meta"])

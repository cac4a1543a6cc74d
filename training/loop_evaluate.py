"""`loopwright evaluate` for a loop model: its figures as text, JSON and a card, and pictures."""

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.engine.unreadable import reason
from loopwright.training import tables
from loopwright.training.dataset import load
from loopwright.training.evaluate import SHIPPED, Loops, drawn_loops, evaluated, real_loops
from loopwright.training.files import check_writable, write_whole
from loopwright.training.fold_options import fine_tuned
from loopwright.training.options import at_least
from loopwright.training.paper_cli import sidecar_in
from loopwright.training.papercomparison import JSON, TEXT, write_pictures
from loopwright.training.paperdrawn import Compared, Drawn
from loopwright.training.paperpictures import code_pictures, drawn_codes, pictures
from loopwright.training.throughmodel import Asked

LOOPS = 1000
OF_SONGS = "training"  # names the pictures of what songs have
OpenModel = Callable[[str, str], Model]


def evaluate_loops(told: Namespace) -> str:
    """Measure a preset's loop model, or whether training on helps it; return the table."""
    if told.fine_tune is not None:
        return fine_tuned(told)
    loops = LOOPS if told.loops is None else told.loops
    at_least("--loops", loops)
    if told.training is not None and told.card is None:
        raise SettingError("--training is for the card: it needs --card FILE")
    trained = summary_of(told.training)  # refused before anything is measured
    if told.out is not None:
        check_fresh(told.out / TEXT)
    data = load(told.data)
    model = cast(OpenModel, told.open_model)(told.preset, told.device)
    asked = Asked(loops, told.seed, told.temperature)
    real, ours = real_loops(model, data), drawn_loops(model, asked)
    evaluation = evaluated(model, real, asked, ours)
    if told.card is not None:
        write_whole(told.card, tables.for_card(evaluation, trained).encode())
    if told.json is not None:
        write_whole(told.json, tables.as_json(evaluation).encode())
    if told.out is not None:
        write_whole(told.out / TEXT, tables.as_text(evaluation).encode() + b"\n")
        write_whole(told.out / JSON, tables.as_json(evaluation).encode())
        write_pictures(told.out, pictured(told, model, real.train, ours[SHIPPED]))
    return tables.as_text(evaluation)


def check_fresh(path: Path) -> None:
    """Raise SettingError where a file cannot be written, or is another evaluation's."""
    if path.exists():
        raise SettingError(f"{path} is there already, and is not overwritten: give another --out")
    check_writable(path)


def pictured(told: Namespace, model: Model, train: Loops, ours: Loops) -> Mapping[str, str]:
    """Return pictures by file name: drawn loops and their codes beside the training set's."""
    drawn = Drawn(SHIPPED, ours.codes, ours.rolls)
    found = dict(pictures(drawn, train.rolls))
    if model.in_time:
        folder = cast(Callable[[str], Path], told.loop_folder)(told.preset)
        one = Compared(OF_SONGS, sidecar_in(folder), model)
        found |= dict(drawn_codes(one, drawn, train.codes))
        found |= dict(code_pictures(one, train.codes))
    return found


def summary_of(path: Path | None) -> dict[str, object]:
    """Return what a training run left about itself; nothing without a file."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as trouble:
        raise SettingError(f"cannot read {path}: {reason(trouble)}") from trouble
    if not isinstance(found, dict):
        raise SettingError(f"{path} is no training.json")
    return cast(dict[str, object], found)

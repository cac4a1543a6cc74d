"""`loopwright evaluate --fine-tune`: whether training on helps. No torch as yet."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import cast

from loopwright.training.dataset import load
from loopwright.training.files import write_whole
from loopwright.training.plain import plain
from loopwright.training.tuned import FINE


def add_folds(parser: ArgumentParser) -> None:
    """Add what asks for it."""
    parser.add_argument("--fine-tune", type=Path, metavar="DIR",
                        help="five-fold by song: train PRESET's model on with --data, in DIR, and "
                        "tell whether that helps with songs it has not heard")  # fmt: skip


def fine_tuned(told: Namespace) -> str:
    """Train on and judge; return the table. Blocks for long; what was cut off goes on."""
    from loopwright.training import folds  # noqa: PLC0415 - torch
    from loopwright.training.bases import loop_base  # noqa: PLC0415

    base = loop_base(cast(Callable[[str], Path], told.loop_folder)(told.preset))
    judged = folds.judge(load(told.data), base, FINE, told.fine_tune, told.threads)
    found = folds.changes(judged)
    if told.json is not None:
        held = {"base": base.model, "songs": len(judged.before), "loops": judged.loops}
        figures = {name: plain(one) for name, one in found.items()}
        write_whole(told.json, json.dumps({**held, **figures}, indent=2).encode())
    return folds.as_text(judged, found)

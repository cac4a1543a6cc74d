"""The loop model of a preset as it can be trained on, whichever kind it is."""

from pathlib import Path

from loopwright.engine.sidecar import LOOP_BEATS, SIDECAR, parsed
from loopwright.training import finetune, tunebeats
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import LoopSet
from loopwright.training.loopfigures import LoopFigures
from loopwright.training.readback import LoopBase, vq_base
from loopwright.training.readbeats import BeatBase, beat_base
from loopwright.training.runs import Run
from loopwright.training.settings import Recipe

Base = LoopBase | BeatBase


def loop_base(folder: Path) -> Base:
    """Return the loop model whose graphs lie in a preset's folder.

    Raises PresetError for damaged graphs, SettingError for a model that cannot be trained on.
    """
    sidecar = parsed((folder / SIDECAR).read_text("utf-8"))
    return (beat_base if sidecar.kind == LOOP_BEATS else vq_base)(folder, sidecar)


def tune(loops: LoopSet, base: Base, recipe: Recipe, run: Run) -> Held:
    """Train a model on; leave it in the run's folder, and return what came of it."""
    if isinstance(base, BeatBase):
        return tunebeats.tune(loops, base, recipe, run)
    return finetune.tune(loops, base, recipe, run)


def judged(
    loops: LoopSet, base: Base, recipe: Recipe, folder: Path
) -> tuple[LoopFigures, LoopFigures]:
    """Return what a model makes of the test songs, and what it does once it was trained on."""
    if isinstance(base, BeatBase):
        now, _ = tunebeats.tuned(loops, base, recipe, folder)
        return (
            finetune.held_out(base.coder, tunebeats.as_shipped(base.prior), loops),
            finetune.held_out(base.coder, now, loops),
        )
    after = finetune.tuned(loops, base, finetune.shaped_as(recipe, base), folder)
    return (
        finetune.held_out(base.coder, base.prior, loops),
        finetune.held_out(after.vqvae, after.prior, loops),
    )

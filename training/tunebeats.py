"""A beat model trained on: its prior, on the beats of a few songs; its patterns stay.

As with the other loop model, what codes mean stays the same, so that the likelihood before and
after compares.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from loopwright.training.batches import rolls_of
from loopwright.training.beatfile import MODEL, save_beats
from loopwright.training.beatprior import BeatPrior, BeatShape
from loopwright.training.beatsettings import RECIPE
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.finetune import KNOWN, FineFitting, begin, held_out
from loopwright.training.fit import fingerprint, finish
from loopwright.training.machine import best_device
from loopwright.training.pace import announced
from loopwright.training.plain import plain
from loopwright.training.progress import Progress
from loopwright.training.readbeats import BeatBase
from loopwright.training.runs import Run, prepare
from loopwright.training.settings import Recipe
from loopwright.training.train import facts_of, figures_of
from loopwright.training.train_beats import BeatTask, codes_of, heated

DROPOUT = RECIPE.settings.dropout
PITCH = 3  # place of the first pitch among the codes


class PriorOnTask(BeatTask):
    """The prior of a beat model whose patterns stay as they are."""

    def __init__(self, loops: LoopSet, base: BeatBase, batch: int, device: torch.device) -> None:
        self.coder, self.batch = base.coder, batch
        parts = (
            rolls_of(loops.part(s), torch.device("cpu")) for s in (Split.TRAIN, Split.VALIDATION)
        )
        self.train, self.validation = (codes_of(self.coder, part).to(device) for part in parts)
        self.steps = -(-len(self.train) // batch)
        self.model = BeatPrior(base.coder.shape, fresh(base.prior.shape)).to(device)
        begin(self.model, base.prior)
        self.model.first.copy_(shares(self.model.first, self.train))


def fresh(shape: BeatShape) -> BeatShape:
    """Return a shape with the dropout of a training."""
    return replace(shape, dropout=DROPOUT)


def shares(base: Tensor, codes: Tensor) -> Tensor:
    """Return the log shares (K) of the first pitch in codes (m, 128), and in some loops more."""
    counted = torch.bincount(codes[:, PITCH], minlength=len(base)).to(base.dtype)
    mixed = (base.double().exp() * KNOWN + counted) / (KNOWN + len(codes))
    return torch.where(mixed > 0, mixed.log(), base.double()).to(base.dtype)


def tune(loops: LoopSet, base: BeatBase, recipe: Recipe, run: Run) -> Held:
    """Train the prior on; leave the model in the run's folder, and return what came of it.

    A run that was cut off goes on where it stopped.
    """
    prepare(run.folder, run.threads, recipe.prior_schedule.seed)
    schedule = recipe.prior_schedule
    task = PriorOnTask(loops, base, recipe.prior.batch, best_device())
    print(announced([(task, schedule)]), flush=True)
    prior, progress = tuned(loops, base, recipe, run.folder)
    about: Held = {
        **facts_of(loops, run.command),
        "recipe": plain(schedule),
        "began_with": base.model,
        "prior": figures_of(progress),
        "before": held_out(base.coder, as_shipped(base.prior), loops).means(),
        "after": held_out(base.coder, prior, loops).means(),
    }
    save_beats(run.folder / MODEL, base.coder, prior, about)
    return about


def tuned(
    loops: LoopSet, base: BeatBase, recipe: Recipe, folder: Path
) -> tuple[BeatPrior, Progress]:
    """Train the prior on; return what is best on the validation songs, as it ships."""
    torch.manual_seed(recipe.prior_schedule.seed)
    task = PriorOnTask(loops, base, recipe.prior.batch, best_device())
    identity = f"{base.model} {recipe.prior.batch} {recipe.prior_schedule} {loops.content_hash()}"
    progress = finish(FineFitting(task, recipe.prior_schedule, folder, fingerprint(identity)))
    model = task.model.to("cpu")
    heated(model, RECIPE.settings.heats)
    return model, progress


def as_shipped(prior: BeatPrior) -> BeatPrior:
    """Return a copy of a base's prior with its heats."""
    copy = BeatPrior(prior.codes, prior.shape)
    begin(copy, prior)
    heated(copy, RECIPE.settings.heats)
    return copy

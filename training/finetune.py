"""A loop model trained on: from a preset's own numbers, on the loops of a few songs.

Encoder and codebook stay as they are, so that codes mean what they meant: to the prior, which goes
on from what it knows of them, and to whoever compares its likelihood before and after. Decoder and
prior learn. What is kept of each is what is best on the validation songs, the beginning included:
a model that learns nothing comes out as it went in.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from loopwright.engine.errors import SettingError
from loopwright.training.batches import rolls_of
from loopwright.training.checkpoint import Held, save_prior, save_vqvae
from loopwright.training.crash import balance_crash
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.decoding import LOSSES
from loopwright.training.fit import fingerprint, finish
from loopwright.training.fitting import Fitting
from loopwright.training.loopfigures import Coder, LoopFigures, Prior, measured
from loopwright.training.machine import best_device
from loopwright.training.model import LoopPrior, LoopVQVAE
from loopwright.training.pace import announced
from loopwright.training.plain import plain
from loopwright.training.progress import Progress, copied
from loopwright.training.readback import LoopBase
from loopwright.training.runs import Run, prepare
from loopwright.training.settings import Recipe, Schedule
from loopwright.training.settling import settled
from loopwright.training.task import Task
from loopwright.training.train import PRIOR, VQVAE, facts_of, figures_of
from loopwright.training.train_prior import PriorTask, codes_hash
from loopwright.training.train_vqvae import VqvaeTask

SETTLED_BY = 2048  # training loops, at most, that norms are told of
KNOWN = 200.0  # loops that the base's shares of the first code count for


class FineFitting(Fitting):
    """A run that may end with the weights that it began with."""

    def resume(self) -> Progress:
        """Return where a cut-off run stopped; else the beginning, judged as it is."""
        progress = super().resume()
        if progress.best is not None:
            return progress
        figures = self.judge()
        return Progress(best=figures, best_weights=copied(self.task.model))


class DecoderTask(VqvaeTask):
    """The decoder of a VQ-VAE whose codes stay as they are."""

    def begin(self, epoch: int) -> None:
        """Keep the encoder at rest."""
        self.model.encoder.eval()

    def loss(self, batch: Tensor) -> Tensor:
        """Return the reconstruction loss of a batch (b, 128, 93) from its codes."""
        with torch.no_grad(), torch.autocast(batch.device.type, enabled=False):
            codes = self.model.encode(batch)
        return LOSSES[self.settings.loss](self.model.decode(codes).float(), batch)


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A loop model that was trained on, and how each part of it went."""

    vqvae: LoopVQVAE
    prior: LoopPrior
    went: tuple[Progress, Progress]


def tune(loops: LoopSet, base: LoopBase, recipe: Recipe, run: Run) -> Held:
    """Train both parts of a loop model on; leave them in the run's folder, return what came of it.

    A run that was cut off goes on where it stopped. Raises SettingError for a base of other parts.
    """
    prepare(run.folder, run.threads, recipe.vqvae_schedule.seed)
    recipe = shaped_as(recipe, base)
    print(announced(parts_of(loops, base, recipe)), flush=True)
    found = tuned(loops, base, recipe, run.folder)
    first, second = found.went
    about: Held = {
        **facts_of(loops, run.command),
        "recipe": plain(recipe),
        "began_with": base.model,
        "vqvae": figures_of(first),
        "prior": figures_of(second),
        "before": held_out(base.coder, base.prior, loops).means(),
        "after": held_out(found.vqvae, found.prior, loops).means(),
    }
    save_vqvae(run.folder / VQVAE, found.vqvae, about)
    save_prior(run.folder / PRIOR, found.prior, about)
    return about


def tuned(loops: LoopSet, base: LoopBase, recipe: Recipe, folder: Path) -> Tuned:
    """Train both parts of a loop model on, by a recipe for its shapes."""
    vqvae, first = tuned_vqvae(loops, base, recipe, folder)
    prior, second = tuned_prior(loops, (vqvae, base), recipe, folder)
    return Tuned(vqvae, prior, (first, second))


def parts_of(loops: LoopSet, base: LoopBase, recipe: Recipe) -> list[tuple[Task, Schedule]]:
    """Return both parts of a run as they will be, but for the prior's own VQ-VAE."""
    device = best_device()
    return [
        (DecoderTask(loops, recipe.vqvae, device), recipe.vqvae_schedule),
        (PriorTask(loops, base.coder, recipe.prior, device), recipe.prior_schedule),
    ]


def shaped_as(recipe: Recipe, base: LoopBase) -> Recipe:
    """Return a recipe for models of the base's shapes."""
    codes, prior = base.coder.shape, base.prior.shape
    return replace(
        recipe,
        vqvae=replace(recipe.vqvae, **asdict(codes)),
        prior=replace(
            recipe.prior, hidden=prior.hidden, layers=prior.layers, in_pairs=prior.in_pairs
        ),
    )


def tuned_vqvae(
    loops: LoopSet, base: LoopBase, recipe: Recipe, folder: Path
) -> tuple[LoopVQVAE, Progress]:
    """Train the decoder on; return the VQ-VAE with what is best on the validation songs."""
    torch.manual_seed(recipe.vqvae_schedule.seed)
    task = DecoderTask(loops, recipe.vqvae, best_device())
    begin(task.model, base.coder)
    some = task.train.bits[:: -(-len(task.train.bits) // SETTLED_BY)].float()
    settled(task.model.decoder, lambda: task.model.decode(task.model.encode(some)))
    identity = f"{base.model} {recipe.vqvae} {recipe.vqvae_schedule} {loops.content_hash()}"
    progress = finish(FineFitting(task, recipe.vqvae_schedule, folder, fingerprint(identity)))
    if recipe.vqvae.balance_crash:
        balance_crash(task.model, task.train.bits)
    return task.model.to("cpu"), progress


def tuned_prior(
    loops: LoopSet, models: tuple[LoopVQVAE, LoopBase], recipe: Recipe, folder: Path
) -> tuple[LoopPrior, Progress]:
    """Train the prior on, on the codes of the VQ-VAE; return what is best on validation songs."""
    vqvae, base = models
    torch.manual_seed(recipe.prior_schedule.seed)  # the first codes are counted by chance
    task = PriorTask(loops, vqvae, recipe.prior, best_device())
    counted = task.model.first.clone()
    begin(task.model, base.prior)
    task.model.first.copy_(shares(task.model.first, counted, len(task.train.bits)))
    identity = f"{base.model} {recipe.prior} {recipe.prior_schedule} {codes_hash(vqvae)}"
    run = FineFitting(
        task, recipe.prior_schedule, folder, fingerprint(f"{identity} {loops.content_hash()}")
    )
    progress = finish(run)
    vqvae.to("cpu")
    return task.model.to("cpu"), progress


def begin(model: nn.Module, base: nn.Module) -> None:
    """Give a model, at rest, the weights of another. Raises SettingError for another shape."""
    try:
        model.load_state_dict(base.state_dict())
    except RuntimeError as trouble:
        raise SettingError("the model to begin with has another shape") from trouble
    model.eval()


def shares(base: Tensor, counted: Tensor, loops: int) -> Tensor:
    """Return the log shares (K) of the first code: the base's count for some loops more."""
    return torch.log((base.exp() * KNOWN + counted.exp() * loops) / (KNOWN + loops))


def held_out(coder: Coder, prior: Prior, loops: LoopSet) -> LoopFigures:
    """Return what models, at rest, make of the test songs."""
    bits = rolls_of(loops.part(Split.TEST), torch.device("cpu")).bits
    return measured(coder.eval(), prior.eval(), bits)

"""Train a loop model, VQ-VAE and prior, and leave both as files with what is known about them."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from loopwright.engine.errors import SettingError
from loopwright.training.batches import rolls_of
from loopwright.training.checkpoint import Held, save_prior, save_vqvae
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.decoding import Decoding
from loopwright.training.files import make_folder, write_whole
from loopwright.training.model import LoopVQVAE
from loopwright.training.plain import plain
from loopwright.training.progress import Progress
from loopwright.training.rebuilt import reconstruction_error
from loopwright.training.settings import Recipe
from loopwright.training.train_prior import train_prior
from loopwright.training.train_vqvae import train_vqvae

FEWEST = 16  # training loops; as many as it takes to place each code of the codebook, at least
VQVAE, PRIOR, SUMMARY = "vqvae.pt", "prior.pt", "training.json"


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run leaves its files, the command that began it, its CPU threads.

    Without a prior, a VQ-VAE rebuilds loops and draws none.
    """

    folder: Path
    command: str
    threads: int | None = None  # None is all cores
    prior: bool = True


def train_loops(loops: LoopSet, recipe: Recipe, run: Run) -> Held:
    """Train both models into the run's folder; return, and leave there, the summary of the run.

    A run that was cut off goes on where it stopped. Test groups are looked at once, at the end.
    """
    shape = recipe.vqvae
    check_parts(loops, max(FEWEST, -(-shape.codes // shape.positions)))
    folder = run.folder
    make_folder(folder)
    if run.threads is not None:
        torch.set_num_threads(run.threads)
    vqvae, first = train_vqvae(loops, recipe.vqvae, recipe.vqvae_schedule, folder)
    about: Held = {**facts_of(loops, run.command), "recipe": plain(recipe)}
    vqvae.to("cpu")
    figures: Held = {"vqvae": figures_of(first), "errors": errors(vqvae, loops)}
    save_vqvae(folder / VQVAE, vqvae, {**about, **figures})
    if run.prior:
        prior, second = train_prior(loops, vqvae, recipe.prior, (recipe.prior_schedule, folder))
        figures["prior"] = figures_of(second)
        save_prior(folder / PRIOR, prior.to("cpu"), {**about, **figures})
    summary: Held = {**about, **figures}
    write_whole(folder / SUMMARY, json.dumps(summary, indent=2).encode())
    return summary


def check_parts(loops: LoopSet, fewest: int = FEWEST) -> None:
    """Raise SettingError unless each split has loops, and training the fewest that it needs."""
    for split, least in ((Split.TRAIN, fewest), (Split.VALIDATION, 1), (Split.TEST, 1)):
        found = len(loops.part(split))
        if found < least:
            raise SettingError(
                f"{found} {split.value} loops: at least {least} are needed, so give more songs, "
                "or looser rules (--first-drums none, --stride 1, --repeat-below 0.01)"
            )


def facts_of(loops: LoopSet, command: str) -> Held:
    """Return what a model file says about its data, and the command that made it."""
    parts = {split.value: loops.part(split) for split in Split}
    return {
        "data": loops.note,
        "data_sha256": loops.content_hash(),
        "loops": {name: len(part) for name, part in parts.items()},
        "groups": {name: len(set(part.group.tolist())) for name, part in parts.items()},
        "command": command,
        "torch": str(torch.__version__),
    }


def figures_of(progress: Progress) -> Held:
    """Return what a run came to."""
    return {
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "seconds": round(progress.seconds, 1),
        **(progress.best or {}),
    }


def errors(vqvae: LoopVQVAE, loops: LoopSet) -> dict[str, dict[str, float]]:
    """Return the reconstruction error of each split, by each decoding."""
    device = next(vqvae.parameters()).device
    bits = {split: rolls_of(loops.part(split), device).bits for split in Split}
    return {
        split.value: {d.value: reconstruction_error(vqvae, rolls, d) for d in Decoding}
        for split, rolls in bits.items()
    }

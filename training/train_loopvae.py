"""Train one of the loop paper's continuous VAEs on loops (its "Music Continuous VAE")."""

import json
import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.training.batches import rolls_of, shuffled
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.decoding import threshold_bits
from loopwright.training.files import write_whole
from loopwright.training.fit import fit
from loopwright.training.loopvaefile import MODEL, save_vae
from loopwright.training.loopvaes import ArDecoder, LoopVae, divergence, sampled
from loopwright.training.loopvaesettings import VaeRecipe
from loopwright.training.machine import best_device
from loopwright.training.modelsize import parameters
from loopwright.training.plain import plain
from loopwright.training.runs import prepare
from loopwright.training.task import Figures
from loopwright.training.train import SUMMARY, Run, check_parts, facts_of, figures_of
from loopwright.training.train_vqvae import start_bias

JUDGED_AT_ONCE = 512


class VaeTask:
    """A VAE, judged by its whole loss at beta 1 on the validation groups, writing by itself.

    Not by its reconstruction error: that is least where beta is, and what is drawn then is noise.
    """

    aim = "loss_at_1"
    longest_gradient = 0.0

    def __init__(self, loops: LoopSet, recipe: VaeRecipe, device: torch.device) -> None:
        self.settings, self.epochs = recipe.settings, recipe.schedule.epochs
        self.name = f"loop-{self.settings.model}"
        self.model = LoopVae(self.settings.model).to(device)
        self.train = rolls_of(loops.part(Split.TRAIN), device)
        self.validation = rolls_of(loops.part(Split.VALIDATION), device).bits
        self.steps = -(-len(self.train.bits) // self.settings.batch)
        self.epoch, self.beta, self.hears = 0, 0.0, 1.0
        start_bias(self.model.last(), self.train.bits)

    def begin(self, epoch: int) -> None:
        """Get ready for an epoch."""
        self.epoch = epoch

    def batches(self) -> Iterator[Tensor]:
        """Yield every training loop once, its bass in another key each time.

        Beta, and the share of true steps that the AR model hears, move on with each batch.
        """
        settings = self.settings
        found = shuffled(self.train, settings.batch, settings.transpose)
        for done, batch in enumerate(found):
            epoch = self.epoch + done / self.steps
            fallen = epoch * (settings.falls_over or self.epochs) / self.epochs
            self.beta = annealed(epoch, self.epochs, settings.annealed)
            self.hears = inverse_sigmoid(fallen, settings.inverse_sigmoid)
            yield batch

    def loss(self, batch: Tensor) -> Tensor:
        """Return reconstruction loss plus beta divergence (loop paper, equation 1).

        In nats a roll cell, so that it compares with the VQ-VAE's.
        """
        mean, spread = (part.float() for part in self.model.encode(batch))
        logits = self.decoded(sampled(mean, spread), batch)
        return negative(logits, batch, self.beta * divergence(mean, spread))

    def decoded(self, z: Tensor, batch: Tensor) -> Tensor:
        """Return logits of latents (b, n); the AR model hears some true steps (scheduled sampling).

        Bengio et al. (2015): each step by a coin of its own.
        """
        if not isinstance(self.model.decoder, ArDecoder):
            return self.model.decode(z)
        heard = torch.rand(batch.shape[:2], device=batch.device) < self.hears
        return self.model.decoder(z, batch, heard)

    def judge(self) -> Figures:
        """Return the loss at beta 1 on validation groups, its divergence a loop, and the error."""
        losses: list[Tensor] = []
        apart: list[Tensor] = []
        for part in torch.split(self.validation, JUDGED_AT_ONCE):
            mean, spread = self.model.encode(part.float())
            apart.append(divergence(mean, spread))
            logits = self.model.decode(sampled(mean, spread))
            losses.append(negative(logits, part.float(), apart[-1]) * len(part))
        return {
            "loss_at_1": float(sum(losses)) / len(self.validation),
            "divergence": float(torch.cat(apart).mean()),
            "error": reconstruction_error(self.model, self.validation),
            "beta": self.beta,
        }


def negative(logits: Tensor, rolls: Tensor, divergence: Tensor) -> Tensor:
    """Return the negative bound in nats a cell: logits and rolls (b, 128, 93), divergence (b)."""
    bits = F.binary_cross_entropy_with_logits(logits.float(), rolls)
    return bits + divergence.mean() / rolls[0].numel()


def annealed(epoch: float, epochs: int, share: float) -> float:
    """Return beta: from 0 to 1 over a share of the run, then 1."""
    return min(epoch / (share * epochs), 1.0)


def inverse_sigmoid(epoch: float, k: float) -> float:
    """Return the share of true steps that are heard (Bengio et al., 2015): it falls with epochs."""
    return k / (k + math.exp(min(epoch / k, 700)))


@torch.no_grad()
def reconstruction_error(model: LoopVae, bits: Tensor) -> float:
    """Return the mean Hamming distance of rolls (n, 128, 93) and what their latents' means give."""
    wrong = 0
    for part in torch.split(bits, JUDGED_AT_ONCE):
        again = threshold_bits(model.decode(model.encode(part.float())[0]))
        wrong += int((again != part.bool()).sum())
    return wrong / bits.numel()


def train_vae(loops: LoopSet, recipe: VaeRecipe, run: Run) -> Held:
    """Train a VAE into the run's folder; return, and leave there, the summary of the run.

    A run that was cut off goes on where it stopped. Test groups are looked at once, at the end.
    """
    check_parts(loops)
    prepare(run.folder, run.threads, recipe.schedule.seed)
    task = VaeTask(loops, recipe, best_device())
    print(f"{task.name}: {parameters(task.model):,} parameters", flush=True)
    progress = fit(task, recipe.schedule, run.folder, f"{recipe.settings} {loops.content_hash()}")
    model = task.model.to("cpu")
    summary: Held = {
        **facts_of(loops, run.command),
        "recipe": plain(recipe),
        "parameters": parameters(model),
        task.name: figures_of(progress),
        "errors": errors(model, loops),
    }
    save_vae(run.folder / MODEL, model, summary)
    write_whole(run.folder / SUMMARY, json.dumps(summary, indent=2).encode())
    return summary


def errors(model: LoopVae, loops: LoopSet) -> dict[str, float]:
    """Return the reconstruction error of each split."""
    cpu = torch.device("cpu")
    return {
        split.value: reconstruction_error(model, rolls_of(loops.part(split), cpu).bits)
        for split in Split
    }

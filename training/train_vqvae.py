"""Train the VQ-VAE on loops (loop paper, "Music VQ-VAE" and "Experiment details")."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from loopwright.training.batches import rolls_of, shuffled
from loopwright.training.crash import balance_crash, crash_share
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.decoding import LOSSES, Decoding
from loopwright.training.fit import fit
from loopwright.training.kmeans import place
from loopwright.training.machine import best_device
from loopwright.training.model import CodeShape, LoopVQVAE
from loopwright.training.progress import Progress
from loopwright.training.rebuilt import codes_used, reconstruction_error
from loopwright.training.settings import Schedule, VqvaeSettings
from loopwright.training.task import Figures

PLACING_BATCHES = 16


class VqvaeTask:
    """The VQ-VAE, judged by its reconstruction error on the validation groups."""

    name = "vqvae"
    aim = "error"
    longest_gradient = 0.0

    def __init__(self, loops: LoopSet, settings: VqvaeSettings, device: torch.device) -> None:
        shape = CodeShape(settings.positions, settings.width, settings.codes)
        self.model = LoopVQVAE(shape).to(device)
        self.settings = settings
        self.train = rolls_of(loops.part(Split.TRAIN), device)
        self.validation = rolls_of(loops.part(Split.VALIDATION), device)
        self.steps = -(-len(self.train.bits) // settings.batch)
        self.warm = settings.warm_epochs > 0
        start_bias(self.model.decoder[-1], self.train.bits)

    def begin(self, epoch: int) -> None:
        """Get ready for an epoch: the one after the warm ones begins with a codebook in place."""
        self.warm = epoch < self.settings.warm_epochs
        if epoch == self.settings.warm_epochs > 0:
            self.place_codebook()

    @torch.no_grad()
    def place_codebook(self) -> None:
        """Put the codebook where the encoder's outputs are."""
        found: list[Tensor] = []
        for batch in islice(self.batches(), PLACING_BATCHES):
            found.append(self.model.embed(batch).flatten(0, 1))
        place(self.model.codebook, torch.cat(found))

    def batches(self) -> Iterator[Tensor]:
        """Yield every training loop once, its bass in another key each time."""
        return shuffled(self.train, self.settings.batch, self.settings.transpose)

    def loss(self, batch: Tensor) -> Tensor:
        """Return reconstruction loss plus commitment (loop paper, equation 2)."""
        loss_of = LOSSES[self.settings.loss]
        if self.warm:
            logits = self.model.decode_vectors(self.model.embed(batch))
            return loss_of(logits.float(), batch)
        logits, commitment = self.model(batch)
        loss = loss_of(logits.float(), batch)
        return loss + self.settings.commitment * commitment

    def judge(self) -> Figures:
        """Return the error on validation groups by both decodings, and the number of codes used."""
        return {
            "error": reconstruction_error(self.model, self.validation.bits, Decoding.CHOICE),
            "error_bits": reconstruction_error(self.model, self.validation.bits, Decoding.BITS),
            "crash": crash_share(self.model, self.validation.bits),
            "codes_used": float(codes_used(self.model, self.validation.bits)),
        }


@torch.no_grad()
def start_bias(last: nn.Module, bits: Tensor) -> None:
    """Let a decoder's last layer begin with the share of each column of rolls (n, 128, 93).

    Bits are rare; without this the first thousands of steps go into learning just that.
    """
    share = bits[::10].float().mean((0, 1)).clamp(1e-4, 1 - 1e-4)
    assert isinstance(last, nn.Conv1d | nn.Linear)
    assert last.bias is not None
    last.bias.copy_(share.logit())


def train_vqvae(
    loops: LoopSet, settings: VqvaeSettings, schedule: Schedule, folder: Path
) -> tuple[LoopVQVAE, Progress]:
    """Train on the training groups; return the model that is best on the validation groups."""
    torch.manual_seed(schedule.seed)
    task = VqvaeTask(loops, settings, best_device())
    identity = f"{asdict(settings)} {loops.content_hash()}"
    progress = fit(task, schedule, folder, identity)
    if settings.balance_crash:
        balance_crash(task.model, task.train.bits)
    return task.model, progress

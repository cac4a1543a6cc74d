"""Train the VQ-VAE on loops (loop paper, "Music VQ-VAE" and "Experiment details")."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from enum import Enum
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from loopwright.engine.roll import Drum
from loopwright.training.batches import rolls_of, shuffled
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.fit import Figures, Progress, fit
from loopwright.training.kmeans import place
from loopwright.training.model import (
    CodeShape,
    LoopVQVAE,
    bits_loss,
    choice_bits,
    choice_loss,
    threshold_bits,
)
from loopwright.training.settings import Loss, Schedule, VqvaeSettings

JUDGED_AT_ONCE = 512
PLACING_BATCHES = 16


class Decoding(Enum):
    """How the decoder's numbers are read: plain bits (the paper), or one bass choice a step."""

    BITS = "bits"
    CHOICE = "choice"


def mean_loss(logits: Tensor, rolls: Tensor) -> Tensor:
    """Return the mean of the two losses, in nats a roll cell."""
    return (bits_loss(logits, rolls) + choice_loss(logits, rolls)) / 2


LOSSES: dict[Loss, Callable[[Tensor, Tensor], Tensor]] = {
    Loss.BITS: bits_loss,
    Loss.CHOICE: choice_loss,
    Loss.BOTH: mean_loss,
}
READINGS: dict[Decoding, Callable[[Tensor], Tensor]] = {
    Decoding.BITS: threshold_bits,
    Decoding.CHOICE: choice_bits,
}


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


@torch.no_grad()
def codes_of(model: LoopVQVAE, bits: Tensor) -> Tensor:
    """Return the codes (n, t) of rolls (n, 128, 93)."""
    return torch.cat([model.encode(part.float()) for part in torch.split(bits, JUDGED_AT_ONCE)])


@torch.no_grad()
def crash_share(model: LoopVQVAE, bits: Tensor) -> float:
    """Return the share of rolls (n, 128, 93) whose reconstruction begins with a crash."""
    return float((first_crash(model, bits) >= 0).float().mean())


def codes_used(model: LoopVQVAE, bits: Tensor) -> int:
    """Return how many codes the rolls (n, 128, 93) use."""
    counts = torch.bincount(codes_of(model, bits).flatten(), minlength=model.shape.codes)
    return int((counts > 0).sum())


@torch.no_grad()
def reconstruction_error(model: LoopVQVAE, bits: Tensor, decoding: Decoding) -> float:
    """Return the mean Hamming distance of rolls (n, 128, 93) and their reconstructions."""
    wrong = 0
    for part in torch.split(bits, JUDGED_AT_ONCE):
        again = READINGS[decoding](model.decode(model.encode(part.float())))
        wrong += int((again != part.bool()).sum())
    return wrong / bits.numel()


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


@torch.no_grad()
def balance_crash(model: LoopVQVAE, bits: Tensor) -> None:
    """Move the crash's threshold, so that as many reconstructions begin with one as loops do.

    The crash is so rare that no code makes it likelier than not, and none would ever sound.
    `bits` are the training rolls (n, 128, 93).
    """
    share = float(bits[:, 0, Drum.CRASH].float().mean())
    last = model.decoder[-1]
    assert isinstance(last, nn.Conv1d)
    assert last.bias is not None
    last.bias[Drum.CRASH] -= float(torch.quantile(first_crash(model, bits), 1 - share))


def first_crash(model: LoopVQVAE, bits: Tensor) -> Tensor:
    """Return the logit (n) of a crash on the first step of each reconstruction."""
    parts = torch.split(bits, JUDGED_AT_ONCE)
    codes = (model.encode(part.float()) for part in parts)
    return torch.cat([model.decode(c)[:, 0, Drum.CRASH] for c in codes])


def best_device() -> torch.device:
    """Return CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")

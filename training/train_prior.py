"""Train the LSTM prior on the codes of loops (loop paper, "Music VQ-VAE")."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.training.batches import rolls_of, shuffled
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.fit import fit
from loopwright.training.machine import best_device
from loopwright.training.model import LoopPrior, LoopVQVAE, PriorShape
from loopwright.training.progress import Progress
from loopwright.training.rebuilt import codes_of
from loopwright.training.settings import PriorSettings, Schedule
from loopwright.training.task import Figures

FIRST_PASSES = 5  # passes over the training loops, bass moved anew, to count first codes
FIRST_SMOOTHING = 1e-3  # counts added to every first code, so that none is impossible
CODES_AT_ONCE = 2048
JUDGED_AT_ONCE = 512


class PriorTask:
    """The prior, judged by its negative log-likelihood on the codes of the validation groups."""

    name = "prior"
    aim = "nll"
    longest_gradient = 1.0

    def __init__(
        self, loops: LoopSet, vqvae: LoopVQVAE, settings: PriorSettings, device: torch.device
    ) -> None:
        self.vqvae, self.settings = vqvae.to(device).eval(), settings
        shape = PriorShape(settings.hidden, settings.layers, settings.dropout, settings.in_pairs)
        self.model = LoopPrior(vqvae.shape, shape).to(device)
        self.train = rolls_of(loops.part(Split.TRAIN), device)
        self.steps = -(-len(self.train.bits) // settings.batch)
        self.validation = codes_of(vqvae, rolls_of(loops.part(Split.VALIDATION), device).bits)
        self.model.first.copy_(self.first_codes())
        start_embedding(self.model, vqvae.codebook.vectors)

    def first_codes(self) -> Tensor:
        """Return the logarithms (K) of the first code's shares, a little smoothed."""
        codes = torch.cat([c for _ in range(FIRST_PASSES) for c in self.encoded()])
        counts = torch.bincount(codes[:, 0], minlength=self.vqvae.shape.codes).double()
        counts += FIRST_SMOOTHING
        return (counts / counts.sum()).log().float()

    def encoded(self) -> Iterator[Tensor]:
        """Yield the codes (b, t) of all training loops, the bass moved anew."""
        for rolls in shuffled(self.train, CODES_AT_ONCE, self.settings.transpose):
            yield codes_of(self.vqvae, rolls)

    def begin(self, epoch: int) -> None:
        """Nothing changes from one epoch to the next but the keys that are drawn."""

    def batches(self) -> Iterator[Tensor]:
        """Yield the codes (b, t) of all training loops, in batches."""
        return iter(torch.split(torch.cat(list(self.encoded())), self.settings.batch))

    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of the codes after the first."""
        logits = self.model(batch)[:, 1:]
        return F.cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten())

    def judge(self) -> Figures:
        """Return nats a code and accuracy after the first code, and nats of the first."""
        logits = torch.cat(
            [self.model(part).float() for part in torch.split(self.validation, JUDGED_AT_ONCE)]
        )
        later, codes = logits[:, 1:], self.validation[:, 1:]
        hit = (later.argmax(-1) == codes).double().mean()
        return {
            "nll": float(F.cross_entropy(later.flatten(0, 1), codes.flatten())),
            "accuracy": float(hit),
            "first_nll": float(F.cross_entropy(logits[:, 0], self.validation[:, 0])),
        }


@torch.no_grad()
def start_embedding(prior: LoopPrior, vectors: Tensor) -> None:
    """Let codes that sound alike begin alike: random projections of their vectors (K, L)."""
    spread = (vectors - vectors.mean(0)) / vectors.std()
    mix = torch.randn(vectors.shape[1], prior.shape.hidden, device=vectors.device)
    prior.embedding.weight.copy_(spread @ mix / vectors.shape[1] ** 0.5)


def train_prior(
    loops: LoopSet, vqvae: LoopVQVAE, settings: PriorSettings, run: tuple[Schedule, Path]
) -> tuple[LoopPrior, Progress]:
    """Train on the codes of the training groups; return the prior best on the validation groups."""
    schedule, folder = run
    torch.manual_seed(schedule.seed)
    task = PriorTask(loops, vqvae, settings, best_device())
    identity = f"{asdict(settings)} {loops.content_hash()} {codes_hash(vqvae)}"
    return task.model, fit(task, schedule, folder, identity)


def codes_hash(model: LoopVQVAE) -> str:
    """Return the SHA-256 of the weights that codes depend on: encoder and codebook."""
    total = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        if not name.startswith("decoder"):
            total.update(value.detach().cpu().contiguous().numpy().tobytes())
    return total.hexdigest()

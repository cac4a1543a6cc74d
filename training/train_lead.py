"""Train the lead: a small Transformer that goes on with a melody of one voice."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from loopwright.training import leadbatches
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import Split
from loopwright.training.fit import begin_with, fingerprint, finish
from loopwright.training.fitting import Fitting
from loopwright.training.lead_options import MODEL
from loopwright.training.leadmodelfile import save_lead
from loopwright.training.leadsettings import LeadRecipe
from loopwright.training.machine import best_device
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.pianoset import PianoSet
from loopwright.training.rates import warmed
from loopwright.training.runs import Run, account, prepare
from loopwright.training.task import Figures

JUDGED = 48  # validation windows of each style
AT_ONCE = 16
WARM_UP = 0.03  # of the run
DECAY = 0.05  # of the weights
BETAS = (0.9, 0.95)


class LeadTask:
    """The lead, judged by its negative log-likelihood a token: the mean of the styles' means."""

    name = "lead"
    aim = "nll"

    def __init__(self, data: PianoSet, recipe: LeadRecipe, device: torch.device) -> None:
        self.recipe = recipe
        self.model = MusicTransformer(recipe.shape).to(device)
        self.device = device
        self.steps = recipe.steps
        self.longest_gradient = recipe.longest_gradient
        self.train = data.part(Split.TRAIN)
        self.judged = leadbatches.judged(data.part(Split.VALIDATION), JUDGED)

    def begin(self, epoch: int) -> None:
        """All chance of the epoch is drawn from torch's, which is seeded for it."""

    def batches(self) -> Iterator[Tensor]:
        """Yield the windows (b, 257) of one epoch."""
        chance = np.random.default_rng(int(torch.randint(2**31, ()).item()))
        for batch in islice(leadbatches.packed(self.train, self.recipe, chance), self.steps):
            yield batch.to(self.device)

    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of the tokens that count."""
        found = leadbatches.nll(self.model(batch[:, :-1]), batch)
        return found.sum() / leadbatches.counted(batch).sum()

    def judge(self) -> Figures:
        """Return nats a token, of each style and over all."""
        figures = {f"nll {s}": self.judge_style(windows) for s, windows in self.judged.items()}
        return {"nll": float(np.mean(list(figures.values()))), **figures}

    def judge_style(self, windows: Tensor) -> float:
        """Return nats a token in windows (n, 257)."""
        parts = torch.split(windows.to(self.device), AT_ONCE)
        total = sum(float(leadbatches.nll(self.model(p[:, :-1]), p).sum()) for p in parts)
        return total / int(leadbatches.counted(windows).sum())


class LeadFitting(Fitting):
    """A run whose rate warms up and falls as a cosine."""

    def new_optimiser(self) -> torch.optim.Optimizer:
        """Return AdamW."""
        weights = self.task.model.parameters()
        return torch.optim.AdamW(weights, self.schedule.rate, BETAS, weight_decay=DECAY)

    def rate(self, share: float) -> float:
        """Return the learning rate when `share` (0..1) of the run is done."""
        return warmed(self.schedule, share, WARM_UP)


def train_lead(data: PianoSet, recipe: LeadRecipe, run: Run) -> Held:
    """Train a lead into the run's folder; return what came of it. A cut-off run goes on."""
    prepare(run.folder, run.threads, recipe.schedule.seed)
    task = LeadTask(data, recipe, best_device())
    identity = f"{data.content_hash()} {recipe}"
    if run.begin_with is not None:
        identity += begin_with(task, run.begin_with, MODEL)
    progress = finish(LeadFitting(task, recipe.schedule, run.folder, fingerprint(identity)))
    about = account(task.model, progress, recipe, run.command, data.content_hash())
    save_lead(run.folder / MODEL, task.model.to("cpu"), about)
    return about

"""Train one of the piano paper's models, by its schedule (5.2) or another recipe."""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from loopwright.training.checkpoint import Held
from loopwright.training.dataset import Split
from loopwright.training.fit import begin_with, fingerprint, finish
from loopwright.training.fitting import Fitting
from loopwright.training.machine import best_device
from loopwright.training.piano_options import MODEL
from loopwright.training.pianobatches import nll, transposed, windows_of
from loopwright.training.pianomodel import model_of
from loopwright.training.pianomodelfile import save_piano
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianosettings import SHORT_WINDOW, WINDOW, Fall, LstmShape, PianoRecipe
from loopwright.training.rates import warmed
from loopwright.training.runs import Run, account, prepare
from loopwright.training.task import Figures

WARM_UP = 0.03  # of the run, where the rate falls as a cosine
JUDGED_STRIDE = 2 * (WINDOW - 1)  # every other of the windows that follow each other
JUDGED_AT_ONCE = 16


class PianoTask:
    """A piano model, judged by its negative log-likelihood a token on whole windows in a row.

    With `held_out`, on the validation files; without, on the test files, as the paper does, which
    so chooses its epoch by them.
    """

    aim = "nll"

    def __init__(self, data: PianoSet, recipe: PianoRecipe, device: torch.device) -> None:
        self.recipe = recipe
        self.name = "lstm" if isinstance(recipe.shape, LstmShape) else "transformer"
        self.model = model_of(recipe.shape).to(device)
        self.length = WINDOW
        self.longest_gradient = recipe.longest_gradient
        held = (Split.TRAIN,) if recipe.held_out else (Split.TRAIN, Split.VALIDATION)
        judged = Split.VALIDATION if recipe.held_out else Split.TEST
        self.train = windows_of(data.part(*held), device)
        self.judged = windows_of(data.part(judged), device, JUDGED_STRIDE)
        self.steps = max(int(len(self.train.starts) / recipe.batch * recipe.share), 1)

    def begin(self, epoch: int) -> None:
        """Choose short windows or whole ones."""
        self.length = SHORT_WINDOW if epoch < self.recipe.short_epochs else WINDOW

    def batches(self) -> Iterator[Tensor]:
        """Yield the windows (b, 257) of one epoch, no window twice, each in a key drawn anew."""
        batch = self.recipe.batch * ((WINDOW - 1) // (self.length - 1))
        order = torch.randperm(len(self.train.starts))[: self.steps * batch]
        for index in torch.split(order.to(self.train.starts.device), batch):
            yield transposed(self.train.at(index, self.length), self.recipe.transpose)

    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of the last 256 tokens of each window."""
        return nll(self.model, batch).mean()

    def judge(self) -> Figures:
        """Return nats a token."""
        count = len(self.judged.starts)
        parts = torch.split(torch.arange(count, device=self.judged.starts.device), JUDGED_AT_ONCE)
        total = sum(float(nll(self.model, self.judged.at(part)).sum()) for part in parts)
        return {"nll": total / (count * (WINDOW - 1))}


class PianoFitting(Fitting):
    """A run with the paper's optimiser and rates."""

    def __init__(self, task: PianoTask, folder: Path, identity: str) -> None:
        self.recipe = task.recipe
        schedule = task.recipe.schedule
        super().__init__(task, schedule, folder, fingerprint(f"{identity} {task.recipe}"))

    def new_optimiser(self) -> torch.optim.Optimizer:
        """Return Adamax with its default settings."""
        return torch.optim.Adamax(self.task.model.parameters(), lr=self.schedule.rate)

    def rate(self, share: float) -> float:
        """Return the learning rate when `share` (0..1) of the run is done."""
        if self.recipe.fall is Fall.EPOCHS:
            epoch = int(share * self.schedule.epochs + 1e-9)
            return max(self.schedule.rate * self.recipe.decay**epoch, self.schedule.last_rate)
        return warmed(self.schedule, share, WARM_UP)


def train_piano(data: PianoSet, recipe: PianoRecipe, run: Run) -> Held:
    """Train a model into the run's folder; return what came of it. A cut-off run goes on."""
    prepare(run.folder, run.threads, recipe.schedule.seed)
    task = PianoTask(data, recipe, best_device())
    identity = data.content_hash()
    if run.begin_with is not None:
        identity += begin_with(task, run.begin_with, MODEL)
    progress = finish(PianoFitting(task, run.folder, identity))
    about = account(task.model, progress, recipe, run.command, data.content_hash())
    about["judged_on"] = "validation" if recipe.held_out else "test"
    save_piano(run.folder / MODEL, task.model.to("cpu"), about)
    return about

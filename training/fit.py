"""Train one model over epochs: cosine rate, seeds, a log, and checkpoints that resume exactly.

All chance of an epoch is seeded by (seed, epoch), so a run that was cut off goes on as if it had
not been: same batches, same dropout, same restarted codes.
"""

import hashlib
import json
import time
from pathlib import Path
from typing import NoReturn, cast

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.machine import half_precision
from loopwright.training.progress import Progress, Weights, copied, restored
from loopwright.training.rates import cosine
from loopwright.training.settings import Schedule
from loopwright.training.task import Figures, Task


def fit(task: Task, schedule: Schedule, folder: Path, identity: str) -> Progress:
    """Train `task.model` and leave its best weights in it; go on where a cut-off run stopped.

    `identity` says what else the run depends on (data, shapes, settings): a checkpoint with
    another one is refused with a SettingError.
    """
    return finish(Fitting(task, schedule, folder, fingerprint(f"{identity} {schedule}")))


def finish(run: "Fitting") -> Progress:
    """Train to the end of the schedule, or of patience; leave the best weights in the model."""
    progress, epochs, model = run.resume(), run.schedule.epochs, run.task.model
    with progress_bar(run.task.name, progress.epoch, epochs) as bar:
        while progress.epoch < epochs and not run.tired(progress):
            progress = run.stretch(progress, bar)
    assert progress.best_weights is not None
    model.load_state_dict(progress.best_weights)
    model.eval()
    return progress


def progress_bar(name: str, done: int, epochs: int) -> "tqdm[NoReturn]":
    """Return a progress bar over epochs."""
    return tqdm(total=epochs, initial=done, desc=name, unit="epoch")


def fingerprint(identity: str) -> str:
    """Return a short name of everything that a run depends on."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def begin_with(task: Task, folder: Path, file: str) -> str:
    """Give the model the weights of another run, ended or cut off; return their file's SHA-256.

    An ended run's model is in `file`. Raises SettingError for a model of another shape.
    """
    ended = folder / file
    path = ended if ended.is_file() else folder / f"{task.name}.checkpoint.pt"
    try:
        task.model.load_state_dict(cast(Weights, read(path).get("weights", {})))
    except RuntimeError as trouble:
        raise SettingError(f"{path} is a model of another shape") from trouble
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Fitting:
    """One run: the task, its optimiser, and its files. Only the optimiser and the model change."""

    accumulate = 1  # batches whose gradients are added up before the optimiser moves

    def __init__(self, task: Task, schedule: Schedule, folder: Path, identity: str) -> None:
        self.task, self.schedule, self.identity = task, schedule, identity
        self.optimiser = self.new_optimiser()
        self.device = next(task.model.parameters()).device.type
        self.half = half_precision(self.device)  # whether matrix products are in bfloat16
        self.checkpoint = folder / f"{task.name}.checkpoint.pt"
        self.log = folder / f"{task.name}.jsonl"

    def new_optimiser(self) -> torch.optim.Optimizer:
        """Return the optimiser of a run that begins."""
        return torch.optim.AdamW(self.task.model.parameters(), lr=self.schedule.rate)

    def rate(self, share: float) -> float:
        """Return the learning rate when `share` (0..1) of the run is done."""
        return cosine(self.schedule, share)

    def stretch(self, progress: Progress, bar: "tqdm[NoReturn]") -> Progress:
        """Train up to the next judgement; judge, log and save."""
        began = time.monotonic()
        last = min(progress.epoch + self.schedule.check_every, self.schedule.epochs)
        losses: list[float] = []
        for epoch in range(progress.epoch, last):
            losses = self.epoch(epoch)
            bar.update()
        seconds = progress.seconds + time.monotonic() - began
        figures = {"loss": float(np.mean(losses)), **self.judge()}
        bar.set_postfix({key: f"{value:.5g}" for key, value in figures.items()})
        progress = self.judged(progress, last, seconds, figures)
        self.record(progress, figures)
        return progress

    def epoch(self, epoch: int) -> list[float]:
        """Train one epoch; return the loss of each batch."""
        seed_epoch(self.schedule.seed, epoch)
        self.task.model.train()
        self.task.begin(epoch)
        losses: list[float] = []
        self.optimiser.zero_grad()
        for done, batch in enumerate(self.task.batches()):
            losses.append(self.learn(batch))
            if (done + 1) % self.accumulate == 0:
                self.move((epoch + done / self.task.steps) / self.schedule.epochs)
        return losses

    def learn(self, batch: Tensor) -> float:
        """Add a batch's gradient to what the optimiser moves by; return its loss."""
        with torch.autocast(self.device, torch.bfloat16, enabled=self.half):
            loss = self.task.loss(batch)
        (loss / self.accumulate).backward()
        return loss.item()

    def move(self, share: float) -> None:
        """Take one step of the optimiser; `share` (0..1) of the run is done."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate(share)
        if self.task.longest_gradient:
            nn.utils.clip_grad_norm_(self.task.model.parameters(), self.task.longest_gradient)
        self.optimiser.step()
        self.optimiser.zero_grad()

    def judge(self) -> Figures:
        """Return the task's figures on the validation groups."""
        self.task.model.eval()
        with torch.no_grad():
            return self.task.judge()

    def judged(self, before: Progress, epoch: int, seconds: float, figures: Figures) -> Progress:
        """Return the progress after a judgement, with the best weights yet."""
        aim = self.task.aim
        if before.best is not None and before.best[aim] <= figures[aim]:
            return Progress(epoch, seconds, before.best_epoch, before.best, before.best_weights)
        return Progress(epoch, seconds, epoch, figures, copied(self.task.model))

    def tired(self, progress: Progress) -> bool:
        """Tell whether the validation figure has not become better for too long."""
        waited = progress.epoch - progress.best_epoch
        return 0 < self.schedule.patience * self.schedule.check_every <= waited

    def record(self, progress: Progress, figures: Figures) -> None:
        """Write the checkpoint, then one line to the log."""
        state: Held = {
            "identity": self.identity,
            "weights": self.task.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": progress.epoch,
            "seconds": progress.seconds,
            "best_epoch": progress.best_epoch,
            "best": progress.best,
            "best_weights": progress.best_weights,
        }
        write(state, self.checkpoint)
        line = {"epoch": progress.epoch, "seconds": round(progress.seconds, 1), **figures}
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def resume(self) -> Progress:
        """Return where a cut-off run stopped, its weights restored; else the beginning.

        Raises SettingError for a run with other settings or data.
        """
        if not self.checkpoint.exists():
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_text("")
            return Progress()
        state = read(self.checkpoint)
        if state["identity"] != self.identity:
            raise SettingError(
                f"{self.checkpoint} is of a run with other settings or data; "
                "give another --out, or remove it"
            )
        self.task.model.load_state_dict(cast(Weights, state["weights"]))
        self.optimiser.load_state_dict(cast(Held, state["optimiser"]))
        return restored(state)


def seed_epoch(seed: int, epoch: int) -> None:
    """Seed all chance of one epoch by (seed, epoch)."""
    torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))

"""One training: a task, its optimiser, rate and files, epoch by epoch, with exact checkpoints.

All chance of an epoch is seeded by (seed, epoch), and within one it is kept with the weights every
few minutes, so a run that was cut off goes on as if it had not been: same batches, same dropout,
same restarted codes.
"""

import json
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NoReturn, cast

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import Held, read, write
from loopwright.training.machine import half_precision
from loopwright.training.midway import Midway, midway, packed
from loopwright.training.progress import Progress, Weights, copied, restored
from loopwright.training.rates import cosine
from loopwright.training.settings import Schedule
from loopwright.training.task import Figures, Task


class Fitting:
    """One run: the task, its optimiser, and its files. Only the optimiser and the model change."""

    accumulate = 1  # batches whose gradients are added up before the optimiser moves
    keep_every = 300.0  # seconds between checkpoints within an epoch

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
        first = progress.midway.epoch if progress.midway else progress.epoch
        last = min(progress.epoch + self.schedule.check_every, self.schedule.epochs)
        losses: list[float] = []
        for epoch in range(first, last):
            losses, progress = self.epoch(epoch, progress, bar)
        began = time.monotonic()
        figures = {"loss": float(np.mean(losses)), **self.judge()}
        bar.set_postfix({key: f"{value:.5g}" for key, value in figures.items()})
        seconds = progress.seconds + time.monotonic() - began
        progress = self.judged(progress, last, seconds, figures)
        self.record(progress, figures)
        return progress

    def epoch(
        self, epoch: int, before: Progress, bar: "tqdm[NoReturn]"
    ) -> tuple[list[float], Progress]:
        """Train one epoch, or what is left of it; return each batch's loss, and the progress."""
        began = kept = time.monotonic()
        losses, batches = self.opened(epoch, before.midway)
        self.optimiser.zero_grad()
        for batch in batches:
            losses.append(self.learn(batch))
            if len(losses) % self.accumulate == 0:
                self.move((epoch + (len(losses) - 1) / self.task.steps) / self.schedule.epochs)
                if time.monotonic() - kept >= self.keep_every:
                    kept = time.monotonic()
                    seconds = before.seconds + kept - began
                    self.keep(replace(before, seconds=seconds, midway=midway(epoch, losses)))
            bar.update(epoch + len(losses) / self.task.steps - bar.n)
        bar.update(epoch + 1 - bar.n)
        seconds = before.seconds + time.monotonic() - began
        return losses, replace(before, seconds=seconds, midway=None)

    def opened(self, epoch: int, at: Midway | None) -> tuple[list[float], Iterator[Tensor]]:
        """Return the losses of an epoch so far, and the batches that are left of it."""
        weights = copied(self.task.model) if at else {}  # where an epoch begins by changing them
        seed_epoch(self.schedule.seed, epoch)
        self.task.model.train()
        self.task.begin(epoch)
        batches = self.task.batches()
        if at is None:
            return [], batches
        deque(islice(batches, len(at.losses)), maxlen=0)
        self.task.model.load_state_dict(weights)
        at.restore_chance()
        return list(at.losses), batches

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
        self.keep(progress)
        line = {"epoch": progress.epoch, "seconds": round(progress.seconds, 1), **figures}
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def keep(self, progress: Progress) -> None:
        """Write the checkpoint."""
        state: Held = {
            "identity": self.identity,
            "weights": self.task.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": progress.epoch,
            "seconds": progress.seconds,
            "best_epoch": progress.best_epoch,
            "best": progress.best,
            "best_weights": progress.best_weights,
            "midway": packed(progress.midway),
        }
        write(state, self.checkpoint)

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

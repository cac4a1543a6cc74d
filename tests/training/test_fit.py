"""A run that was cut off goes on as if it had not been; the best weights are kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from loopwright.engine.errors import SettingError
from loopwright.training.fit import fit
from loopwright.training.fitting import Fitting
from loopwright.training.progress import Progress
from loopwright.training.rates import cosine
from loopwright.training.settings import Schedule
from loopwright.training.task import Figures


class Line:
    """Learns to double numbers, with chance in the batches and dropout in the model."""

    name = "line"
    aim = "error"
    steps = 3
    longest_gradient = 1.0

    def __init__(self, breaks_at: int | None = None, breaks_after: int | None = None) -> None:
        torch.manual_seed(0)
        self.model: nn.Module = nn.Sequential(nn.Dropout(0.3), nn.Linear(2, 1))
        self.breaks_at, self.breaks_after, self.learnt = breaks_at, breaks_after, 0

    def begin(self, epoch: int) -> None:
        if epoch == self.breaks_at:
            raise KeyboardInterrupt
        with torch.no_grad():  # as an epoch may that puts a codebook in place
            for weights in self.model.parameters():
                weights.add_(0.01 * torch.randn(1))

    def batches(self) -> Iterator[Tensor]:
        for _ in range(self.steps):
            yield torch.randn(4, 2)

    def loss(self, batch: Tensor) -> Tensor:
        if self.model.training:
            if self.learnt == self.breaks_after:
                raise KeyboardInterrupt
            self.learnt += 1
        return (self.model(batch) - 2 * batch.sum(1, keepdim=True)).square().mean()

    def judge(self) -> Figures:
        return {"error": float(self.loss(torch.ones(1, 2)))}


SCHEDULE = Schedule(epochs=8, check_every=2)


def trained(
    task: Line, folder: Path, schedule: Schedule = SCHEDULE
) -> tuple[Progress, list[float]]:
    progress = fit(task, schedule, folder, "a line")
    return progress, [
        float(value) for p in task.model.parameters() for value in p.detach().flatten()
    ]


def test_a_run_that_was_cut_off_ends_as_the_unbroken_one(tmp_path: Path) -> None:
    whole, weights = trained(Line(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(Line(breaks_at=5), tmp_path / "cut")
    resumed, again = trained(Line(), tmp_path / "cut")
    assert again == weights
    assert (resumed.epoch, resumed.best) == (whole.epoch, whole.best)
    lines = [(tmp_path / f / "line.jsonl").read_text().splitlines() for f in ("whole", "cut")]
    first, second = ([json.loads(line)["error"] for line in held] for held in lines)
    assert first == second


@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize("batches", [1, 5, 13, 31])
def test_a_run_goes_on_from_any_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int, accumulate: int
) -> None:
    monkeypatch.setattr(Fitting, "accumulate", accumulate)
    monkeypatch.setattr(Line, "steps", 4)
    whole, weights = trained(Line(), tmp_path / "whole")
    monkeypatch.setattr(Fitting, "keep_every", 0.0)
    with pytest.raises(KeyboardInterrupt):
        trained(Line(breaks_after=batches), tmp_path / "cut")
    rest = Line()
    resumed, again = trained(rest, tmp_path / "cut")
    assert again == weights
    assert (resumed.epoch, resumed.best) == (whole.epoch, whole.best)
    assert rest.learnt == 8 * 4 - batches // accumulate * accumulate


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    first, weights = trained(Line(), tmp_path)
    second, same = trained(Line(breaks_at=0), tmp_path)
    assert (weights, first.epoch) == (same, second.epoch)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    trained(Line(), tmp_path)
    with pytest.raises(SettingError, match="other settings"):
        trained(Line(), tmp_path, Schedule(epochs=9, check_every=2))


def test_a_run_that_gets_no_better_ends(tmp_path: Path) -> None:
    class Stuck(Line):
        def judge(self) -> Figures:
            return {"error": 1.0}

    progress, _ = trained(Stuck(), tmp_path, Schedule(epochs=50, check_every=2, patience=2))
    assert (progress.epoch, progress.best_epoch) == (6, 2)


def test_the_rate_falls_by_a_cosine() -> None:
    schedule = Schedule(epochs=1)
    assert cosine(schedule, 0.0) == pytest.approx(1e-3)
    assert cosine(schedule, 0.5) == pytest.approx((1e-3 + 5e-6) / 2)
    assert cosine(schedule, 1.0) == pytest.approx(5e-6)

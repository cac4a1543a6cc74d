"""A step of training of the piano models, the paper's batch: beside torch's dropout and fp32.

All ways take turns on a single thread; bfloat16 is quicker only where the CPU multiplies it.
"""

import time
from collections.abc import Callable
from statistics import median

import pytest
import torch
from bench.test_loop import Benchmark
from torch import nn

from loopwright.training.dropout import Dropout
from loopwright.training.machine import has_bf16, keep_memory
from loopwright.training.pianobatches import nll
from loopwright.training.pianomodel import model_of
from loopwright.training.pianosettings import PAPER, WINDOW

ROUNDS = 6

pytestmark = pytest.mark.usefixtures("one_thread")


def step_of(model: nn.Module, windows: torch.Tensor, *, half: bool) -> Callable[[], None]:
    """Return one step of a model by the paper's optimiser, in bfloat16 or fp32."""
    optimiser = torch.optim.Adamax(model.parameters(), lr=1e-4)

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = nll(model, windows).mean()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    return step


def with_torchs_dropout(model: nn.Module) -> nn.Module:
    """Put torch's dropout in the place of ours."""
    for holder in list(model.modules()):
        for name, child in list(holder.named_children()):
            if isinstance(child, Dropout):
                setattr(holder, name, nn.Dropout(child.share))
    return model


@pytest.mark.parametrize("kind", PAPER)
def test_a_step_of_training(
    kind: str, benchmark: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_memory()
    recipe = PAPER[kind]
    windows = torch.randint(0, 153, (recipe.batch, WINDOW))
    half = has_bf16()
    ways = {
        "fp32": step_of(model_of(recipe.shape), windows, half=False),
        "torch's dropout": step_of(with_torchs_dropout(model_of(recipe.shape)), windows, half=half),
        "ours": step_of(model_of(recipe.shape), windows, half=half),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}

    def each_in_turn() -> None:
        for name, step in ways.items():
            began = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - began)

    benchmark.pedantic(each_in_turn, rounds=ROUNDS, warmup_rounds=1)
    found = {name: 1000 * median(times) for name, times in seconds.items()}
    benchmark.extra_info.update({f"{name}, ms": ms for name, ms in found.items()})
    times = ", ".join(f"{name} {ms:.0f}" for name, ms in found.items())
    beside = ("fp32", "torch's dropout")
    ratios = ", ".join(f"{found[name] / found['ours']:.2f}x {name}" for name in beside)
    with capsys.disabled():
        print(f"\n{kind}, a step of {windows.numel()} tokens, one thread, ms: {times}")
        print(f"  ours {ratios}{'' if half else '; no bfloat16 here'}")

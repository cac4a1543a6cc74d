"""One loop of a VQ-VAE, batch 1 and 64: its graphs beside torch and beside a call for each code.

The yardsticks have the shipped model's shape and weights of chance, which cost the same time. All
ways take turns, so that what else the machine does falls on all of them alike, and each draws a few
times in its turn, so that none finds the cache full of another's weights. Each is a single thread.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Protocol

import numpy as np
import onnx
import pytest
import torch
from bench.naive import Eager, Stepwise
from numpy.typing import NDArray
from small_model import made

from loopwright.engine.chance import uniforms
from loopwright.export.onnx import weights_of
from loopwright.live.runtime import LoopModel
from loopwright.training.model import CodeShape, LoopPrior, LoopVQVAE, PriorShape

SHIPPED = Path(__file__).parents[2] / "presets" / "first-light"
ROUNDS = {1: 40, 64: 3}
IN_A_TURN = 5
Way = Callable[[NDArray[np.float32]], object]


class Benchmark(Protocol):
    """What is used of pytest-benchmark."""

    extra_info: dict[str, object]

    def pedantic(self, target: Callable[[], None], *, rounds: int, warmup_rounds: int) -> object:
        """Call `target` again and again."""
        ...


pytestmark = pytest.mark.usefixtures("one_thread")


def hidden_of(graph: Path) -> int:
    """Return the prior's hidden size, from the table of a loop graph."""
    constants = onnx.load(str(graph)).graph.initializer
    return next(c for c in constants if c.name == "table").dims[1] // 4


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Way]:
    plain = LoopModel.open(SHIPPED, "cpu-fp32")
    shape = CodeShape(positions=plain.positions, codes=plain.codes)
    torch.manual_seed(0)
    vqvae = LoopVQVAE(shape).eval()
    prior = LoopPrior(shape, PriorShape(hidden_of(SHIPPED / plain.variant.file))).eval()
    bias = torch.zeros(shape.positions, shape.codes)
    shipped = {v.name for v in plain.sidecar.variants}
    return {
        "torch": Eager(vqvae, prior, bias),
        "32 calls": Stepwise(weights_of(vqvae, prior)),
        "fp32": plain.draw,
        **({"int8": LoopModel.open(SHIPPED, "cpu-int8").draw} if "cpu-int8" in shipped else {}),
    }


def test_the_yardsticks_draw_the_same_loops(tmp_path: Path) -> None:
    small = made(tmp_path)
    chance = uniforms(7, "bench", 0, range(16), small.sidecar.shape.positions)
    weights = weights_of(small.vqvae, small.prior)
    bias = torch.zeros(weights.positions, weights.codes)
    rolls = LoopModel.open(tmp_path, "cpu-fp32").draw(chance).rolls
    assert np.array_equal(Eager(small.vqvae, small.prior, bias)(chance), rolls)
    assert np.array_equal(Stepwise(weights)(chance), rolls)


@pytest.mark.parametrize("batch", ROUNDS)
def test_one_loop(
    batch: int, ways: dict[str, Way], benchmark: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = uniforms(7, "bench", 0, range(batch), LoopModel.open(SHIPPED).positions)
    found = timed_in_turn(ways, chance, benchmark, ROUNDS[batch])
    with capsys.disabled():
        print(f"\n{batch} loop(s), one thread, ms: {told(found)}")


def timed_in_turn(
    ways: dict[str, Way], chance: NDArray[np.float32], benchmark: Benchmark, rounds: int
) -> dict[str, float]:
    """Return the milliseconds of each way, a median."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}

    def each_in_turn() -> None:
        for name, way in ways.items():
            for _ in range(IN_A_TURN):
                began = time.perf_counter()
                way(chance)
                seconds[name].append(time.perf_counter() - began)

    benchmark.pedantic(each_in_turn, rounds=rounds, warmup_rounds=1)
    found = {name: 1000 * median(times) for name, times in seconds.items()}
    benchmark.extra_info.update({f"{name}, ms": ms for name, ms in found.items()})
    return found


def told(found: dict[str, float], yardsticks: tuple[str, ...] = ("torch", "32 calls")) -> str:
    """Return the times, and how many times faster the graphs are than the yardsticks."""
    graphs = [name for name in ("fp32", "int8") if name in found]
    times = ", ".join(f"{name} {ms:.2f}" for name, ms in found.items())
    ratios = [
        f"{name} {found[yardstick] / found[name]:.1f}x {yardstick}"
        for yardstick in yardsticks
        for name in graphs
    ]
    return f"{times}\n  {', '.join(ratios)}"

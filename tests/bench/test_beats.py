"""One loop of the shipped beat model, batch 1 and 64: its graphs beside torch, code after code.

As in `test_loop`, all ways take turns on a single thread.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from bench.naivebeats import EagerBeats
from bench.test_loop import ROUNDS, Benchmark, Way, timed_in_turn, told
from small_beats import made

from loopwright.engine.chance import uniforms
from loopwright.live.runtime import LoopModel
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatprior import BeatPrior

SHIPPED = Path(__file__).parents[2] / "presets" / "backbeat"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def ways() -> dict[str, Way]:
    """Return the shipped graphs, and torch with weights of chance, which cost the same time."""
    graphs = {name: LoopModel.open(SHIPPED, f"cpu-{name}") for name in ("fp32", "int8")}
    torch.manual_seed(0)
    coder = BeatCoder(graphs["fp32"].codes)
    bias = torch.zeros(coder.shape.positions, coder.shape.codes)
    eager = EagerBeats(coder, BeatPrior(coder.shape).eval(), bias)
    return {"torch": eager, **{name: model.draw for name, model in graphs.items()}}


def test_the_yardstick_draws_the_same_loops(tmp_path: Path) -> None:
    small = made(tmp_path)
    chance = uniforms(7, "bench", 0, range(8), 128)
    bias = torch.zeros(128, small.coder.shape.codes)
    rolls = LoopModel.open(tmp_path, "cpu-fp32").draw(chance).rolls
    assert np.array_equal(EagerBeats(small.coder, small.prior, bias)(chance), rolls)


@pytest.mark.parametrize("batch", ROUNDS)
def test_one_loop_of_beats(
    batch: int, ways: dict[str, Way], benchmark: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = uniforms(7, "bench", 0, range(batch), LoopModel.open(SHIPPED).positions)
    found = timed_in_turn(ways, chance, benchmark, ROUNDS[batch])
    with capsys.disabled():
        print(f"\n{batch} loop(s) of beats, one thread, ms: {told(found, ('torch',))}")

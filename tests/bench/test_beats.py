"""One loop of the shipped beat model, batch 1 and 64: its graphs beside torch.

Torch draws code after code; then, quicker, all codes of a round at once, as the graphs do.

As in `test_loop`, all ways take turns on a single thread.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from bench.naivebeats import EagerBeats
from bench.test_loop import ROUNDS, Benchmark, Way, timed_in_turn, told
from small_beats import made

from loopwright.engine.chance import uniforms
from loopwright.live.runtime import LoopModel
from loopwright.training.readbeats import beat_base

TORCH = ("torch", "torch by rounds")
SHIPPED = Path(__file__).parents[2] / "presets" / "backbeat"


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def ways() -> dict[str, Way]:
    """Return the shipped graphs, and torch with the weights that stand in them."""
    graphs = {name: LoopModel.open(SHIPPED, f"cpu-{name}") for name in ("fp32", "int8")}
    held = beat_base(SHIPPED, graphs["fp32"].sidecar)
    bias = torch.zeros(held.coder.shape.positions, held.coder.shape.codes)
    eager = EagerBeats(held.coder, held.prior, bias)
    torches = {"torch": eager, "torch by rounds": replace(eager, at_once=True)}
    return {**torches, **{name: model.draw for name, model in graphs.items()}}


@pytest.mark.parametrize("at_once", [False, True])
def test_the_yardsticks_draw_the_same_loops(tmp_path: Path, at_once: bool) -> None:
    small = made(tmp_path)
    chance = uniforms(7, "bench", 0, range(8), 128)
    bias = torch.zeros(128, small.coder.shape.codes)
    rolls = LoopModel.open(tmp_path, "cpu-fp32").draw(chance).rolls
    eager = EagerBeats(small.coder, small.prior, bias, at_once=at_once)
    assert np.array_equal(eager(chance), rolls)


@pytest.mark.parametrize("batch", ROUNDS)
def test_one_loop_of_beats(
    batch: int, ways: dict[str, Way], benchmark: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = uniforms(7, "bench", 0, range(batch), LoopModel.open(SHIPPED).positions)
    found = timed_in_turn(ways, chance, benchmark, ROUNDS[batch])
    with capsys.disabled():
        print(f"\n{batch} loop(s) of beats, one thread, ms: {told(found, TORCH)}")

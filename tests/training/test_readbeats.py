"""A beat model read back out of its graphs, and trained on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_beats import made

from loopwright.export import parity
from loopwright.export.parity import Pair, cases
from loopwright.export.running import Runner
from loopwright.training.bases import loop_base, tune
from loopwright.training.beatfile import MODEL, load_beats
from loopwright.training.dataset import LoopSet
from loopwright.training.placing import placed
from loopwright.training.readbeats import BeatBase
from loopwright.training.runs import Run
from loopwright.training.settings import Schedule
from loopwright.training.tunebeats import as_shipped
from loopwright.training.tuned import FINE

pytestmark = pytest.mark.usefixtures("one_thread")

SONGS = 12
GRAPH = "loop.fp32.onnx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("beats")).folder


def base_in(folder: Path) -> BeatBase:
    base = loop_base(folder)
    assert isinstance(base, BeatBase)
    return base


def test_a_beat_model_comes_back_to_the_tolerance_of_parity(folder: Path) -> None:
    base = base_in(folder)
    pair = Pair(base.coder, as_shipped(base.prior), Runner(folder / GRAPH))
    for case in cases(base.coder.shape.positions, base.coder.shape.codes):
        row = pair.compare(case, 8)
        assert row.holds, parity.table([row])


def test_its_patterns_are_the_very_same(folder: Path) -> None:
    coder, _ = load_beats(folder / MODEL)
    for name, book in base_in(folder).coder.state_dict().items():
        assert torch.equal(book, coder.state_dict()[name]), name


def songs() -> LoopSet:
    bits = np.random.default_rng(0).random((3 * SONGS, 128 * 93)) < 0.05
    index = np.repeat(np.arange(SONGS, dtype=np.int32), 3)
    names = tuple(placed(f"song {n}" for n in range(SONGS)).values())
    return LoopSet(np.packbits(bits, axis=1), index, index, names, names, {})


def test_training_on_makes_its_songs_likelier_and_leaves_the_patterns(
    folder: Path, tmp_path: Path
) -> None:
    base, once = base_in(folder), Schedule(epochs=3, rate=3e-3, check_every=1)
    recipe = replace(FINE, prior_schedule=once)
    about = tune(songs(), base, recipe, Run(tmp_path, "a command", 1))
    coder, _ = load_beats(tmp_path / MODEL)
    assert torch.equal(coder.skins, base.coder.skins)
    before, after = about["before"], about["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after["nats_a_code"] < before["nats_a_code"]
    assert after["error"] == before["error"]
    assert about["began_with"] == base.model

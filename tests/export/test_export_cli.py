"""From a trained model to a preset, in one command."""

from pathlib import Path

import numpy as np
import pytest
from small_model import SmallModel, made

from loopwright.export.presetfile import read_folder, verify
from loopwright.live.cli import main
from loopwright.live.runtime import LoopModel
from loopwright.training.dataset import LoopSet, Split, save, split_of


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallModel:
    return made(tmp_path_factory.mktemp("small"))


def loops_of_validation(path: Path) -> Path:
    group = next(f"g{n}" for n in range(99) if split_of(f"g{n}") is Split.VALIDATION)
    bits = np.random.default_rng(0).random((5, 128 * 93)) < 0.05
    index = np.zeros(5, np.int32)
    save(LoopSet(np.packbits(bits, axis=1), index, index, ("song",), (group,), {}), path)
    return path


def test_a_trained_model_becomes_a_preset(
    small: SmallModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held_out = loops_of_validation(tmp_path / "loops.npz")
    words = ["export", str(small.folder), "--out", str(tmp_path / "mine")]
    assert main([*words, "--held-out", str(held_out)]) == 0
    assert "nats a code on 5 validation loops" in capsys.readouterr().out
    opened = read_folder(tmp_path / "mine")
    verify(opened)
    assert opened.preset.name == "mine"
    assert LoopModel.open(tmp_path / "mine").model == small.sidecar.model
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err


def test_without_held_out_loops_int8_is_not_written(small: SmallModel, tmp_path: Path) -> None:
    assert main(["export", str(small.folder), "--out", str(tmp_path / "mine")]) == 0
    model = LoopModel.open(tmp_path / "mine")
    assert model.device == "cpu-fp32"
    assert not (tmp_path / "mine" / "loop.int8.onnx").exists()


def test_a_folder_without_a_model_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "none"), "--out", str(tmp_path / "mine")]) == 2
    assert "none is not a training run, which holds beats.pt" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("out", "says"), [("file/mine", "cannot be written"), ("mine!", "is no name: letters")]
)
def test_a_place_that_cannot_be_is_one_line(
    small: SmallModel, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, says: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["export", str(small.folder), "--out", str(tmp_path / out)]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

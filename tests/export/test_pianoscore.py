"""The scoring graphs say what the piano models say in torch, at any batch and length."""

from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch

from loopwright.engine.errors import PresetError, SettingError
from loopwright.export import cli_melody
from loopwright.export.cli import export
from loopwright.export.cli_melody import difference
from loopwright.export.onnx import piano_in
from loopwright.export.pianoscore import LOGARITHMS, score_graph
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.training.dataset import Split
from loopwright.training.piano_evaluate import opened
from loopwright.training.piano_options import MODEL
from loopwright.training.pianomodel import model_of
from loopwright.training.pianomodelfile import save_piano
from loopwright.training.pianonll import measure
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianosettings import LstmShape, TransformerShape

SMALL = {"lstm": LstmShape(8, 16, 2, 32, 16), "transformer": TransformerShape(16, 3, 2, 32, 6)}


def saved(kind: str, folder: Path) -> Path:
    torch.manual_seed(0)
    save_piano(folder / MODEL, model_of(SMALL[kind]), {})
    return folder


def told_of(trained: Path, out: Path) -> Namespace:
    """Return what the command line says: nothing but where from and where to."""
    nothing = dict.fromkeys(("held_out", "figures", "description", "sources"))
    return Namespace(trained=trained, out=out, score_int8=True, int8_alone=False, **nothing)


@pytest.mark.parametrize("kind", SMALL)
def test_a_graph_says_what_torch_says(kind: str, tmp_path: Path) -> None:
    piano = piano_in(saved(kind, tmp_path) / MODEL)
    assert difference(piano, score_graph(piano.weights).SerializeToString(), 153) < 1e-5


def test_eight_bits_are_near(tmp_path: Path) -> None:
    piano = piano_in(saved("transformer", tmp_path) / MODEL)
    run = Runner(score_graph(piano.weights, Precision.INT8).SerializeToString())
    tokens = np.arange(40).reshape(2, 20)
    found = np.asarray(run(tokens=tokens)[LOGARITHMS], np.float32)
    assert 0 < np.abs(found - piano.scores(tokens)).max() < 0.1


def test_evaluate_measures_a_graph_as_it_measures_torch(tmp_path: Path) -> None:
    trained = saved("transformer", tmp_path)
    export(told_of(trained, tmp_path / "out"))
    tokens = np.arange(270, dtype=np.uint8) % 153
    data = PianoSet(tokens, np.array([270]), ("a",), (Split.TEST,))
    models = [opened(trained), opened(tmp_path / "out" / "score.fp32.onnx")]
    torch_says, graph_says = (measure(m, "", data, Split.TEST, 5).nll for m in models)
    assert graph_says == pytest.approx(torch_says, abs=1e-4)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no graph")
    with pytest.raises(SettingError, match="no graph"):
        opened(tmp_path / "x.onnx")


def test_a_graph_that_says_something_else_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_melody, "EDGE", -1.0)
    with pytest.raises(PresetError, match="off what torch says"):
        export(told_of(saved("lstm", tmp_path), tmp_path / "out"))
    assert not (tmp_path / "out").exists()

"""The scoring graphs say what the piano models say in torch, at any batch and length."""

import json
import math
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch

from loopwright.engine.errors import PresetError, SettingError
from loopwright.export import cli_melody
from loopwright.export.cli import export
from loopwright.export.cli_melody import difference
from loopwright.export.graph import FLOAT
from loopwright.export.named import NamedWeights
from loopwright.export.onnx import melody_in
from loopwright.export.pianoscore import LOGARITHMS, score_graph
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.live.cli import main
from loopwright.training import piano_evaluate
from loopwright.training.dataset import Split
from loopwright.training.piano_options import MODEL
from loopwright.training.pianograph import ScoringGraph
from loopwright.training.pianomodel import model_of
from loopwright.training.pianomodelfile import save_piano
from loopwright.training.pianoset import PianoSet, save
from loopwright.training.pianosettings import LstmShape, TransformerShape

SMALL = {"lstm": LstmShape(8, 16, 2, 32, 16), "transformer": TransformerShape(16, 3, 2, 32, 6)}


def saved(kind: str, folder: Path) -> Path:
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    save_piano(folder / MODEL, model_of(SMALL[kind]), {})
    return folder


def told_of(trained: Path, out: Path) -> Namespace:
    """Return what the command line says: nothing but where from and where to."""
    nothing = dict.fromkeys(("held_out", "figures", "description", "sources"))
    return Namespace(
        trained=trained, out=out, score_int8=True, int8_alone=False, cuda=False, **nothing
    )


@pytest.mark.parametrize("kind", SMALL)
def test_a_graph_says_what_torch_says(kind: str, tmp_path: Path) -> None:
    piano = melody_in(saved(kind, tmp_path)).torch
    assert difference(piano, score_graph(piano.weights).SerializeToString(), 153) < 1e-5


@pytest.mark.parametrize("kind", SMALL)
def test_eight_bits_are_near(kind: str, tmp_path: Path) -> None:
    piano = melody_in(saved(kind, tmp_path)).torch
    run = Runner(score_graph(piano.weights, Precision.INT8).SerializeToString())
    tokens = np.arange(40).reshape(2, 20)
    found = np.asarray(run(tokens=tokens)[LOGARITHMS], np.float32)
    assert 0 < np.abs(found - piano.scores(tokens)).max() < 0.1


def test_all_matrices_of_an_lstm_are_kept_in_eight_bits() -> None:
    torch.manual_seed(0)
    tensors = {
        n: t.numpy() for n, t in model_of(LstmShape(64, 128, 2, 128, 128)).state_dict().items()
    }
    weights = NamedWeights(tensors, layers=2, heads=0, model="")
    graph = score_graph(weights, Precision.INT8).graph
    in_floats = {c.name: math.prod(c.dims) for c in graph.initializer if c.data_type == FLOAT}
    tables = {"embedding.weight": 153 * 64}
    assert in_floats.items() >= tables.items()
    assert max(size for name, size in in_floats.items() if name not in tables) <= 4 * 128 * 2


@pytest.mark.parametrize("kind", SMALL)
def test_evaluate_sets_a_preset_s_graphs_beside_the_run_that_it_was_made_of(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained, out, figures = saved(kind, tmp_path / "run"), tmp_path / "out", tmp_path / "x.json"
    export(told_of(trained, out))
    tokens = np.arange(270, dtype=np.uint8) % 153
    data = PianoSet(tokens, np.array([270]), ("a",), (Split.TEST,))
    save(data, tmp_path / "data.npz")
    told = ["evaluate", str(out), "--data", str(tmp_path / "data.npz"), "--stride", "5"]
    assert main([*told, "--torch", str(trained), "--json", str(figures)]) == 0
    nats = {one["model"]: one["nll"] for one in json.loads(figures.read_text())["models"]}
    assert list(nats) == ["torch", "score fp32", "score int8", "step cpu-fp32"]
    assert nats["score fp32"] == pytest.approx(nats["torch"], abs=1e-4)
    assert nats["step cpu-fp32"] == pytest.approx(nats["torch"], abs=1e-4)
    assert nats["score int8"] == pytest.approx(nats["torch"], rel=0.005)
    assert "step cpu-fp32 against torch" in capsys.readouterr().out
    torch.manual_seed(1)
    (tmp_path / "other").mkdir()
    save_piano(tmp_path / "other" / MODEL, model_of(SMALL[kind]), {})
    assert main([*told, "--torch", str(tmp_path / "other")]) == 2
    assert "is not the run" in capsys.readouterr().err


def test_the_step_graph_of_a_preset_draws_the_paper_s_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piano_evaluate, "FREE", 40)
    monkeypatch.setattr(piano_evaluate, "GOES_ON", 20)
    export(told_of(saved("transformer", tmp_path / "run"), tmp_path / "out"))
    notes = np.array([1, 40, 125, 5, 44, 125, 17, 0] * 34, np.uint8)
    data = PianoSet(notes, np.array([272]), ("a",), (Split.TEST,))
    save(data, tmp_path / "data.npz")
    for source in ("out", "run"):
        told = ["evaluate", str(tmp_path / source), "--data", str(tmp_path / "data.npz")]
        assert main([*told, "--samples", str(tmp_path / f"of {source}")]) == 0
    for name in ("free.mid", "continued.mid", "continued.svg"):  # less than the memory of either
        drawn = [(tmp_path / f"of {source}" / name).read_bytes() for source in ("out", "run")]
        assert drawn[0] == drawn[1]


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no graph")
    with pytest.raises(SettingError, match="no graph"):
        ScoringGraph.at(tmp_path / "x.onnx")


def test_a_graph_that_says_something_else_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_melody, "EDGE", -1.0)
    with pytest.raises(PresetError, match="off what torch says"):
        export(told_of(saved("lstm", tmp_path), tmp_path / "out"))
    assert not (tmp_path / "out").exists()

"""From a trained melody model to a preset: graphs held to torch, card, terms, all or nothing."""

from argparse import Namespace
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import torch

from loopwright.engine import leadtokens
from loopwright.engine.context import Window
from loopwright.engine.errors import PresetError
from loopwright.engine.languages import language_of
from loopwright.engine.sidecar import CPU
from loopwright.engine.stepsidecar import MODEL, PIANO_LSTM, SIDECAR, StepSidecar, parsed
from loopwright.export import melodycard, steps
from loopwright.export.cli import export
from loopwright.export.melodycard import Source
from loopwright.export.presetfile import CARD, hash_of, read_folder, verify
from loopwright.training import leadset
from loopwright.training.dataset import Split
from loopwright.training.lead_options import MODEL as LEAD
from loopwright.training.leadmodelfile import save_lead
from loopwright.training.leadsettings import SHAPE
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.piano_options import MODEL as PIANO
from loopwright.training.pianomodel import model_of
from loopwright.training.pianomodelfile import save_piano
from loopwright.training.pianoset import PianoSet, save
from loopwright.training.pianosettings import LstmShape

SMALL = replace(SHAPE, width=32, layers=2, heads=2, inner=16)


def told_of(trained: Path, out: Path, **more: object) -> Namespace:
    nothing = dict.fromkeys(("held_out", "figures", "description", "sources"))
    return Namespace(
        **{
            "trained": trained,
            "out": out,
            "score_int8": False,
            "int8_alone": False,
            "cuda": False,
            **nothing,
            **more,
        }
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_lead(
        tmp_path / LEAD, MusicTransformer(SMALL).eval(), {"epochs": 3, "recipe": {"batch": 8}}
    )
    return tmp_path


def held_out(path: Path) -> Path:
    """Write a data set with one melody to be judged by."""
    notes = [1, 33 + 40, 121 + 3] * 40
    tokens = np.array([leadtokens.NO_STYLE, leadtokens.NO_KEY, *notes], np.uint8)
    save(
        PianoSet(tokens, np.array([len(tokens)]), ("a",), (Split.VALIDATION,)), path, leadset.HOLDS
    )
    return path


def on_cpu(sidecar: StepSidecar) -> list[str]:
    return [variant.name for variant in sidecar.variants if variant.provider == CPU]


def test_a_run_becomes_a_preset_with_a_melody_model_alone(run: Path, tmp_path: Path) -> None:
    assert "nats of torch" in export(told_of(run, tmp_path / "lead"))
    opened = read_folder(tmp_path / "lead")
    verify(opened)
    assert [model.name for model in opened.preset.models] == [MODEL]
    sidecar = parsed((opened.folder / SIDECAR).read_text())
    assert language_of(sidecar.language).vocabulary == sidecar.vocabulary
    assert (sidecar.shape.context, sidecar.shape.opening) == (256, 2)
    assert "hears the latest 130 to 256 of them (half are" in (tmp_path / "lead" / CARD).read_text()
    assert [variant.name for variant in sidecar.variants] == ["cpu-fp32", "cuda-fp32"]
    card = (tmp_path / "lead" / CARD).read_text()
    assert "| recipe batch | 8 |" in card
    assert melodycard.UNKNOWN in card


def test_int8_is_written_where_it_was_judged_and_comes_first(run: Path, tmp_path: Path) -> None:
    told = told_of(run, tmp_path / "lead", held_out=held_out(tmp_path / "data.npz"))
    assert "int8 ships" in export(told)
    sidecar = parsed((tmp_path / "lead" / SIDECAR).read_text())
    assert [variant.name for variant in sidecar.variants] == ["cpu-int8", "cpu-fp32", "cuda-fp32"]


def test_int8_alone_leaves_no_graph_in_fp32(run: Path, tmp_path: Path) -> None:
    held = held_out(tmp_path / "data.npz")
    export(told_of(run, tmp_path / "lead", held_out=held, int8_alone=True))
    verify(read_folder(tmp_path / "lead"))
    sidecar = parsed((tmp_path / "lead" / SIDECAR).read_text())
    assert [variant.name for variant in sidecar.variants] == ["cpu-int8"]
    graphs = {path.name for path in (tmp_path / "lead").glob("*.onnx")}
    assert graphs == {"step.int8.onnx", "score.int8.onnx"}
    with pytest.raises(PresetError, match="--held-out"):
        export(told_of(run, tmp_path / "other", int8_alone=True))


def test_a_large_model_has_a_graph_for_cuda_where_it_is_asked_for(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "LARGEST_PLAIN", 1000)
    held = held_out(tmp_path / "data.npz")
    for cuda, names in ((False, ["cpu-int8"]), (True, ["cpu-int8", "cuda-fp32"])):
        out = tmp_path / f"cuda-{cuda}"
        export(told_of(run, out, held_out=held, int8_alone=True, cuda=cuda))
        verify(read_folder(out))
        sidecar = parsed((out / SIDECAR).read_text())
        assert [variant.name for variant in sidecar.variants] == names
        assert (out / "step.plain.onnx").is_file() == cuda
        assert not (out / "step.fp32.onnx").exists()


def test_the_card_tells_on_which_terms_a_known_archive_comes(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "songs.zip"
    archive.write_bytes(b"songs")
    source = Source((("somebody/songs", "7", "CC0"),), "CC0")
    monkeypatch.setitem(melodycard.KNOWN, hash_of(archive), source)
    export(told_of(run, tmp_path / "lead", sources=[archive], description="a flute"))
    preset = read_folder(tmp_path / "lead").preset
    assert preset.says == "a flute"
    assert preset.models[0].licences.data.startswith("CC0")
    assert "| somebody/songs | 7 | CC0 |" in (tmp_path / "lead" / CARD).read_text()


@pytest.mark.parametrize("name", ["lead", "piano", "piano-lstm"])
def test_a_card_that_ships_tells_how_much_its_model_hears(name: str) -> None:
    folder = Path(str(resources.files("loopwright.presets"))) / name
    shape = parsed((folder / SIDECAR).read_text()).shape
    window = Window(shape.context, shape.opening)
    counts = [len(window.heard(range(n), window.base(n))) for n in range(shape.context, 1000)]
    latest = f"the latest {min(counts)} to {max(counts)}" if shape.context else "all"
    assert f"and hears {latest} of them" in (folder / CARD).read_text()


def test_a_piano_of_recurrent_layers_becomes_a_preset_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_piano(tmp_path / PIANO, model_of(LstmShape(8, 16, 2, 32, 16)), {})
    export(told_of(tmp_path, tmp_path / "piano", score_int8=True))
    sidecar = parsed((tmp_path / "piano" / SIDECAR).read_text())
    assert (sidecar.kind, sidecar.shape.caches, sidecar.shape.context) == (PIANO_LSTM, 0, 0)
    opened = read_folder(tmp_path / "piano")
    verify(opened)
    assert opened.preset.parameters == {"melody_low": 21, "melody_high": 108}


def test_what_is_there_already_stays(run: Path, tmp_path: Path) -> None:
    (tmp_path / "lead").mkdir()
    with pytest.raises(PresetError, match="exists already"):
        export(told_of(run, tmp_path / "lead"))
    assert list((tmp_path / "lead").iterdir()) == []

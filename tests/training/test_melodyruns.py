"""Each of the melody paper's versions, from tunes to an answer: trained, exported, run live."""

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_tunes import tunes_in

from loopwright.engine.errors import MidiFileError, SettingError
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.melodytables import REMI
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered
from loopwright.engine.preset import Licences, Preset
from loopwright.engine.stepsidecar import MODEL, SIDECAR
from loopwright.export.onnx import melody_in
from loopwright.export.parity import melody_judged
from loopwright.export.presetfile import create, model_ref
from loopwright.export.steps import write_steps
from loopwright.live.cli import main, parser_for
from loopwright.live.stepopen import open_steps
from loopwright.training import pianoset
from loopwright.training.dataset import Split
from loopwright.training.measurable import Measurable, measurable
from loopwright.training.melody_evaluate import tunes_in as tunes_to_measure
from loopwright.training.melody_options import DATA, HOLDS, asked, listening
from loopwright.training.melodyfigures import Asked, measured
from loopwright.training.melodyjudges import of_run
from loopwright.training.melodymodelfile import load_melody
from loopwright.training.melodyset import Sources, told
from loopwright.training.melodyversions import VERSIONS, LstmShape, recipe_of
from loopwright.training.train_melody import MelodyRun, train_melody

NEAR = 2e-5  # nats
SEED = tuple(Note(t, 12, p, 90, Part.MELODY) for t, p in ((0, 60), (24, 64), (36, 65), (48, 67)))


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tunes_in(tmp_path_factory.mktemp("tunes"), 16)


ROWS = [*((name, 0) for name in VERSIONS), ("v5", 2), ("v6", 4)]


def trained(name: str, tunes: Path, folder: Path, heads: int = 0) -> None:
    version, recipe = recipe_of(name, "short")
    version = listening(version, heads) if heads else version
    lstm = isinstance(version.shape, LstmShape)
    few = (
        {"hidden": (8, 12, 8 * max(heads, 1))}
        if lstm
        else {"width": 32, "layers": 2, "heads": 2, "inner": 32}
    )
    version = replace(version, shape=replace(version.shape, **few), merged=version.merged and 420)  # pyright: ignore[reportArgumentType]
    schedule = replace(recipe.schedule, epochs=1)
    recipe = replace(recipe, window=24, batch=4, steps=3, schedule=schedule)
    train_melody(
        told(Sources(tunes), version, recipe), version, recipe, MelodyRun(folder, name, "", 1)
    )


@pytest.mark.parametrize(("name", "heads"), ROWS)
@pytest.mark.usefixtures("one_thread")
def test_a_version_answers(name: str, heads: int, tunes: Path, tmp_path: Path) -> None:
    trained(name, tunes, tmp_path / "run", heads)
    write_steps(melody_in(tmp_path / "run").of, tmp_path / "graphs")
    model, language, _ = load_melody(tmp_path / "run" / "melody.pt")
    assert bool(getattr(model, "attention", None)) == bool(heads)
    stepper = open_steps(tmp_path / "graphs", "cpu-fp32")
    assert stepper.language.vocabulary == language.vocabulary
    assert stepper.language.encode(SEED, 96) == language.encode(SEED, 96)
    limits = Limits(frozenset({0, 2, 4, 5, 7, 9, 11}), 48, 84)
    melody = Melody(1, 1, 1, SEED, 96, until=192, limits=limits)
    phrase = answered(stepper, melody).phrase
    assert phrase is not None
    assert phrase.reached >= 192, phrase.reason
    assert all(
        n.tick >= 96 and 48 <= n.pitch <= 84 and n.pitch % 12 in limits.classes
        for n in phrase.notes
    )
    if name < "v6":  # of no rhythm: the seed's
        assert {n.tick % 96 for n in phrase.notes} <= {n.tick for n in SEED}
    heard = stepper.heard
    with torch.no_grad():
        said = model(torch.tensor([heard])).log_softmax(-1)[0, -1].numpy()
    free = np.zeros(stepper.language.size, np.float32)
    token, likely = stepper.draw(
        free, 0.5, replace(melody.sampling, temperature=1.0, top_k=0, top_p=1.0)
    )
    assert likely == pytest.approx(float(said[token]), abs=NEAR)


@pytest.mark.parametrize("name", ["v4", "v7"])
@pytest.mark.usefixtures("one_thread")
def test_int8_is_judged_on_the_tunes_that_training_held_out(
    name: str, tunes: Path, tmp_path: Path
) -> None:
    version, recipe = recipe_of(name, "short")
    trained(name, tunes, tmp_path / "run")
    data = told(Sources(tunes), replace(version, merged=version.merged and 420), recipe).data
    pianoset.save(data, tmp_path / "data.npz", HOLDS)
    found = melody_judged(melody_in(tmp_path / "run").of, tmp_path / "data.npz")
    assert found.int8 == pytest.approx(found.fp32, rel=0.005)
    assert 1 < found.fp32 < 8
    assert "windows held out" in found.text
    with pytest.raises(MidiFileError, match="data set"):
        melody_judged(melody_in(tmp_path / "run").of, tunes / "tune0.mid")


@pytest.mark.parametrize("name", ["v4", "v6"])
@pytest.mark.usefixtures("one_thread")
def test_a_preset_is_measured_as_the_run_is_that_it_was_made_of(
    name: str, tunes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version, recipe = recipe_of(name, "short")
    trained(name, tunes, tmp_path / "run")
    pianoset.save(told(Sources(tunes), version, recipe).data, tmp_path / "run" / DATA, HOLDS)
    words = ["--tunes", "2", "--questions", "2", "--melodies", "1", "--split", "validation"]
    words += ["--json", str(tmp_path / "it")]
    assert main(["evaluate", made_preset(tmp_path), "--data", str(tunes), *words]) == 0
    row = capsys.readouterr().out.splitlines()[2]
    assert row.startswith("preset, fp32")
    (found,) = json.loads((tmp_path / "it").read_text())
    run = replace(of_run(tmp_path / "run"), read=recipe.window)
    expected = measured(run, tunes_to_measure(tunes, Split.VALIDATION, 2), Asked(2, 1, 48, 1))
    assert found["nll"] == pytest.approx(expected.nll, abs=1e-3)
    a_note = expected.nll_of_note
    assert found["nll_of_note"] == (None if a_note is None else pytest.approx(a_note, abs=1e-3))
    assert found["accuracy"] == expected.accuracy
    assert [one["tokens"] for one in found["files"]] == [one.tokens for one in expected.files]
    assert found["pitch_distance"] is None


def made_preset(folder: Path) -> str:
    """Write a preset of the run in a folder, and return its path."""
    preset = folder / "preset"
    write_steps(melody_in(folder / "run").of, preset)
    graphs = sorted(file.name for file in preset.glob("*.onnx"))
    model = model_ref(preset, MODEL, SIDECAR, graphs, Licences("Apache-2.0", "CC0", "CC0"))
    create(preset, Preset("preset", "for tests", (model,)))
    return str(preset)


def test_a_preset_of_pitches_is_refused_what_is_no_midi(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", tokens=np.zeros(3))

    def kinds_in(_: str) -> list[str]:
        return [REMI]

    told = Namespace(preset="x", data=tmp_path / "data.npz", kinds_in=kinds_in)
    with pytest.raises(SettingError, match="x is a model of `train melody`: its --data is an arch"):
        measurable(told)
    told.data = tmp_path / "tunes.zip"
    assert measurable(told) is Measurable.MELODY


def test_attention_is_asked_for_by_its_heads() -> None:
    words = ["train", "melody", "any.zip", "--out", "run", "--version", "v5", "--heads", "4"]
    told = parser_for("train").parse_args(words)
    assert asked(told)[0].shape == LstmShape(0, (128, 128, 128), heads=4, dropout=0.05)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--version v7 --heads 4", "--heads is for the LSTMs, v1 to v6: a Transformer has its own"),
        (
            "--version v6 --heads 3",
            "--heads 3 does not divide the LSTM's 128 outputs into",
        ),
        ("--version v4 --heads 16", "--heads 16 does not divide the LSTM's 64 outputs into"),
        ("--version v6 --heads 0", "--heads 0 is below 1"),
        ("--version v6 --heads -4", "--heads -4 is below 1"),
        ("--name mine --heads 4", "--heads goes with --out DIR, not with --name"),
    ],
)
def test_attention_that_cannot_be_is_one_line(
    words: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = [] if "--name" in words else ["--out", str(tmp_path / "run")]
    assert main(["train", "melody", str(tmp_path), *words.split(), *out]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "run").exists()

"""`train ... --name`: from a folder of little songs to presets that play."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import small_lead
import torch
from own_songs import fill, fill_with_tunes
from small_model import made

from loopwright.engine.chance import uniforms
from loopwright.engine.preset import Licences
from loopwright.export.cli import describe
from loopwright.export.presetfile import read_folder
from loopwright.live.cli import main
from loopwright.live.cli_own import INTERRUPTED
from loopwright.live.runtime import LoopModel
from loopwright.live.stepopen import open_steps

SONGS = 14


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a preset of a small loop model, as a training can begin with it."""
    folder = tmp_path_factory.mktemp("base") / "tiny"
    small = made(folder)
    for name in ("vqvae.pt", "prior.pt"):
        (folder / name).unlink()
    describe(folder, small.sidecar, "tiny", Licences("Apache-2.0", "CC BY 4.0", "CC0"))
    return folder


@pytest.fixture
def train(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], int]:
    """Return what trains loops of a folder as `mine`, from the small model, for a moment."""
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    before = torch.get_num_threads()
    words = ["--name", "mine", "--from", str(base), "--epochs", "1", "--prior-epochs", "1"]

    def run(folder: Path) -> int:
        try:
            return main(["train", "loops", str(folder), *words, "--threads", "1"])
        finally:
            torch.set_num_threads(before)

    return run


def test_a_folder_becomes_a_preset_that_plays_and_tells_where_it_comes_from(
    train: Callable[[Path], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(fill(tmp_path / "songs", SONGS)) == 0
    said = capsys.readouterr().out
    assert "training takes less than a minute here" in said
    assert "held-out songs, nats a code: " in said
    assert "mine is ready: loopwright jam --preset mine" in said
    folder = tmp_path / "home" / "presets" / "mine"
    model = LoopModel.open(folder)
    assert model.draw(uniforms(1, "own", 0, range(2), model.positions)).rolls.shape[0] == 2
    card = (folder / "MODEL_CARD.md").read_text()
    assert "14 MIDI files of whoever trained it" in card
    assert "| began with | tiny, model `" in card
    licences = read_folder(folder).preset.model("loop").licences
    assert "whose terms hold for it too: CC BY 4.0" in licences.weights
    assert not (tmp_path / "home" / "training" / "mine").exists()


def test_a_name_that_is_taken_is_refused_before_anything_is_read(
    train: Callable[[Path], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home" / "presets" / "mine").mkdir(parents=True)
    assert train(tmp_path / "none") == 2
    assert "mine exists already" in capsys.readouterr().err


def test_what_is_interrupted_goes_on_and_comes_out_the_same(
    train: Callable[[Path], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = fill(tmp_path / "songs", SONGS)
    presets = tmp_path / "home" / "presets"
    assert train(folder) == 0
    whole = LoopModel.open(presets / "mine").model
    shutil.rmtree(presets / "mine")
    with monkeypatch.context() as patch:
        patch.setattr("loopwright.training.finetune.PriorTask", interrupting(2))
        assert train(folder) == INTERRUPTED
    assert "the same command goes on from here" in capsys.readouterr().err
    assert (tmp_path / "home" / "training" / "mine" / "vqvae.checkpoint.pt").exists()
    assert not (presets / "mine").exists()
    assert train(folder) == 0
    assert "going on where it stopped" in capsys.readouterr().out
    assert LoopModel.open(presets / "mine").model == whole


def interrupting(call: int) -> Callable[..., object]:
    """Return the prior's task, whose `call`-th making is where somebody presses Ctrl-C."""
    from loopwright.training.train_prior import PriorTask  # noqa: PLC0415 - torch

    calls = iter(range(1, call + 1))

    def make(*given: object) -> object:
        if next(calls) == call:
            raise KeyboardInterrupt
        return PriorTask(*given)  # pyright: ignore[reportArgumentType]

    return make


def test_other_music_under_the_same_name_begins_anew(
    train: Callable[[Path], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = fill(tmp_path / "songs", SONGS)
    with monkeypatch.context() as patch:
        patch.setattr("loopwright.training.finetune.PriorTask", interrupting(2))
        assert train(folder) == INTERRUPTED
    assert train(fill(tmp_path / "songs", SONGS + 1)) == 0
    assert "have changed: it begins anew" in capsys.readouterr().out


def test_a_folder_that_gives_too_little_leaves_nothing_behind(
    train: Callable[[Path], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(fill(tmp_path / "songs", 3)) == 2
    assert "too few to learn from" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["loops", "x"], "say --name NAME"),
        (["melody", "x"], "say --name NAME"),
        (["loops", "x", "--out", "y", "--from", "lead"], "--from goes with --name"),
        (["loops", "x", "--name", "m!"], "is no name"),
        (["melody", "x", "--out", "y", "--style", "folk"], "--style goes with --name"),
        (["melody", "x", "--name", "m", "--steps", "8"], "--steps goes with --out DIR"),
        (["loops", "x", "--name", "m", "--hidden", "8"], "--hidden goes with --out DIR"),
        (["loops", "x", "--name", "m", "--model", "cnn"], "go with --out DIR"),
        (["loops", "x", "--name", "m", "--epochs", "0"], "--epochs 0 is below 1"),
        (["loops", "x", "--name", "m", "--from", "nobody"], "no such preset: 'nobody'"),
        (["melody", "x", "--name", "m", "--from", "first-light"], "it has no melody model"),
        (["loops", "x", "--name", "m"], "cannot read x: No such file"),
        (["melody", "x", "--name", "m"], "cannot read x: No such file"),
    ],
)
def test_what_does_not_fit_together_is_one_line(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert main(["train", *words]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_melodies_become_a_lead_that_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    small_lead.make_lead(tmp_path / "little")
    folder = fill_with_tunes(tmp_path / "tunes", 8)
    words = ["train", "melody", str(folder), "--name", "mine", "--from", "little"]
    assert main([*words, "--epochs", "1", "--threads", "1", "--style", "folk"]) == 0
    assert "mine is ready: loopwright jam --melody mine" in capsys.readouterr().out
    made_of = tmp_path / "home" / "presets" / "mine"
    assert open_steps(made_of).device
    assert "began with | little" in (made_of / "MODEL_CARD.md").read_text()


def test_with_nothing_to_begin_with_all_is_learned_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    words = ["train", "loops", str(fill(tmp_path / "songs", SONGS)), "--name", "mine"]
    assert main([*words, "--from", "none", "--epochs", "1", "--threads", "1"]) == 0
    assert "mine is ready" in capsys.readouterr().out
    folder = tmp_path / "home" / "presets" / "mine"
    assert "| began with | nothing: all is new |" in (folder / "MODEL_CARD.md").read_text()
    assert LoopModel.open(folder).positions == 128

"""Training a piano model: what is drawn, the rates, and the command from a folder to a file."""

import argparse
import json
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_song import groove

from loopwright.engine.errors import SettingError
from loopwright.engine.pianotokens import FIRST_DURATION, FIRST_PITCH, VOCABULARY, allowed
from loopwright.training import piano_evaluate, pianosettings
from loopwright.training.checkpoint import write
from loopwright.training.cli import add_commands
from loopwright.training.dataset import Split
from loopwright.training.kept import Kept
from loopwright.training.piano_options import MODEL
from loopwright.training.pianobatches import nll, transposed, windows_of
from loopwright.training.pianofiles import read_piece
from loopwright.training.pianomodelfile import load_piano
from loopwright.training.pianonll import Asked, Judge, measure
from loopwright.training.pianosample import by_logits, choice, sample
from loopwright.training.pianoset import PianoSet, save
from loopwright.training.pianosettings import (
    PAPER,
    SHORT,
    WINDOW,
    LstmShape,
    PianoRecipe,
    TransformerShape,
)
from loopwright.training.pianoshow import GIVEN
from loopwright.training.pianotable import as_json, as_text
from loopwright.training.progress import Progress
from loopwright.training.runs import Run
from loopwright.training.settings import Transposition
from loopwright.training.train_piano import PianoFitting, PianoTask, train_piano

CPU = torch.device("cpu")
TINY = {"lstm": LstmShape(8, 16, 2, 32, 16), "transformer": TransformerShape(16, 2, 4, 32, 6)}


pytestmark = pytest.mark.usefixtures("one_thread")


def data() -> PianoSet:
    """Return three short pieces of a few tokens that come again and again."""
    tokens = np.tile(np.array([1, 40, 125, 5, 44, 125, 17, 0], np.uint8), 3 * 34)
    splits = (Split.TRAIN, Split.VALIDATION, Split.TEST)
    return PianoSet(tokens, np.array([272, 272, 272]), ("a", "b", "c"), splits)


def tiny(kind: str, recipes: dict[str, pianosettings.PianoRecipe]) -> pianosettings.PianoRecipe:
    base = recipes[kind]
    schedule = replace(base.schedule, epochs=2)
    return replace(base, shape=TINY[kind], schedule=schedule, batch=1, share=0.2, short_epochs=1)


@given(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=20), st.integers(-90, 90))
def test_a_key_change_moves_pitches_alone_and_keeps_to_the_piano(row: list[int], by: int) -> None:
    after = cast(list[int], transposed(torch.tensor([row]), Transposition(by, by))[0].tolist())
    pitched = [FIRST_PITCH <= t < FIRST_DURATION for t in row]
    assert pitched == [FIRST_PITCH <= t < FIRST_DURATION for t in after]
    moves = {b - a for a, b, one in zip(row, after, pitched, strict=True) if one}
    assert [b for b, one in zip(after, pitched, strict=True) if not one] == [
        a for a, one in zip(row, pitched, strict=True) if not one
    ]
    pitches = [t for t, one in zip(row, pitched, strict=True) if one]
    room = pitches and min(pitches) + by >= FIRST_PITCH and max(pitches) + by < FIRST_DURATION
    assert moves == {by} if room else len(moves) <= 1


def test_the_paper_s_rate_falls_by_epochs_to_its_limit(tmp_path: Path) -> None:
    run = PianoFitting(
        PianoTask(data(), replace(PAPER["lstm"], shape=TINY["lstm"]), CPU), tmp_path, ""
    )
    rates = [run.rate(epoch / 9) for epoch in range(9)]
    assert rates == pytest.approx([5e-4 * 0.8**n for n in range(9)])
    assert run.rate(0.5 / 9) == pytest.approx(5e-4)
    assert isinstance(run.optimiser, torch.optim.Adamax)


@pytest.mark.parametrize(
    ("kind", "epochs", "rates"), [("lstm", 9, (5e-4, 5e-5)), ("transformer", 6, (1e-3, 1e-3))]
)
def test_the_paper_s_recipe(kind: str, epochs: int, rates: tuple[float, float]) -> None:
    recipe = PAPER[kind]
    assert (recipe.batch, recipe.share, recipe.shape.dropout) == (8, 0.02, 0.5)
    assert (recipe.short_epochs, recipe.transpose) == (0, Transposition(0, 0))
    assert (recipe.schedule.epochs, recipe.schedule.rate, recipe.schedule.last_rate) == (
        epochs,
        *rates,
    )


def test_a_short_run_warms_up_then_falls(tmp_path: Path) -> None:
    run = PianoFitting(PianoTask(data(), tiny("transformer", SHORT), CPU), tmp_path, "")
    rates = [run.rate(share / 20) for share in range(21)]
    assert rates[0] == 0
    assert rates[1:] == sorted(rates[1:], reverse=True)


@pytest.mark.parametrize("recipes", [PAPER, SHORT])
def test_the_epoch_that_is_liked_best_counts(
    recipes: dict[str, PianoRecipe], tmp_path: Path
) -> None:
    run = PianoFitting(PianoTask(data(), tiny("lstm", recipes), CPU), tmp_path, "")
    first = run.judged(Progress(), 1, 1.0, {"nll": 1.0})
    assert run.judged(first, 2, 2.0, {"nll": 9.0}).best_epoch == 1
    assert run.judged(first, 2, 2.0, {"nll": 0.9}).best_epoch == 2


def test_the_validation_files_are_held_out_only_where_they_choose() -> None:
    held, whole = (PianoTask(data(), tiny("lstm", r), CPU) for r in (SHORT, PAPER))
    assert len(whole.train.starts) == 2 * len(held.train.starts) == 2 * (272 - WINDOW + 1)


def test_short_windows_come_first_and_as_many_tokens() -> None:
    task = PianoTask(data(), tiny("lstm", SHORT), CPU)
    sizes: list[tuple[int, ...]] = []
    for epoch in range(2):
        task.begin(epoch)
        sizes.append(next(task.batches()).shape)
    assert sizes == [(4, 65), (1, 257)]


@pytest.mark.parametrize("kind", TINY)
def test_a_trained_model_comes_back_with_its_figures(kind: str, tmp_path: Path) -> None:
    about = train_piano(data(), tiny(kind, SHORT), Run(tmp_path, "a test", 1))
    model, meta = load_piano(tmp_path / MODEL)
    assert meta == about
    asked = Asked(data(), Split.TEST, stride=4)
    figures = measure(Judge("m", partial(nll, model)), asked)
    windows = windows_of(data().part(Split.TEST), CPU, 4)
    with torch.no_grad():
        whole = nll(model, windows.at(torch.arange(len(windows.starts)))).mean()
    assert figures.nll == pytest.approx(float(whole), rel=1e-5)
    assert figures.windows == 4
    assert "each 4th of the test windows" in as_text([figures], asked)
    assert '"stride": 4' in as_json("m", [figures], asked)


def test_windows_that_are_alike_are_judged_once_and_count_as_often() -> None:
    rows: list[int] = []

    def nats(windows: torch.Tensor) -> torch.Tensor:
        rows.append(len(windows))
        return windows[:, 1:].float()

    figures = measure(Judge("m", nats, 3), Asked(data()))
    every = windows_of(data().part(Split.TEST), CPU).at(torch.arange(16))
    assert figures.nll == pytest.approx(float(every[:, 1:].double().mean()))
    assert (figures.windows, sum(rows), max(rows)) == (16, 8, 3)  # the piece has a period of 8


def test_a_measurement_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = replace(data(), splits=(Split.TEST,) * 3)
    calls: list[int] = []

    def nats(windows: torch.Tensor) -> torch.Tensor:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(len(windows))
        return windows[:, 1:].float()

    def asked() -> Asked:
        return Asked(whole, kept=Kept(tmp_path / "kept", {"stride": 1}))

    with pytest.raises(KeyboardInterrupt):
        measure(Judge("m", nats, 8), asked())
    with (tmp_path / "kept").open("a") as file:
        file.write('["m c 0", 1')  # cut off while it was written
    calls.clear()
    again = measure(Judge("m", nats, 8), asked())
    assert calls == [8]
    assert again == measure(Judge("m", lambda rows: rows[:, 1:].float()), Asked(whole))
    with pytest.raises(SettingError, match="another measurement"):
        Kept(tmp_path / "kept", {"stride": 2})


def test_a_run_begins_with_the_weights_of_another_of_its_shape(tmp_path: Path) -> None:
    recipe = tiny("lstm", SHORT)
    train_piano(data(), recipe, Run(tmp_path / "first", "", 1))
    still = replace(recipe, schedule=replace(recipe.schedule, rate=0.0, last_rate=0.0))
    train_piano(data(), still, Run(tmp_path / "on", "", 1, tmp_path / "first"))
    before, after = (load_piano(tmp_path / n / MODEL)[0].state_dict() for n in ("first", "on"))
    assert all(torch.equal(before[name], after[name]) for name in before)
    (tmp_path / "on" / MODEL).unlink()  # as if it had been cut off
    train_piano(data(), recipe, Run(tmp_path / "again", "", 1, tmp_path / "on"))
    other = tiny("transformer", SHORT)
    with pytest.raises(SettingError, match="another shape"):
        train_piano(data(), other, Run(tmp_path / "other", "", 1, tmp_path / "first"))


def test_evaluate_measures_a_run_and_writes_the_paper_s_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piano_evaluate, "FREE", 40)
    monkeypatch.setattr(piano_evaluate, "GOES_ON", 24)
    train_piano(data(), tiny("lstm", SHORT), Run(tmp_path / "run", "", 1))
    save(data(), tmp_path / "data.npz")
    told = ["evaluate", str(tmp_path / "run"), "--data", str(tmp_path / "data.npz")]
    table = run(*told, "--stride", "8", "--json", str(tmp_path / "x.json"))
    assert "in total, each 8th of the test windows" in table
    assert json.loads((tmp_path / "x.json").read_text())["models"][0]["windows"] == 2
    run(*told, "--samples", str(tmp_path / "out"))
    for name in ("free", "continued"):
        piece = read_piece((tmp_path / "out" / f"{name}.mid").read_bytes())
        assert piece.notes
        picture = (tmp_path / "out" / f"{name}.svg").read_text()
        assert picture.count("h") > len(piece.notes)
    assert picture.count(GIVEN) == 2 * 32  # the given 256 tokens are 32 times 8, of two notes
    run(*told, "--samples", str(tmp_path / "alone"), "--drawn-alone")
    alone = read_piece((tmp_path / "alone" / "continued.mid").read_bytes()).notes
    assert len(alone) == len(piece.notes) - 2 * 32
    assert min(alone).step < 32  # it begins with the bar line before it, or soon after


def test_a_folder_of_test_files_is_measured_whole(tmp_path: Path) -> None:
    for folder in ("test", "songs"):
        (tmp_path / folder).mkdir()
        for n in range(30):
            (tmp_path / folder / f"{n}.mid").write_bytes(groove(2))
    splits = {
        name: set(piano_evaluate.pieces_of(tmp_path / name).splits) for name in ("test", "songs")
    }
    assert splits == {"test": {Split.TEST}, "songs": set(Split)}


def test_a_draw_follows_the_shares_and_the_mask() -> None:
    logits = np.log(np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    grid = [choice(logits, (True, False, True, False), n / 8) for n in range(8)]
    assert grid == [0, 0, 2, 2, 2, 2, 2, 2]
    assert choice(logits, (False, False, False, True), 0.0) == 3


def test_samples_keep_to_the_grammar_and_come_again() -> None:
    following = by_logits(lambda tokens: torch.zeros(1, tokens.shape[1], VOCABULARY), 1.0)
    drawn = [sample(following, [0], 60, 7) for _ in "ab"]
    assert drawn[0] == drawn[1]
    assert all(allowed(before)[after] for before, after in pairwise(drawn[0]))
    assert len(drawn[0]) == 61


def test_pieces_shorter_than_a_window_are_refused(tmp_path: Path) -> None:
    short = replace(data(), tokens=data().tokens[:300], lengths=np.array([100, 100, 100]))
    with pytest.raises(SettingError, match="one window"):
        train_piano(short, tiny("lstm", SHORT), Run(tmp_path, "", 1))
    with pytest.raises(SettingError, match="no test piece"):
        measure(Judge("m", lambda rows: rows), Asked(short))


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    write({"shape": {}}, tmp_path / MODEL)
    with pytest.raises(SettingError, match="not a piano model"):
        load_piano(tmp_path / MODEL)


def run(*words: str) -> str:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    told = parser.parse_args(words)
    return told.run(told)


def test_the_command_counts_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    songs = tmp_path / "songs"
    songs.mkdir()
    (songs / "a.mid").write_bytes(groove(20))
    out = run("train", "piano", str(songs), "--count", "--out", str(tmp_path / "out"))
    assert "windows of 256" in capsys.readouterr().out
    again = run("train", "piano", out, "--count", "--out", str(tmp_path / "again"))
    assert again.endswith("data.npz")


def test_a_batch_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="--batch"):
        run("train", "piano", "x.npz", "--batch", "0", "--out", str(tmp_path))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--temperature", "0.09"),
        ("--temperature", "2.1"),
        ("--temperature", "nan"),
        ("--seed", "-1"),
    ],
)
def test_samples_of_no_chance_are_refused(option: str, value: str, tmp_path: Path) -> None:
    words = ("--data", "x.npz", "--samples", str(tmp_path / "out"))
    with pytest.raises(SettingError, match=f"{option} {value} is"):
        run("evaluate", str(tmp_path), *words, option, value)

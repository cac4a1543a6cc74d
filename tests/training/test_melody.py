"""The melody paper's versions: tunes to tokens, windows, models, training, and their table."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_tunes import small_tune, tunes_in

from loopwright.engine.errors import MidiFileError, SettingError
from loopwright.engine.languages import language_of
from loopwright.engine.melodytables import table_of
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.live.cli import main
from loopwright.training import pianoset
from loopwright.training.archives import File, files_of
from loopwright.training.dataset import Split, split_of
from loopwright.training.fit import fingerprint, progress_bar
from loopwright.training.melody_options import DATA, HOLDS, MODEL, runs_in
from loopwright.training.melodyfiles import Tune, Wanted, songs_of, tune_of, tunes_of
from loopwright.training.melodylstm import MelodyLSTM, model_of
from loopwright.training.melodymodelfile import load_melody
from loopwright.training.melodyset import Sources, Told, in_keys, told
from loopwright.training.melodytokens import tokeniser_of
from loopwright.training.melodyversions import (
    VERSIONS,
    LstmShape,
    MelodyRecipe,
    Speech,
    Version,
    recipe_of,
)
from loopwright.training.melodywindows import NONE, counted, last, nll, windows_of
from loopwright.training.modelsize import parameters
from loopwright.training.progress import Progress
from loopwright.training.train_melody import MelodyFitting, MelodyRun, MelodyTask, train_melody

TINY_LSTM = LstmShape(0, hidden=(8, 12, 8))
FEW = Version(Speech.BPE, VERSIONS["v7"].shape, merged=420)


@pytest.fixture(scope="module", autouse=True)
def _quick(one_thread: None) -> None:
    """Keep to one thread."""


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tunes_in(tmp_path_factory.mktemp("tunes"), 24, chords=0.2)


def tune(seed: int, chords: float = 0.0, tempo: float = 120.0) -> Tune:
    return tune_of(File("a.mid", small_tune(seed, chords=chords, tempo=tempo)), Split.TRAIN)


def tiny(name: str) -> tuple[Version, MelodyRecipe]:
    """Return a version of the same class, smaller in every way, and two epochs of it."""
    version, recipe = recipe_of(name, "short")
    lstm = isinstance(version.shape, LstmShape)
    few = {"hidden": (8, 12, 8)} if lstm else {"width": 16, "layers": 2, "heads": 2, "inner": 32}
    shape = replace(version.shape, **few)  # pyright: ignore[reportArgumentType]
    schedule = replace(recipe.schedule, epochs=2)
    recipe = replace(recipe, window=24, stride=8, batch=4, steps=3, schedule=schedule)
    return replace(version, shape=shape, merged=min(version.merged, 400)), recipe


@pytest.mark.parametrize("chords", [0.0, 0.5])
@pytest.mark.parametrize("version", [VERSIONS["v6"], FEW])
def test_the_engine_tells_what_miditok_tells(version: Version, chords: float) -> None:
    copies = [(tune(n, chords), shift) for n in range(12) for shift in (0, 3)]
    tokeniser = tokeniser_of(version, copies[:16])
    language = language_of(table_of(tokeniser.language))
    assert not isinstance(language, PitchStrings)
    for one, shift in copies:
        wanted = tuple(tokeniser.tokens(one, shift))
        assert language.tokens(one.notes(shift)) == wanted  # pyright: ignore
    assert language.size == (version.merged or 362)


def test_a_tempo_is_told_to_miditok() -> None:
    tokeniser = tokeniser_of(VERSIONS["v6"], [])
    slow, usual = (tokeniser.tokens(tune(1, tempo=t)) for t in (60, 120))
    assert [a != b for a, b in zip(slow, usual, strict=True)].index(True) == 2
    assert slow[3:] == usual[3:]


def test_merges_are_learnt_from_training_alone(tunes: Path) -> None:
    version, recipe = tiny("v8")
    found = told(Sources(tunes), version, recipe)
    train = [c for one in tunes_of(tunes, Wanted({Split.TRAIN: None})) if isinstance(one, Tune)
             for c in in_keys(one, recipe)]  # fmt: skip
    again = tokeniser_of(version, train)
    assert found.tokeniser.language.vocabulary == again.language.vocabulary


def test_tunes_are_split_before_they_are_moved(tunes: Path) -> None:
    version, recipe = tiny("v5")
    data = told(Sources(tunes), version, recipe).data
    counts = Counter(zip(data.names, data.splits, strict=True))
    assert all(split is split_of(name) for name, split in counts)
    assert {(split, n) for (_, split), n in counts.items()} == {
        (Split.TRAIN, 3),
        (Split.VALIDATION, 1),
    }


def test_copies_lie_within_six_semitones_and_the_keys_of_a_piano() -> None:
    recipe = recipe_of("v5", "paper")[1]
    (_, none), *others = in_keys(tune(1), recipe)
    assert none == 0
    assert len({shift for _, shift in others} - {0}) == 2
    assert all(-6 <= shift <= 6 for _, shift in others)
    low = replace(tune(1), raw=((0, 1, 21, 64),))
    assert all(shift >= 0 for _, shift in in_keys(low, recipe))
    assert in_keys(replace(low, split=Split.TEST), recipe) == [(replace(low, split=Split.TEST), 0)]


def test_so_many_tunes_of_a_folder(tmp_path: Path) -> None:
    tunes_in(tmp_path / "a", 12)
    tunes_in(tmp_path / "b", 3)
    (tmp_path / "a" / "bad.mid").write_bytes(b"MThd")
    found = list(tunes_of(tmp_path, Wanted({Split.TRAIN: 4}, ("a/",))))
    kept = [one for one in found if isinstance(one, Tune)]
    assert len(kept) == 4
    assert all(one.name.startswith("a/") and one.split is Split.TRAIN for one in kept)
    every = list(tunes_of(tmp_path, Wanted(dict.fromkeys(Split))))
    assert next(one for one in every if isinstance(one, str)).startswith("a/bad.mid: ")


def test_no_tune_is_in_two_splits_whatever_it_is_called_and_in_whatever_key(tmp_path: Path) -> None:
    for n in range(6):
        for name, shift in ((f"a/{n}.mid", 0), (f"b/other{n}.mid", 5), (f"c/{9 * n}.mid", -3)):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(small_tune(n, shift=shift))
    for name in ("lead-sheets/blue_moon_c.mid", "lead-tracks/jazz/BlueMoon~1.mid"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(small_tune(len(name)))
    songs = songs_of(list(files_of(tmp_path)))
    for n in range(6):
        assert len({songs[f"a/{n}.mid"], songs[f"b/other{n}.mid"], songs[f"c/{9 * n}.mid"]}) == 1
    assert songs["lead-sheets/blue_moon_c.mid"] == songs["lead-tracks/jazz/BlueMoon~1.mid"]
    assert len(set(songs.values())) == 7
    splits = {one.name: one.split for one in tunes_of(tmp_path, Wanted(dict.fromkeys(Split)))
              if isinstance(one, Tune)}  # fmt: skip
    assert all(splits[f"a/{n}.mid"] is splits[f"b/other{n}.mid"] for n in range(6))


def test_leading_bars_of_rest_are_left_out() -> None:
    starts = {tune(n).raw[0][0] for n in range(9)}
    assert max(starts) < 4 * 480


def test_windows_reach_all_of_a_tune_and_fill_up_short_ones(tunes: Path) -> None:
    version, recipe = tiny("v5")
    data = told(Sources(tunes), version, recipe).data
    windows = windows_of(data, 100, 1)
    assert len(windows.starts) == sum(max(n - 100, 1) for n in data.lengths.tolist())
    batch = windows.at(torch.tensor([0]))
    assert batch.shape == (1, 101)
    length = min(int(data.lengths[0]), 101)
    assert int(counted(batch).sum()) == length - 1
    assert last(batch)[0].nonzero().tolist() == [[length - 2]]
    assert bool((batch[0, length:] == NONE).all())


def test_nothing_counts_where_nothing_follows() -> None:
    model = model_of(replace(TINY_LSTM, vocabulary=5)).eval()
    windows = torch.tensor([[1, 2, 3, NONE, NONE]])
    found = nll(model, windows)
    assert found[0, 2:].tolist() == [0, 0]
    wanted = -model(torch.tensor([[1, 2]])).log_softmax(-1)[0, [0, 1], [2, 3]]
    assert torch.allclose(found[0, :2], wanted)


@pytest.mark.parametrize(
    ("name", "vocabulary", "millions"),
    [("v2", 59, 2.65), ("v4", 1279, 2.96), ("v5", 629, 5.58), ("v6", 362, 5.75),
     ("v7", 512, 33.8), ("v8", 1024, 34.1)],
)  # fmt: skip
def test_the_paper_s_sizes(name: str, vocabulary: int, millions: float) -> None:
    shape = replace(VERSIONS[name].shape, vocabulary=vocabulary)
    with torch.device("meta"):
        assert parameters(model_of(shape)) / 1e6 == pytest.approx(millions, rel=5e-3)


@pytest.mark.parametrize("shape", [
    TINY_LSTM, replace(TINY_LSTM, embedding=6), replace(TINY_LSTM, embedding=6, heads=2),
])  # fmt: skip
def test_an_lstm_never_hears_what_comes_later(shape: LstmShape) -> None:
    model = MelodyLSTM(replace(shape, vocabulary=9)).eval()
    one = torch.randint(0, 9, (2, 12), generator=torch.Generator().manual_seed(1))
    other = one.clone()
    other[:, 7:] = (other[:, 7:] + 1) % 9
    with torch.no_grad():
        first, second = model(one), model(other)
    assert torch.allclose(first[:, :7], second[:, :7], atol=1e-6)
    assert not torch.allclose(first[:, 7:], second[:, 7:], atol=1e-4)


def test_an_lstm_remembers_at_first() -> None:
    layer = MelodyLSTM(replace(TINY_LSTM, vocabulary=4)).lstm[0]
    held = layer.state_dict()
    assert held["bias_ih_l0"].tolist() == [0.0] * 8 + [1.0] * 8 + [0.0] * 16
    assert not held["bias_hh_l0"].any()


def test_without_an_embedding_a_token_is_its_share_of_the_vocabulary() -> None:
    model = MelodyLSTM(replace(TINY_LSTM, vocabulary=8))
    assert model.embedding(torch.tensor([[0, 2, 4]]))[0, :, 0].tolist() == [0, 0.25, 0.5]
    assert not model.embedding.weight.requires_grad


@pytest.mark.parametrize("name", VERSIONS)
def test_every_version_trains_and_comes_back(name: str, tunes: Path, tmp_path: Path) -> None:
    version, recipe = tiny(name)
    found = told(Sources(tunes), version, recipe)
    about = train_melody(found, version, recipe, MelodyRun(tmp_path, name, ""))
    model, language, again = load_melody(tmp_path / MODEL)
    assert again["nll"] == about["nll"]
    assert language.vocabulary == found.tokeniser.language.vocabulary
    with torch.no_grad():
        logits = model(torch.tensor([[0, 1, 2]]))
    assert logits.shape == (1, 3, language.size)
    assert logits.isfinite().all()


def fitting(found: Told, recipe: MelodyRecipe, shape: LstmShape, folder: Path) -> MelodyFitting:
    torch.manual_seed(1)
    model = model_of(replace(shape, vocabulary=found.tokeniser.language.size))
    return MelodyFitting(MelodyTask(model, found.data, recipe, "v5"), folder, "")


def test_the_rate_warms_up_and_falls_and_gradients_are_added_up(
    tunes: Path, tmp_path: Path
) -> None:
    version, recipe = tiny("v5")
    recipe = replace(recipe, steps=8, accumulate=2, warm_up=2)
    found = told(Sources(tunes), version, recipe)
    run = fitting(found, recipe, TINY_LSTM, tmp_path)
    assert run.warm_up == pytest.approx(2 / 8)
    rates = [run.rate(share) for share in (0, 1 / 8, 2 / 8, 1)]
    assert rates[0] == 0
    assert rates[1] < rates[2] > rates[3]
    shares: list[float] = []

    def move(share: float) -> None:
        shares.append(share)

    run.move = move
    with progress_bar("v5", 0, 1) as bar:
        losses, _ = run.epoch(0, Progress(), bar)
    assert len(losses) == 8
    assert shares == [1 / 16, 3 / 16, 5 / 16, 7 / 16]


def test_two_batches_added_up_are_one_of_both(tunes: Path, tmp_path: Path) -> None:
    version, recipe = tiny("v5")
    found = told(Sources(tunes), version, recipe)
    run = fitting(found, replace(recipe, accumulate=2), replace(TINY_LSTM, dropout=0), tmp_path)
    whole = windows_of(found.data.part(Split.TRAIN), recipe.window, 1).at(torch.arange(8))
    run.task.loss(whole).backward()
    wanted = [p.grad.clone() for p in run.task.model.parameters() if p.grad is not None]
    run.optimiser.zero_grad()
    run.half = False  # as precise as what is wanted, where bfloat16 is quicker as well
    for half in (whole[:4], whole[4:]):
        run.learn(half)
    found_too = [p.grad for p in run.task.model.parameters() if p.grad is not None]
    for a, b in zip(wanted, found_too, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not(tunes: Path, tmp_path: Path) -> None:
    version, recipe = tiny("v7")
    found = told(Sources(tunes), version, recipe)
    whole = train_melody(found, version, recipe, MelodyRun(tmp_path / "whole", "v7", ""))
    run = MelodyRun(tmp_path / "cut", "v7", "")
    torch.manual_seed(recipe.schedule.seed)
    shape = replace(version.shape, vocabulary=found.tokeniser.language.size)
    identity = f"{found.tokeniser.language.vocabulary} {found.data.content_hash()} {shape}"
    begun = MelodyFitting(
        MelodyTask(model_of(shape), found.data, recipe, "v7"), run.folder, identity
    )
    assert begun.identity == fingerprint(f"{identity} {recipe}")
    with progress_bar("v7", 0, 2) as bar:
        begun.stretch(begun.resume(), bar)
    assert train_melody(found, version, recipe, run)["nll"] == whole["nll"]


def test_too_few_tunes_are_said_so(tmp_path: Path) -> None:
    version, recipe = tiny("v5")
    with pytest.raises(MidiFileError, match="too few to train"):
        told(Sources(tunes_in(tmp_path / "x", 1)), version, recipe)


def test_the_table_of_runs(tunes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("v2", "v6", "v7"):
        version, recipe = tiny(name)
        found = told(Sources(tunes), version, recipe)
        folder = tmp_path / "runs" / name
        train_melody(found, version, recipe, MelodyRun(folder, name, ""))
        pianoset.save(found.data, folder / DATA, HOLDS)
    figures = tmp_path / "figures.json"
    said = main(["evaluate", str(tmp_path / "runs"), "--data", str(tunes), "--tunes", "2",
                 "--questions", "2", "--melodies", "2", "--json", str(figures)])  # fmt: skip
    table = capsys.readouterr().out
    assert said == 0, table
    assert [line.split()[0] for line in table.splitlines()[2:5]] == ["v2", "v6", "v7"]
    held = json.loads(figures.read_text())
    assert table.splitlines()[5].split()[:3] == ["v2", "v6", "v7"]
    by_tune = [line.split() for line in table.splitlines()[6:]]
    for place, one in enumerate(held):
        sums = [sum(file[of] for file in one["files"]) for of in ("nats", "tokens")]
        assert sums[0] / sums[1] == pytest.approx(one["nll"])
        assert [float(row[place]) for row in by_tune] == [
            pytest.approx(file["nats"] / file["tokens"], abs=1e-4) for file in one["files"]
        ]
    assert [row[3] for row in by_tune] == [file["name"] for file in held[0]["files"]]
    assert [one["nll_of_note"] is None for one in held] == [True, False, False]
    assert all(np.isfinite(one["nll"]) and 0 <= one["accuracy"] <= 1 for one in held)
    assert len(runs_in(str(tmp_path / "runs"))) == 3


def test_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--epochs", "0"], ["--tunes", "-1"]):
        given = ["train", "melody", str(tmp_path), "--out", str(tmp_path / "out"), *words]
        assert main(given) == 2
        assert words[0] in capsys.readouterr().err
    torch.save({"melody": "no"}, tmp_path / MODEL)
    with pytest.raises(SettingError, match="is not a melody model"):
        load_melody(tmp_path / MODEL)

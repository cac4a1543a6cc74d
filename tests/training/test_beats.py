"""The beat model: its patterns, its coder, its prior, and a run of a moment."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_beats import CODES, SMALL, coder_of_chance

from loopwright.engine.beatcodes import BACK, METALS, REST, ROUNDS, SILENT, SKINS
from loopwright.engine.roll import DRUMS, Drum
from loopwright.live.cli import main
from loopwright.training.beatbooks import found_in, shapes_of
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatfile import MODEL, load_beats
from loopwright.training.beatprior import DRAWS, BeatPrior, candidates
from loopwright.training.beatsettings import RECIPE, BeatSettings
from loopwright.training.beatstart import heated
from loopwright.training.corpus import SongLoops
from loopwright.training.dataset import LoopSet, assemble, save
from loopwright.training.decoding import choice_bits
from loopwright.training.settings import Schedule
from loopwright.training.train import Run
from loopwright.training.train_beats import BeatTask, train_beats

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = replace(
    RECIPE,
    settings=BeatSettings(batch=8, codes=CODES, hidden=16),
    schedule=Schedule(epochs=2, check_every=1),
)


def tune(
    bass: list[int], hits: list[tuple[int, Drum]]
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return a roll [128, 93] whose every bar has this bass, a column a step, and these hits."""
    bar = np.zeros((16, 93), np.uint8)
    for step, column in enumerate(bass):
        bar[step, DRUMS + column] = column >= 0
    for step, drum in hits:
        bar[step, drum] = 1
    return np.tile(bar, (8, 1))


def set_of(rolls: list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]) -> LoopSet:
    """Return a set of 24 loops, each a song of its own, the first two held out."""
    packed = np.packbits(np.stack(rolls).reshape(24, -1), axis=1)
    songs = [SongLoops(f"{n}.mid", "", packed[n : n + 1]) for n in range(24)]
    train = {f"{n}.mid": "87f5b438bc" for n in range(2, 24)}
    return assemble(songs, {"0.mid": "dae937b78f", "1.mid": "27", **train}, {})


def small_set() -> LoopSet:
    rng = np.random.default_rng(0)
    rolls = [
        tune([12 + n] * 8 + [(12 + n + 7) % 40] * 8, [(0, Drum.KICK), (4 + n % 3, Drum.SNARE)])
        for n in range(24)
    ]
    rolls = [roll | (rng.random(roll.shape) < 0.001).astype(np.uint8) * (n % 2)
             for n, roll in enumerate(rolls)]  # fmt: skip
    for roll in rolls:
        roll[:, DRUMS:] *= roll[:, DRUMS:].cumsum(1) == 1  # one note at a time
    return set_of(rolls)


def test_the_shape_of_a_bass_is_told_from_its_first_note() -> None:
    roll = tune([-1, 20, 20, 27, *[30] * 4, *[-1] * 4, 5, -1, 5, 17], [])[np.newaxis]
    shapes, pitches = shapes_of(roll)
    assert shapes[:4].tolist() == [
        [REST, 0, 0, 7], [0, 0, 0, 0], [REST] * 4, [0, REST, 0, 12]
    ]  # fmt: skip
    assert pitches[:4].tolist() == [20, 30, SILENT, 5]


def test_all_drums_are_in_one_of_the_lists() -> None:
    assert sorted((*SKINS, *METALS)) == sorted(Drum)


def test_patterns_that_many_songs_have_come_first() -> None:
    common, once = tune([10] * 16, [(0, Drum.KICK)]), tune([10] * 16, [(1, Drum.SNARE)])
    rolls = np.stack([common, common, once])
    books = found_in(rolls, np.array([0, 1, 2]), 5)
    assert np.flatnonzero(books.skins[0]).tolist() == [], "most beats of all three are empty"
    assert np.flatnonzero(books.skins[1]).tolist() == [SKINS.index(Drum.KICK)]
    assert books.used == (3, 1, 1)
    assert np.array_equal(books.skins[3], books.skins[0]), "what is not used repeats the first"


def test_loops_of_known_patterns_come_back_cell_by_cell() -> None:
    data = small_set()
    rolls = data.rolls()
    coder = BeatCoder.of(found_in(rolls, data.group.astype(np.int64), 512))
    again = choice_bits(coder.decode(coder.encode(torch.from_numpy(rolls))))
    assert np.array_equal(again.numpy(), rolls.astype(np.bool_))


def test_an_unknown_pattern_becomes_the_nearest() -> None:
    known = tune([10] * 16, [(0, Drum.KICK), (0, Drum.SNARE), (4, Drum.KICK)])
    coder = BeatCoder.of(found_in(known[np.newaxis], np.array([0]), 8))
    fuller = tune([10, 10, 10, 11] * 4, [(0, Drum.KICK), (0, Drum.SNARE), (0, Drum.LOW_TOM)])
    again = choice_bits(coder.decode(coder.encode(torch.from_numpy(fuller[np.newaxis]))))[0].numpy()
    assert np.flatnonzero(again[0]).tolist() == [Drum.KICK, Drum.SNARE, DRUMS + 10]
    assert again[:16, DRUMS + 10].all()


def test_what_may_be_repeated_is_what_stands_there() -> None:
    columns = torch.arange(128).reshape(1, 16, DRAWS)
    before = candidates(columns)[0]
    assert before[9, 2].tolist() == [columns[0, 9 - back, 2].item() for back in BACK]
    assert before[9, 6].tolist() == [
        columns[0, s, d].item() for s, d in ((9, 2), (8, 6), (5, 6), (1, 6))
    ]
    assert before[0].tolist() == [[-1] * 4] * 4 + [[d, -1, -1, -1] for d in range(4)]


def prior_of_chance() -> BeatPrior:
    torch.manual_seed(1)
    return BeatPrior(coder_of_chance().shape, SMALL).eval()


@pytest.mark.parametrize("step", [0, 7, 15])
@pytest.mark.parametrize("round_", range(4))
def test_no_code_is_foreseen(step: int, round_: int) -> None:
    """What is written later tells on nothing that is written before it."""
    prior, torch_codes = prior_of_chance(), torch.randint(0, 80, (2, 128))
    columns, _ = prior.columns(torch_codes)
    other = columns.clone()
    later = [draw for draws in ROUNDS[round_:] for draw in draws]
    other[:, step, later] = torch.randint(0, 80, (2, len(later)))
    other[:, step + 1 :] = torch.randint(0, 80, other[:, step + 1 :].shape)
    with torch.no_grad():
        one, two = prior.column_logits(columns), prior.column_logits(other)
    known = [draw for draws in ROUNDS[: round_ + 1] for draw in draws]
    assert torch.equal(one[:, :step], two[:, :step])
    assert torch.equal(one[:, step, known], two[:, step, known])


def test_a_loop_in_another_key_is_as_likely() -> None:
    prior = prior_of_chance()
    codes = torch.randint(20, 40, (3, 128))
    moved = codes.clone()
    moved[:, 3::4] += 5
    with torch.no_grad():
        one, two = (prior(c).gather(2, c[..., None])[..., 0] for c in (codes, moved))
    free = np.delete(np.arange(128), 3)
    assert torch.allclose(one[:, free], two[:, free], atol=1e-5)


def test_heats_are_temperatures_of_each_half() -> None:
    prior, codes = prior_of_chance(), torch.randint(0, 80, (2, 128))
    with torch.no_grad():
        cool = prior(codes)
        heated(prior, (2.0, 0.5))
        hot = prior(codes)
    free = np.delete(np.arange(64), 3)
    assert torch.allclose(hot[:, free], cool[:, free] / 2, atol=1e-5)
    assert torch.allclose(hot[:, 64:], cool[:, 64:] * 2, atol=1e-4)
    assert torch.equal(hot[:, 3], cool[:, 3])


def test_training_lessens_the_loss() -> None:
    task = BeatTask(small_set(), QUICK, torch.device("cpu"))
    optimiser = torch.optim.AdamW(task.model.parameters(), 1e-2)
    batch = next(task.batches())
    losses: list[float] = []
    for _ in range(8):
        optimiser.zero_grad()
        loss = task.loss(batch)
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_songs_of_one_pattern_can_be_learned_too() -> None:
    drums = [(0, Drum.KICK), (8, Drum.SNARE)]
    rolls = [tune([n] * 16, [*drums, (n % 16, Drum.LOW_TOM)]) for n in range(24)]
    task = BeatTask(set_of(rolls), QUICK, torch.device("cpu"))
    assert task.coder.used[1:] == (1, 1), "no metals, and a bass that is held"
    with torch.no_grad():
        assert torch.isfinite(task.loss(next(task.batches())))
        assert np.isfinite(list(task.judge().values())).all()


def test_a_run_leaves_a_model_that_comes_back(tmp_path: Path) -> None:
    loops = small_set()
    summary = train_beats(loops, QUICK, Run(tmp_path, "a command"))
    assert json.loads((tmp_path / "training.json").read_text()) == summary
    coder, prior = load_beats(tmp_path / MODEL)
    assert not prior.training
    codes = coder.encode(torch.from_numpy(loops.rolls()[:2]))
    assert torch.isfinite(prior(codes)).all()
    assert len((tmp_path / "beats.jsonl").read_text().splitlines()) == 2


def test_the_command_trains_exports_and_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save(small_set(), tmp_path / "data.npz")
    train = "train loops data.npz --model beats --epochs 1 --hidden 16 --threads 1 --out run"
    assert main(train.split()) == 0
    assert main(["export", "run", "--out", "mine", "--held-out", "data.npz"]) == 0
    assert (
        main(["render", "--preset", "./mine", "--loops", "2", "--seed", "3", "--out", "midi"]) == 0
    )
    assert len(list((tmp_path / "midi").glob("*.mid"))) == 2
    assert main([*train.split(), "--loss", "bits"]) == 2
    assert "--loss is not of the beat model" in capsys.readouterr().err

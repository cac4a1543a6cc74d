"""Whether training on helps: every song is judged once, by a model that has not heard it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_model import made

from loopwright.engine.errors import SettingError
from loopwright.training import folds
from loopwright.training.bases import loop_base
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.folds import Judged, as_text, changes, folds_of, judge
from loopwright.training.settings import Schedule
from loopwright.training.tuned import FINE

pytestmark = pytest.mark.usefixtures("one_thread")

SONGS = 25


def songs(count: int = SONGS, loops: int = 2) -> LoopSet:
    chance = np.random.default_rng(0)
    bits = chance.random((count * loops, 128 * 93)) < 0.05
    index = np.repeat(np.arange(count, dtype=np.int32), loops)
    names = tuple(f"song {n}" for n in range(count))
    return LoopSet(np.packbits(bits, axis=1), index, index, names, names, {})


def test_every_song_is_tested_once_and_never_trained_on_where_it_is() -> None:
    tested: list[int] = []
    for fold in folds_of(songs()):
        parts = {split: set(fold.part(split).song.tolist()) for split in Split}
        assert sum(map(len, parts.values())) == SONGS
        assert len(parts[Split.VALIDATION]) == 3
        tested += parts[Split.TEST]
    assert sorted(tested) == list(range(SONGS))


def test_too_few_songs_tell_nothing() -> None:
    with pytest.raises(SettingError, match="at least 20"):
        next(folds_of(songs(19)))


def test_intervals_are_over_songs_and_know_no_change_from_a_small_one() -> None:
    before = np.random.default_rng(1).random((40, 3))
    small = changes(Judged(before, before - 0.1, 80))["error"]
    assert small.low == pytest.approx(-0.1)
    assert small.high == pytest.approx(-0.1)
    noise = np.random.default_rng(2).normal(0, 0.1, (40, 3))
    none = changes(Judged(before, before + noise - noise.mean(0), 80))["nats"]
    assert none.low < 0 < none.high


def test_a_little_model_is_judged_and_goes_on_where_it_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folds, "sized", lambda recipe, _: recipe)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    once = Schedule(epochs=1, check_every=1)
    recipe = replace(FINE, vqvae_schedule=once, prior_schedule=once)
    base = loop_base(made(tmp_path / "base").folder)
    judged = judge(songs(), base, recipe, tmp_path / "run", 1)
    assert judged.before.shape == judged.after.shape == (SONGS, 3)
    assert (judged.before[:, 2] != judged.after[:, 2]).any()
    assert "25 songs, 50 loops, 5-fold by song" in as_text(judged, changes(judged))
    again = judge(songs(), base, recipe, tmp_path / "run", 1)
    assert np.array_equal(again.after, judged.after)

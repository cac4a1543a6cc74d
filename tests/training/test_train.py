"""Both trainings, from a few made-up songs to two model files, in little."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import load_prior, load_vqvae, read
from loopwright.training.corpus import PACKED_BYTES, SongLoops
from loopwright.training.dataset import LoopSet, assemble
from loopwright.training.settings import SHIPPED, Recipe, Schedule
from loopwright.training.train import Run, train_loops

LITTLE: Recipe = replace(
    SHIPPED,
    vqvae=replace(SHIPPED.vqvae, batch=8, warm_epochs=1),
    vqvae_schedule=Schedule(epochs=2, check_every=1),
    prior=replace(SHIPPED.prior, batch=8, hidden=8),
    prior_schedule=Schedule(epochs=2, check_every=1),
)
GROUPS = ("87f5b438bc", "22ca455b0f", "dae937b78f")  # train, validation, test


def made_up(train: int = 20) -> LoopSet:
    chance = np.random.default_rng(0)
    songs = [
        SongLoops(group, "", chance.integers(0, 2, (count, PACKED_BYTES), np.uint8))
        for group, count in zip(GROUPS, (train, 3, 3), strict=True)
    ]
    return assemble(songs, {group: group for group in GROUPS}, {"rules": "none"})


def test_a_vqvae_of_another_shape_can_be_trained_alone(tmp_path: Path) -> None:
    recipe = replace(LITTLE, vqvae=replace(LITTLE.vqvae, positions=64, width=8, codes=32))
    summary = train_loops(made_up(), recipe, Run(tmp_path, "a command", threads=1, prior=False))
    shape = load_vqvae(tmp_path / "vqvae.pt").shape
    assert (shape.positions, shape.width, shape.codes) == (64, 8, 32)
    assert "prior" not in summary
    assert not (tmp_path / "prior.pt").exists()


def test_a_codebook_needs_loops_enough_to_be_placed(tmp_path: Path) -> None:
    recipe = replace(LITTLE, vqvae=replace(LITTLE.vqvae, positions=16))
    with pytest.raises(SettingError, match="at least 32"):
        train_loops(made_up(), recipe, Run(tmp_path, "a command"))


def test_both_models_are_left_with_what_is_known_of_them(tmp_path: Path) -> None:
    summary = train_loops(made_up(), LITTLE, Run(tmp_path, "loopwright train loops x", threads=1))
    vqvae, prior = load_vqvae(tmp_path / "vqvae.pt"), load_prior(tmp_path / "prior.pt")
    assert vqvae.shape == prior.codes
    assert prior.order[:4].tolist() == [0, 16, 1, 17]
    assert read(tmp_path / "prior.pt")["meta"] == summary
    assert summary["loops"] == {"train": 20, "validation": 3, "test": 3}
    assert (tmp_path / "training.json").exists()
    assert len((tmp_path / "prior.jsonl").read_text().splitlines()) == 2


def test_too_few_songs_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="give more songs"):
        train_loops(made_up(train=3), LITTLE, Run(tmp_path / "new", ""))
    assert not (tmp_path / "new").exists()

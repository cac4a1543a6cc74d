"""The command line of training: the paper's rules unless told otherwise, and the report."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_song import groove

from loopwright.engine.errors import SettingError
from loopwright.training import report
from loopwright.training.cli import add_commands
from loopwright.training.corpus import FirstDrums, Rules
from loopwright.training.extract import extract_archive
from loopwright.training.options import recipe_from, rules_from
from loopwright.training.published import CHAIN, KICK, PUBLISHED, Comparison, compared
from loopwright.training.settings import PAPER, SHIPPED, Loss


def told(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    return parser.parse_args(words)


def test_without_a_word_the_rules_are_the_paper_s() -> None:
    asked = told("train", "data", "songs.zip", "--out", "x.npz")
    assert rules_from(asked, PAPER.rules) == Rules()


def test_each_rule_can_be_told() -> None:
    words = ("--first-drums", "kick", "--stride", "1", "--no-sustain", "--repeat-below", "0.01")
    rules = rules_from(told("train", "data", "s.zip", "--out", "x.npz", *words), PAPER.rules)
    assert (rules.first_drums, rules.stride, rules.repeat_below) == (FirstDrums.KICK, 1, 0.01)
    assert not rules.reading.sustain


def test_a_training_is_what_ships_unless_told_otherwise() -> None:
    assert recipe_from(told("train", "loops", "s.zip", "--out", "d")) == SHIPPED
    paper = told("train", "loops", "s.zip", "--out", "d", "--recipe", "paper")
    assert recipe_from(paper) == PAPER
    words = ("--loss", "bits", "--epochs", "3")
    own = recipe_from(told("train", "loops", "s.zip", "--out", "d", *words))
    assert (own.vqvae.loss, own.vqvae_schedule.epochs) == (Loss.BITS, 3)


def test_the_shape_of_the_codes_can_be_told() -> None:
    words = ("--shape", "64", "32", "256")
    vqvae = recipe_from(told("train", "loops", "s.zip", "--out", "d", *words)).vqvae
    assert (vqvae.positions, vqvae.width, vqvae.codes) == (64, 32, 256)


@pytest.mark.parametrize(
    "words",
    [
        ("--epochs", "0"), ("--transpose", "3", "-3"), ("--stride", "0"), ("--batch", "-1"),
        ("--shape", "33", "16", "512"), ("--shape", "32", "0", "512"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(SettingError):
        recipe_from(told("train", "loops", "s.zip", "--out", "d", *words))


def test_train_data_writes_the_set_and_says_what_it_found(tmp_path: Path) -> None:
    songs = tmp_path / "songs"
    songs.mkdir()
    (songs / "good.mid").write_bytes(groove(8, [0, 4]))
    (songs / "odd.mid").write_bytes(b"odd")
    out, full = tmp_path / "data.npz", tmp_path / "report.json"
    asked = told("train", "data", str(songs), "--out", str(out), "--report", str(full))
    text = asked.run(asked)
    assert "2 files, 1 read, 1 skipped" in text
    assert "odd.mid" in text
    assert json.loads(full.read_text())["skipped"] == [["odd.mid", "not a MIDI file (no MThd)"]]
    assert out.exists()


def test_counts_are_compared_only_where_they_were_published(tmp_path: Path) -> None:
    (tmp_path / "good.mid").write_bytes(groove(8, [0, 4]))
    _, found = extract_archive(tmp_path, Rules())
    assert found.comparison == ()
    assert "published" not in report.as_text(found)
    archive = "52b79fc4c9420e2731eb10ce13fd7fa0fea6cc343573af17f334a6503fc8027d"
    rules = replace(KICK, stride=1)
    loops, unique = PUBLISHED[rules]
    rows = compared(archive, rules, replace(CHAIN, loops=loops), unique)
    assert [row.apart for row in rows] == [0.0] * 7


def test_a_difference_above_two_percent_is_explained() -> None:
    assert len(Comparison("loops", 99, 100).lines()) == 1
    assert len(Comparison("loops", 97, 100).lines()) == 2

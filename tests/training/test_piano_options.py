"""What the command line makes of the recipes of a piano model."""

import argparse
from dataclasses import replace

import pytest

from loopwright.engine.errors import SettingError
from loopwright.training.cli import add_commands
from loopwright.training.piano_options import recipe_from
from loopwright.training.pianosettings import CHANGES, PAPER, SHORT, PianoRecipe


def recipe_of(*words: str) -> PianoRecipe:
    """Return what `train piano` makes of some words."""
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    return recipe_from(parser.parse_args(("train", "piano", "x.npz", "--out", "y", *words)))


def test_without_a_word_it_is_the_short_recipe() -> None:
    assert recipe_of() == SHORT["transformer"]
    assert recipe_of("--recipe", "paper", "--model", "lstm") == PAPER["lstm"]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_thing_of_the_short_recipe(name: str) -> None:
    before, after = recipe_of("--recipe", "paper"), recipe_of("--recipe", "paper", "--with", name)
    assert after != before
    assert recipe_of("--with", name) == recipe_of()


def test_all_changes_together_make_the_paper_s_recipe_the_short_one() -> None:
    size = ("--epochs", "12", "--share", "0.0023")
    assert recipe_of("--recipe", "paper", "--with", *CHANGES, *size) == SHORT["transformer"]


def test_short_windows_come_first_in_the_same_proportion_and_a_rate_that_is_told_counts() -> None:
    told = ("--recipe", "paper", "--epochs", "3", "--with", "short-windows", "rate")
    recipe = recipe_of(*told, "--rate", "1e-4")
    assert recipe.short_epochs == 2
    assert recipe.schedule == replace(SHORT["transformer"].schedule, epochs=3, rate=1e-4)


@pytest.mark.parametrize("share", ["0", "-1", "1.5", "nan"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    with pytest.raises(SettingError, match="--share"):
        recipe_of("--share", share)

"""What `loopwright train` is told to make a preset of somebody's own music. No torch."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.training.options import (
    at_least,
    rules_from,
    said,
    transposition_from,
)
from loopwright.training.settings import Recipe
from loopwright.training.tuned import FINE

NOTHING = "none"
NOT_OF_OWN = ("loss", "hidden", "shape")
Command = Callable[[Namespace], object]


def add_own(parser: ArgumentParser, base: str) -> None:
    """Add what makes a preset: its name, and what it begins with."""
    group = parser.add_argument_group("a preset of your own music")
    group.add_argument("--name", metavar="NAME", help="train, measure and install it as this")
    group.add_argument("--from", dest="base", metavar="PRESET",
                       help=f"what it begins with (default: {base}); {NOTHING} begins with "
                       "nothing, and takes more songs and time")  # fmt: skip


def is_own(told: Namespace) -> bool:
    """Tell whether a preset is asked for. Raises SettingError where nothing is."""
    if told.name is None and told.out is None:
        raise SettingError("say --name NAME for a preset of your own, or --out DIR for a run")
    for option, value in (("--from", told.base), ("--style", getattr(told, "style", None))):
        if told.name is None and value is not None:
            raise SettingError(f"{option} goes with --name NAME, a preset of your own")
    return told.name is not None


def own_recipe(told: Namespace) -> Recipe:
    """Return how a loop model of one's own is trained. Raises SettingError."""
    if told.no_prior or told.model != "vq" or told.recipe != "shipped":
        raise SettingError("--model, --recipe and --no-prior go with --out DIR, not with --name")
    for name in NOT_OF_OWN:
        if getattr(told, name) is not None:
            raise SettingError(f"--{name} goes with --out DIR, not with --name")
    by = transposition_from(told)
    changed = said(batch=told.batch, transpose=by)
    epochs = (("--epochs", told.epochs), ("--prior-epochs", told.prior_epochs))
    for option, value in epochs:
        at_least(option, 1 if value is None else value)
    return replace(
        FINE,
        rules=rules_from(told, FINE.rules),
        vqvae=replace(FINE.vqvae, **changed),
        vqvae_schedule=replace(FINE.vqvae_schedule, **said(seed=told.seed)),
        prior=replace(FINE.prior, **changed),
        prior_schedule=replace(FINE.prior_schedule, **said(seed=told.seed)),
    )


def make_own(told: Namespace, what: str) -> object:
    """Have the preset made by the command that was handed over: training installs nothing."""
    return cast(Command, getattr(told, f"own_{what}"))(told)

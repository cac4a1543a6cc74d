"""What `loopwright train loops` is told to train a beat model. No torch."""

from argparse import Namespace
from dataclasses import replace

from loopwright.engine.errors import SettingError
from loopwright.training.beatsettings import BEATS, RECIPE, BeatRecipe
from loopwright.training.options import at_least, rules_from, said
from loopwright.training.settings import RECIPES

NOT_OF_BEATS = ("prior_epochs", "loss", "shape", "transpose", "no_prior")


def beat_recipe_from(told: Namespace) -> BeatRecipe | None:
    """Return the recipe that the command line asks for, None for another model.

    Raises SettingError.
    """
    if told.model != BEATS:
        return None
    for name in NOT_OF_BEATS:
        if getattr(told, name) not in (None, False):
            raise SettingError(f"--{name.replace('_', '-')} is not of the beat model")
    recipe = replace(
        RECIPE,
        rules=rules_from(told, RECIPES[told.recipe].rules),
        settings=replace(RECIPE.settings, **said(batch=told.batch, hidden=told.hidden)),
        schedule=replace(RECIPE.schedule, **said(epochs=told.epochs, seed=told.seed)),
    )
    at_least("--epochs", recipe.schedule.epochs)
    at_least("--batch", recipe.settings.batch)
    at_least("--hidden", recipe.settings.hidden)
    return recipe

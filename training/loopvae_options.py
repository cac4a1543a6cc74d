"""What `loopwright train loops` is told to train one of the paper's continuous VAEs. No torch."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from loopwright.engine.errors import SettingError
from loopwright.training.beatsettings import BEATS
from loopwright.training.loopvaesettings import RECIPES, Vae, VaeRecipe
from loopwright.training.options import at_least, said, transposition_from

VQ = "vq"
NOT_OF_A_VAE = ("prior_epochs", "loss", "hidden", "shape")


def add_model(parser: ArgumentParser) -> None:
    """Add the choice of a model."""
    parser.add_argument("--model", choices=[VQ, BEATS, *Vae], default=VQ,
                        help="VQ-VAE and prior (default), what ships, or a yardstick")  # fmt: skip


def vae_recipe_from(told: Namespace) -> VaeRecipe | None:
    """Return the recipe that the command line asks for, None for another model.

    Raises SettingError.
    """
    if told.model in (VQ, BEATS):
        return None
    for name in NOT_OF_A_VAE:
        if getattr(told, name) is not None:
            raise SettingError(f"--{name.replace('_', '-')} is of the VQ-VAE, not of {told.model}")
    base = RECIPES[told.recipe](Vae(told.model))
    by = transposition_from(told)
    recipe = VaeRecipe(
        replace(base.settings, **said(batch=told.batch, transpose=by)),
        replace(base.schedule, **said(epochs=told.epochs, seed=told.seed)),
    )
    at_least("--epochs", recipe.schedule.epochs)
    at_least("--batch", recipe.settings.batch)
    return recipe

"""How long and how fast a loop model is trained on, on music of one's own. No torch here."""

from dataclasses import replace

from loopwright.training.settings import SHIPPED, Recipe, Schedule

VQVAE_PASSES, PRIOR_PASSES = 600_000, 150_000  # loops that each part sees, all epochs together
VQVAE_EPOCHS, PRIOR_EPOCHS = (8, 60), (4, 20)  # fewest and most
FINE = Recipe(
    rules=SHIPPED.rules,
    vqvae=replace(SHIPPED.vqvae, batch=64, warm_epochs=0),
    vqvae_schedule=Schedule(epochs=60, rate=3e-4, last_rate=1e-5, check_every=1, patience=8),
    prior=replace(SHIPPED.prior, batch=64),
    prior_schedule=Schedule(epochs=20, rate=1e-4, last_rate=1e-5, check_every=1, patience=4),
)
"""Slower by far than the shipped models learned: at 3e-4 the prior's second epoch gave nothing."""


def sized(recipe: Recipe, loops: int) -> Recipe:
    """Return a recipe with fewer epochs where there are many training loops."""
    first = within(VQVAE_PASSES // loops, VQVAE_EPOCHS)
    second = within(PRIOR_PASSES // loops, PRIOR_EPOCHS)
    return replace(
        recipe,
        vqvae_schedule=replace(recipe.vqvae_schedule, epochs=first),
        prior_schedule=replace(recipe.prior_schedule, epochs=second),
    )


def within(value: int, bounds: tuple[int, int]) -> int:
    """Return a value, or the bound that it goes beyond."""
    return max(bounds[0], min(value, bounds[1]))

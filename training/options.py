"""Options of the training commands: every rule, and what a training run can be told.

An option that is not given leaves the recipe's value.
"""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from dataclasses import replace

from loopwright.engine.errors import SettingError
from loopwright.engine.parameters import BY_NAME
from loopwright.training.corpus import FirstDrums, Rules
from loopwright.training.settings import RECIPES, Loss, Recipe, Transposition
from loopwright.training.songs import Meter

POSITIONS = (16, 32, 64, 128)  # codes of a loop: its 128 steps halved some times


def add_rules(parser: ArgumentParser, recipe: str) -> None:
    """Add an option for each rule of the extraction."""
    rules = parser.add_argument_group(f"rules of the extraction (default: the {recipe} recipe's)")
    rules.add_argument("--meter", choices=[m.value for m in Meter], help="what counts as 4/4")
    rules.add_argument("--bass-programs", nargs=2, type=int, metavar=("FIRST", "LAST"))
    rules.add_argument("--lowest-only", action=BooleanOptionalAction, default=None,
                       help="of bass notes at once, keep the lowest alone")  # fmt: skip
    rules.add_argument("--sustain", action=BooleanOptionalAction, default=None,
                       help="a bass note fills the steps it sounds on")  # fmt: skip
    rules.add_argument("--repeat-below", type=float, metavar="SHARE",
                       help="mean Hamming distance of bars 1 and 5")  # fmt: skip
    rules.add_argument("--first-bass", action=BooleanOptionalAction, default=None,
                       help="a bass note on the first step")  # fmt: skip
    rules.add_argument("--first-drums", choices=[d.value for d in FirstDrums],
                       help="kick and crash, one of them, or none on the first step")  # fmt: skip
    rules.add_argument("--stride", type=int, metavar="BARS", help="from window to window")
    rules.add_argument("--jump", action=BooleanOptionalAction, default=None,
                       help="go on after a loop's end, so that loops do not overlap")  # fmt: skip


def add_recipe(parser: ArgumentParser) -> None:
    """Add what a training run can be told."""
    parser.add_argument("--recipe", choices=list(RECIPES), default="shipped",
                        help="the paper's, or what ships (default)")  # fmt: skip
    group = parser.add_argument_group("training (default: the recipe's)")
    group.add_argument("--epochs", type=int, metavar="N", help="of the VQ-VAE or VAE")
    group.add_argument("--prior-epochs", type=int, metavar="N", help="of the prior, at most")
    group.add_argument("--batch", type=int, metavar="N", help="of the VQ-VAE or VAE")
    group.add_argument("--shape", nargs=3, type=int, metavar=("T", "L", "K"),
                       help="of the VQ-VAE: codes a loop, their length, their number")  # fmt: skip
    group.add_argument("--no-prior", action="store_true", help="train the VQ-VAE alone")
    group.add_argument("--loss", choices=[loss.value for loss in Loss])
    group.add_argument("--hidden", type=int, metavar="N", help="of the prior")
    group.add_argument("--transpose", nargs=2, type=int, metavar=("LOWEST", "HIGHEST"),
                       help="semitones that the bass is moved by at random")  # fmt: skip
    group.add_argument("--seed", type=int, metavar="N")
    group.add_argument("--threads", type=int, metavar="N", help="of the CPU (default: all cores)")


def rules_from(told: Namespace, base: Rules) -> Rules:
    """Return the rules that the command line asks for. Raises SettingError."""
    reading = replace(
        base.reading,
        **said(
            meter=None if told.meter is None else Meter(told.meter),
            bass_programs=None if told.bass_programs is None else tuple(told.bass_programs),
            lowest_only=told.lowest_only,
            sustain=told.sustain,
        ),
    )
    rules = replace(
        base,
        reading=reading,
        **said(
            repeat_below=told.repeat_below,
            first_bass=told.first_bass,
            first_drums=None if told.first_drums is None else FirstDrums(told.first_drums),
            stride=told.stride,
            jump=told.jump,
        ),
    )
    at_least("--stride", rules.stride)
    return rules


def recipe_from(told: Namespace) -> Recipe:
    """Return the recipe that the command line asks for. Raises SettingError."""
    base = RECIPES[told.recipe]
    by, shape = transposition_from(told), shape_from(told)
    loss = None if told.loss is None else Loss(told.loss)
    recipe = Recipe(
        rules=rules_from(told, base.rules),
        vqvae=replace(base.vqvae, **said(batch=told.batch, loss=loss, transpose=by), **shape),
        vqvae_schedule=replace(base.vqvae_schedule, **said(epochs=told.epochs, seed=told.seed)),
        prior=replace(base.prior, **said(hidden=told.hidden, transpose=by)),
        prior_schedule=replace(
            base.prior_schedule, **said(epochs=told.prior_epochs, seed=told.seed)
        ),
    )
    at_least("--epochs", recipe.vqvae_schedule.epochs)
    at_least("--prior-epochs", recipe.prior_schedule.epochs)
    at_least("--batch", recipe.vqvae.batch)
    at_least("--hidden", recipe.prior.hidden)
    return recipe


def transposition_from(told: Namespace) -> Transposition | None:
    """Return the keys that the command line asks for, None where it is silent."""
    by = None if told.transpose is None else Transposition(*told.transpose)
    if by is not None and by.lowest > by.highest:
        raise SettingError(f"--transpose {by.lowest} {by.highest}: the lowest comes first")
    return by


def shape_from(told: Namespace) -> dict[str, int]:
    """Return the shape of the codes that the command line asks for, nothing where it is silent.

    Raises SettingError.
    """
    if told.shape is None:
        return {}
    names = ("positions", "width", "codes")
    shape: dict[str, int] = dict(zip(names, told.shape, strict=True))
    if shape["positions"] not in POSITIONS:
        known = ", ".join(map(str, POSITIONS))
        raise SettingError(f"--shape: a loop has {known} codes, not {shape['positions']}")
    for value in shape.values():
        at_least("--shape", value)
    return shape


def said(**values: object) -> dict[str, object]:
    """Return the values that were said, those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def at_least(option: str, value: int, least: int = 1) -> None:
    """Raise SettingError unless `value` is `least` or more."""
    if value < least:
        raise SettingError(f"{option} {value} is below {least}")


def check_chance(told: Namespace) -> None:
    """Raise SettingError for a seed or a temperature that nothing can be drawn with."""
    at_least("--seed", told.seed, 0)
    limits = BY_NAME["temperature"]
    if not limits.low <= told.temperature <= limits.high:
        outside = f"is outside {limits.low:g}-{limits.high:g}"
        raise SettingError(f"--temperature {told.temperature:g} {outside}")

"""`loopwright train piano`, and what `evaluate` is told about its models. No torch as yet."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from loopwright.engine.errors import SettingError
from loopwright.training import pianoset
from loopwright.training.dataset import Split
from loopwright.training.launch import command_line, outcome, spare_the_cores
from loopwright.training.options import at_least, said
from loopwright.training.pianosettings import CHANGES, RECIPES, SHORT, PianoRecipe

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

DATA, MODEL = "data.npz", "piano.pt"


def add_train_piano(verbs: "_SubParsersAction[ArgumentParser]") -> None:
    """Add `train piano`."""
    says = "train a piano model; the same command goes on where a run was cut off"
    parser = verbs.add_parser("piano", help=says, description=says)
    parser.add_argument("source", type=Path, help="an archive or folder of MIDI, or a data set")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="model and logs")
    parser.add_argument("--model", choices=["lstm", "transformer"], default="transformer")
    parser.add_argument("--recipe", choices=list(RECIPES), default="short",
                        help="the paper's, or one for a slow machine (default)")  # fmt: skip
    parser.add_argument("--begin-with", type=Path, metavar="DIR",
                        help="the weights of another run, trained on")  # fmt: skip
    parser.add_argument("--count", action="store_true", help="count tokens and windows, no more")
    group = parser.add_argument_group("training (default: the recipe's)")
    group.add_argument("--with", dest="changes", nargs="+", choices=list(CHANGES), default=[],
                       help="what is taken from the recipe `short`")  # fmt: skip
    group.add_argument("--epochs", type=int, metavar="N")
    group.add_argument("--share", type=float, metavar="X", help="of all windows, in an epoch")
    group.add_argument("--batch", type=int, metavar="N", help="windows of 257 tokens")
    group.add_argument("--short-epochs", type=int, metavar="N", help="on short windows, at first")
    group.add_argument("--rate", type=float, metavar="X", help="of learning, at its highest")
    group.add_argument("--seed", type=int, metavar="N")
    group.add_argument("--threads", type=int, metavar="N", help="of the CPU (default: all cores)")
    parser.set_defaults(run=train_piano)


def train_piano(told: Namespace) -> str:
    """Train a model; return what came of it."""
    recipe = recipe_from(told)
    folder = cast(Path, told.out)
    data = pieces_of(told.source, folder)
    print(pianoset.counts(data), flush=True)
    if told.count:
        return str(folder / DATA)
    spare_the_cores()
    from loopwright.training.runs import Run  # noqa: PLC0415
    from loopwright.training.train_piano import train_piano as train  # noqa: PLC0415

    summary = train(data, recipe, Run(folder, command_line(), told.threads, told.begin_with))
    return outcome(summary)


def recipe_from(told: Namespace) -> PianoRecipe:
    """Return the recipe that the command line asks for. Raises SettingError."""
    base = RECIPES[told.recipe][told.model]
    recipe = replace(base, schedule=replace(base.schedule, **said(epochs=told.epochs)))
    for name in told.changes:
        recipe = CHANGES[name](recipe, SHORT[told.model])
    schedule = replace(recipe.schedule, **said(seed=told.seed, rate=told.rate))
    changed = said(batch=told.batch, share=told.share, short_epochs=told.short_epochs)
    recipe = replace(recipe, schedule=schedule, **changed)
    at_least("--epochs", schedule.epochs)
    at_least("--short-epochs", recipe.short_epochs, 0)
    at_least("--batch", recipe.batch)
    if not 0 < recipe.share <= 1:
        raise SettingError(f"--share {recipe.share:g} is no share: above 0, at most 1")
    return recipe


def pieces_of(source: Path, folder: Path) -> pianoset.PianoSet:
    """Return a data set, read as it is or made of MIDI; what was made is kept in `folder`."""
    if source.suffix == ".npz":
        return pianoset.load(source)
    data = pianoset.read_archive(source)
    pianoset.save(data, folder / DATA)
    return data


def add_piano_evaluation(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for a piano model."""
    says = "for a piano model: a preset, the folder of a `train piano` run, or a scoring graph"
    group = parser.add_argument_group(says)
    group.add_argument("--stride", type=int, default=1, metavar="N", help="measure each Nth window")
    group.add_argument("--split", choices=[s.value for s in Split], default=Split.TEST.value)
    group.add_argument("--torch", type=Path, metavar="DIR", help="the run that a preset is made of")
    group.add_argument("--keep", type=Path, metavar="FILE",
                       help="progress: the same command goes on from there")  # fmt: skip
    group.add_argument("--samples", type=Path, metavar="DIR", help="write samples, MIDI and SVG")
    group.add_argument("--drawn-alone", action="store_true",
                       help="samples without the notes that were given")  # fmt: skip

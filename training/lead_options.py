"""`loopwright train lead`. No torch as yet."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from loopwright.training import leadset, pianoset
from loopwright.training.launch import command_line, outcome, spare_the_cores
from loopwright.training.leadsettings import RECIPE, VOCABULARY, LeadRecipe
from loopwright.training.options import at_least, said
from loopwright.training.piano_options import DATA

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

MODEL = "lead.pt"


def add_train_lead(verbs: "_SubParsersAction[ArgumentParser]") -> None:
    """Add `train lead`."""
    says = "train a lead on melodies; the same command goes on where a run was cut off"
    parser = verbs.add_parser("lead", help=says, description=says)
    parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE",
                        help="archives of MIDI, lists of hooks; or one data set")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="model and logs")
    parser.add_argument("--begin-with", type=Path, metavar="DIR",
                        help="the weights of another run, trained on")  # fmt: skip
    parser.add_argument("--count", action="store_true", help="count melodies and tokens, no more")
    group = parser.add_argument_group("training (default: the recipe's)")
    group.add_argument("--epochs", type=int, metavar="N")
    group.add_argument("--steps", type=int, metavar="N", help="batches of an epoch")
    group.add_argument("--batch", type=int, metavar="N", help="windows of 257 tokens")
    group.add_argument("--rate", type=float, metavar="X", help="of learning, at its highest")
    group.add_argument("--width", type=int, metavar="N", help="of the model")
    group.add_argument("--layers", type=int, metavar="N", help="of the model")
    group.add_argument("--seed", type=int, metavar="N")
    group.add_argument("--threads", type=int, metavar="N", help="of the CPU (default: all cores)")
    parser.set_defaults(run=train_lead)


def train_lead(told: Namespace) -> str:
    """Train a model; return what came of it."""
    recipe = recipe_from(told)
    folder = cast(Path, told.out)
    data = melodies_of(told.sources, folder)
    print(leadset.counts(data), flush=True)
    if told.count:
        return str(folder / DATA)
    spare_the_cores()
    from loopwright.training.runs import Run  # noqa: PLC0415
    from loopwright.training.train_lead import train_lead as train  # noqa: PLC0415

    summary = train(data, recipe, Run(folder, command_line(), told.threads, told.begin_with))
    return outcome(summary)


def recipe_from(told: Namespace) -> LeadRecipe:
    """Return the recipe that the command line asks for. Raises SettingError."""
    schedule = replace(RECIPE.schedule, **said(epochs=told.epochs, seed=told.seed, rate=told.rate))
    shape = replace(RECIPE.shape, **said(width=told.width, layers=told.layers))
    changed = said(batch=told.batch, steps=told.steps)
    recipe = replace(RECIPE, schedule=schedule, shape=shape, **changed)
    at_least("--epochs", schedule.epochs)
    at_least("--steps", recipe.steps)
    at_least("--batch", recipe.batch)
    at_least("--layers", shape.layers)
    return recipe


def melodies_of(sources: list[Path], folder: Path) -> pianoset.PianoSet:
    """Return a data set, read as it is or made of melodies; what was made is kept in `folder`."""
    if len(sources) == 1 and sources[0].suffix == ".npz":
        return pianoset.load(sources[0], leadset.HOLDS, VOCABULARY)
    found = leadset.read_sources(sources)
    for reason, count in found.left_out.most_common():
        print(f"left out: {count} ({reason})", flush=True)
    data = leadset.as_set(found.leads)
    pianoset.save(data, folder / DATA, leadset.HOLDS)
    return data

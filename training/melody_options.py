"""`loopwright train melody`, and which folders `evaluate` takes for its runs. No torch as yet."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from loopwright.engine.errors import SettingError
from loopwright.engine.leadtokens import STYLES
from loopwright.training.launch import command_line, outcome, spare_the_cores
from loopwright.training.melodyversions import (
    A_HEAD,
    VERSIONS,
    LstmShape,
    MelodyRecipe,
    Version,
    recipe_of,
)
from loopwright.training.options import at_least, said
from loopwright.training.own_options import add_own, is_own, make_own

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

MODEL, SUMMARY, DATA = "melody.pt", "training.json", "data.npz"
HOLDS = "melody_tokens"


def add_train_melody(verbs: "_SubParsersAction[ArgumentParser]") -> None:
    """Add `train melody`."""
    says = "train a lead of your own, or a version of the melody paper; a run cut off goes on"
    parser = verbs.add_parser("melody", help=says, description=says)
    parser.add_argument("archive", type=Path, help="an archive or a folder of MIDI")
    parser.add_argument("--version", choices=list(VERSIONS), default="v7")
    parser.add_argument("--heads", type=int, metavar="N",
                        help="of attention over an LSTM's outputs (default: none)")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="model and logs")
    add_own(parser, "lead")
    parser.add_argument("--style", choices=STYLES, help="what your melodies are told as")
    parser.add_argument("--recipe", choices=["paper", "short"], default="short",
                        help="the paper's, or one for few cores (default)")  # fmt: skip
    tunes = parser.add_argument_group("which tunes")
    tunes.add_argument("--folder", action="append", metavar="NAME", help="only those of a folder")
    tunes.add_argument("--tunes", type=int, default=0, metavar="N", help="so many, not all")
    tunes.add_argument("--added", type=Path, metavar="ARCHIVE",
                       help="performances in its folder asap, to train on too (v8)")  # fmt: skip
    tunes.add_argument("--added-tunes", type=int, default=0, metavar="N", help="so many, not all")
    group = parser.add_argument_group("training (default: the recipe's)")
    group.add_argument("--epochs", type=int, metavar="N", help="at most")
    group.add_argument("--steps", type=int, metavar="N", help="batches of an epoch, 0: all")
    group.add_argument("--batch", type=int, metavar="N", help="windows of 100 or 256 tokens")
    group.add_argument("--rate", type=float, metavar="X", help="of learning, at its highest")
    group.add_argument("--seed", type=int, metavar="N")
    group.add_argument("--threads", type=int, metavar="N", help="of the CPU (default: all cores)")
    parser.set_defaults(run=train_melody)


def train_melody(told: Namespace) -> object:
    """Train a model, or a preset of one's own; return what came of it."""
    if is_own(told):
        if told.heads is not None:
            raise SettingError("--heads goes with --out DIR, not with --name")
        return make_own(told, "melody")
    version, recipe = asked(told)
    folder = cast(Path, told.out)
    spare_the_cores()
    from loopwright.training import melodyset, pianoset  # noqa: PLC0415 - MidiTok, only now
    from loopwright.training.train_melody import MelodyRun  # noqa: PLC0415
    from loopwright.training.train_melody import train_melody as train  # noqa: PLC0415

    sources = melodyset.Sources(
        told.archive,
        tuple(f"{name}/" for name in told.folder or ()),
        told.tunes,
        told.added,
        told.added_tunes,
    )
    tunes = melodyset.told(sources, version, recipe)
    print(melodyset.counts(tunes), flush=True)
    pianoset.save(tunes.data, folder / DATA, HOLDS)
    run = MelodyRun(folder, told.version, command_line(), told.threads)
    return outcome(train(tunes, version, recipe, run))


def asked(told: Namespace) -> tuple[Version, MelodyRecipe]:
    """Return the version and the recipe that the command line asks for. Raises SettingError."""
    version, base = recipe_of(told.version, told.recipe)
    version = version if told.heads is None else listening(version, told.heads)
    schedule = replace(base.schedule, **said(epochs=told.epochs, seed=told.seed, rate=told.rate))
    recipe = replace(base, schedule=schedule, **said(batch=told.batch, steps=told.steps))
    at_least("--epochs", schedule.epochs)
    at_least("--steps", recipe.steps, 0)
    at_least("--batch", recipe.batch)
    at_least("--tunes", told.tunes, 0)
    at_least("--added-tunes", told.added_tunes, 0)
    return version, recipe


def listening(version: Version, heads: int) -> Version:
    """Return an LSTM's version with attention of so many heads. Raises SettingError for others."""
    shape = version.shape
    if not isinstance(shape, LstmShape):
        raise SettingError("--heads is for the LSTMs, v1 to v6: a Transformer has its own")
    at_least("--heads", heads)
    if shape.hidden[-1] % (heads * A_HEAD):
        outputs = f"the LSTM's {shape.hidden[-1]} outputs"
        raise SettingError(f"--heads {heads} does not divide {outputs} into multiples of {A_HEAD}")
    return replace(version, shape=replace(shape, heads=heads))


def runs_in(path: str) -> list[Path]:
    """Return the folders of melody runs: a folder itself, or those in it, by name."""
    here = Path(path)
    if (here / MODEL).is_file():
        return [here]
    return sorted(found.parent for found in here.glob(f"*/{MODEL}"))


def add_melody_evaluation(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for melody runs."""
    group = parser.add_argument_group("for `train melody` runs: a folder of them, or one")
    group.add_argument("--tunes", type=int, default=24, metavar="N", help="held-out tunes")
    group.add_argument("--questions", type=int, default=8, metavar="N",
                       help="notes of each tune that a model is asked for")  # fmt: skip
    group.add_argument("--melodies", type=int, default=8, metavar="N", help="melodies to draw")
    group.add_argument("--threads", type=int, metavar="N", help="of the CPU (default: all cores)")

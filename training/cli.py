"""`loopwright train` and `loopwright evaluate`: their options, and what they do.

torch is loaded when a training really begins.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from loopwright.engine.errors import SettingError
from loopwright.training import report
from loopwright.training.beat_options import beat_recipe_from
from loopwright.training.dataset import LoopSet, load, save
from loopwright.training.extract import extract_archive
from loopwright.training.files import check_writable, write_whole
from loopwright.training.fold_options import add_folds
from loopwright.training.launch import command_line, outcome, spare_the_cores
from loopwright.training.lead_options import add_train_lead
from loopwright.training.listening_cli import add_listening, is_listening, listen
from loopwright.training.loop_evaluate import LOOPS, evaluate_loops
from loopwright.training.loopvae_options import add_model, vae_recipe_from
from loopwright.training.measurable import Measurable, measurable
from loopwright.training.melody_options import (
    add_melody_evaluation,
    add_train_melody,
    runs_in,
)
from loopwright.training.options import (
    add_recipe,
    add_rules,
    check_chance,
    recipe_from,
    rules_from,
)
from loopwright.training.own_options import add_own, is_own, make_own
from loopwright.training.paper_cli import add_paper, compare
from loopwright.training.piano_options import add_piano_evaluation, add_train_piano
from loopwright.training.settings import PAPER, Recipe
from loopwright.training.unread import Purpose, measuring, refuse_unread, remember_usual

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

    Commands = _SubParsersAction[ArgumentParser]

DATA = "data.npz"
REPORT = "report.json"


def add_commands(commands: "Commands") -> None:
    """Add the verbs of `train`, and `evaluate`."""
    if "train" not in commands.choices:
        says = "train a model on a folder of MIDI, into a preset"
        train = commands.add_parser("train", help=says, description=says)
        verbs = train.add_subparsers(title="verbs", metavar="VERB", required=True)
        add_train_data(verbs)
        add_train_loops(verbs)
        add_train_piano(verbs)
        add_train_lead(verbs)
        add_train_melody(verbs)
    if "evaluate" not in commands.choices:
        add_evaluate(commands)


def add_train_data(verbs: "Commands") -> None:
    """Add `train data`."""
    says = "extract loops from an archive of MIDI, by the paper's rules unless told otherwise"
    parser = verbs.add_parser("data", help=says, description=says)
    parser.add_argument("archive", type=Path, help="a zip archive or a folder of MIDI files")
    parser.add_argument("--out", type=Path, required=True, metavar="NPZ", help="the data set")
    parser.add_argument("--report", type=Path, metavar="JSON", help="every count and skipped file")
    add_rules(parser, "paper")
    parser.set_defaults(run=train_data)


def add_train_loops(verbs: "Commands") -> None:
    """Add `train loops`."""
    says = "train a loop model; the same command goes on where a run was cut off"
    parser = verbs.add_parser("loops", help=says, description=says)
    parser.add_argument("source", type=Path, help="an archive or folder of MIDI, or a data set")
    parser.add_argument("--out", type=Path, metavar="DIR", help="models and logs")
    add_own(parser, "backbeat")
    add_model(parser)
    add_rules(parser, "shipped")
    add_recipe(parser)
    parser.set_defaults(run=train_loops)


def add_evaluate(commands: "Commands") -> None:
    """Add `evaluate`."""
    says = "measure a preset's model beside its data, and loops that it draws"
    parser = commands.add_parser("evaluate", help=says, description=says)
    takes = "a preset's name, folder or file; a run of `train lead`, `piano` or `melody`"
    parser.add_argument("preset", nargs="?", help=takes)
    takes = "its data set; for piano and melody, also an archive or folder of MIDI"
    parser.add_argument("--data", type=Path, metavar="NPZ", help=takes)
    says_how_many = f"to draw (default: {LOOPS}; with --paper, as many as training loops)"
    parser.add_argument("--loops", type=int, metavar="N", help=says_how_many)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all chance")
    parser.add_argument("--temperature", type=float, default=1.0, metavar="X")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or a variant's name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure in full")
    says_what = "of a loop model, or of all with --paper: text, JSON and pictures"
    parser.add_argument("--out", type=Path, metavar="DIR", help=says_what)
    parser.add_argument("--card", type=Path, metavar="FILE", help="figures for `export --figures`")
    parser.add_argument("--training", type=Path, metavar="JSON", help="training.json, for the card")
    add_paper(parser)
    add_listening(parser)
    add_piano_evaluation(parser)
    add_melody_evaluation(parser)
    add_folds(parser)
    remember_usual(parser)
    parser.set_defaults(run=evaluate_preset)


def train_data(told: Namespace) -> str:
    """Extract loops, save them, and return the report as text."""
    loops, found = extract_archive(told.archive, rules_from(told, PAPER.rules))
    if told.report is not None:
        write_whole(told.report, report.as_json(found).encode())
    save(loops, told.out)
    return f"{report.as_text(found)}\n{told.out}: {len(loops):,} loops"


def train_loops(told: Namespace) -> object:
    """Train VQ-VAE and prior, or a VAE, or a preset of one's own; return what came of it."""
    if is_own(told):
        return make_own(told, "loops")
    vae, beats = vae_recipe_from(told), beat_recipe_from(told)
    recipe = recipe_from(told)
    folder = cast(Path, told.out)
    loops = loops_of(told.source, folder, recipe)
    spare_the_cores()
    from loopwright.training import train, train_beats, train_loopvae  # noqa: PLC0415

    run = train.Run(folder, command_line(), told.threads, prior=not told.no_prior)
    learned = train_loopvae.train_vae(loops, vae, run) if vae else None
    learned = train_beats.train_beats(loops, beats, run) if beats else learned
    summary = learned or train.train_loops(loops, recipe, run)
    return outcome(summary)


def loops_of(source: Path, folder: Path, recipe: Recipe) -> LoopSet:
    """Return a data set, read as it is or extracted; an extracted one is kept in `folder`."""
    if source.suffix == ".npz":
        return load(source)
    loops, found = extract_archive(source, recipe.rules)
    print(report.as_text(found), flush=True)
    write_whole(folder / REPORT, report.as_json(found).encode())
    save(loops, folder / DATA)
    return loops


def evaluate_preset(told: Namespace) -> str:
    """Measure what a path holds; return the table."""
    check_chance(told)
    if is_listening(told):
        written = told.listening_result is None
        refuse_unread(told, Purpose.LISTENING if written else Purpose.RESULT)
        return listen(told)
    if told.paper is not None:
        refuse_unread(told, Purpose.PAPER)
        return compare(told)
    if told.preset is None or told.data is None:
        raise SettingError("evaluate needs a PRESET, and --data NPZ, its data set")
    found = None if runs_in(told.preset) else measurable(told)
    refuse_unread(told, Purpose.MELODY if found is None else measuring(told, found))
    for path in filter(None, (told.json, told.card)):
        check_writable(path)  # before what may take hours
    if found in (None, Measurable.MELODY):
        from loopwright.training.melody_evaluate import evaluate_melody  # noqa: PLC0415

        return evaluate_melody(told)
    if found is Measurable.LEAD:
        from loopwright.training.lead_evaluate import evaluate_lead  # noqa: PLC0415

        return evaluate_lead(told)
    if found is Measurable.PIANO:
        from loopwright.training.piano_evaluate import evaluate_piano  # noqa: PLC0415

        return evaluate_piano(told)
    return evaluate_loops(told)

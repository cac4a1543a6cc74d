"""Somebody's folder of MIDI to a trained loop model: scanned, told about, trained, judged."""

from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.training import ownscan, report, tuned
from loopwright.training.beatsettings import RECIPE, BeatRecipe
from loopwright.training.dataset import LoopSet, Split, save
from loopwright.training.files import write_whole
from loopwright.training.launch import spare_the_cores
from loopwright.training.options import said
from loopwright.training.ownrun import DATA, REPORT, ready
from loopwright.training.settings import Recipe


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the music, the run's folder, the base model's, and the command.

    `base` None begins with nothing. `epochs` are of both parts, None for as many as fit.
    """

    source: Path
    folder: Path
    base: Path | None
    command: str
    threads: int | None = None
    epochs: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it: files read, songs and loops found, and the run's own summary."""

    files: int
    songs: int
    loops: int
    archive: str
    summary: dict[str, object]


def learn(asked: Asked, recipe: Recipe) -> Learned:
    """Scan, train and judge; the model is in the run's folder then. Blocks for minutes.

    The same call goes on where one was cut off. Raises LoopwrightError.
    """
    loops, found = ownscan.scan(asked.source, recipe.rules)
    print(ownscan.told(loops, found), flush=True)
    recipe = planned(asked, recipe, len(loops.part(Split.TRAIN)))
    identity = f"{loops.content_hash()} {loops.groups} {recipe} {asked.base and asked.base.name}"
    says = ready(asked.folder, identity)
    if says:
        print(says, flush=True)
    write_whole(asked.folder / REPORT, report.as_json(found).encode())
    save(loops, asked.folder / DATA)
    summary = train(loops, recipe, asked)
    songs = len(set(loops.group.tolist()))
    return Learned(found.files, songs, len(loops), str(loops.note["sha256"]), summary)


def planned(asked: Asked, recipe: Recipe, loops: int) -> Recipe:
    """Return the recipe with the epochs that were asked for, or with as many as fit."""
    fitting = recipe if asked.base is None else tuned.sized(recipe, loops)
    schedules = (fitting.vqvae_schedule, fitting.prior_schedule)
    first, second = (
        schedule if epochs is None else replace(schedule, epochs=epochs)
        for schedule, epochs in zip(schedules, asked.epochs, strict=True)
    )
    return replace(fitting, vqvae_schedule=first, prior_schedule=second)


def from_nothing(recipe: Recipe, asked: Asked) -> BeatRecipe:
    """Return how a model is trained that begins with nothing: as the shipped one was."""
    epochs = asked.epochs[1] or asked.epochs[0]
    changed = said(epochs=epochs, seed=recipe.prior_schedule.seed)
    return replace(RECIPE, rules=recipe.rules, schedule=replace(RECIPE.schedule, **changed))


def train(loops: LoopSet, recipe: Recipe, asked: Asked) -> dict[str, object]:
    """Train a model from its base, or from nothing."""
    spare_the_cores()
    from loopwright.training import bases, runs  # noqa: PLC0415 - torch, only now
    from loopwright.training import train as whole  # noqa: PLC0415
    from loopwright.training.train_beats import train_beats  # noqa: PLC0415

    if asked.base is None:
        run = whole.Run(asked.folder, asked.command, asked.threads)
        return train_beats(loops, from_nothing(recipe, asked), run)
    run = runs.Run(asked.folder, asked.command, asked.threads)
    return bases.tune(loops, bases.loop_base(asked.base), recipe, run)

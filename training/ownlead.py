"""A lead trained on somebody's own melodies: from a preset's own numbers, or from nothing."""

from argparse import Namespace
from dataclasses import replace

from loopwright.engine.errors import SettingError
from loopwright.training import owntunes, pianoset
from loopwright.training.dataset import Split
from loopwright.training.launch import spare_the_cores
from loopwright.training.leadset import HOLDS
from loopwright.training.leadsettings import RECIPE, LeadRecipe
from loopwright.training.options import at_least, said
from loopwright.training.own import Asked, Learned
from loopwright.training.own_options import NOTHING
from loopwright.training.ownrun import DATA, ready
from loopwright.training.pianoset import PianoSet
from loopwright.training.settings import Schedule
from loopwright.training.tuned import within

WINDOW_TOKENS = 256
STEPS, EPOCHS, ALL_STEPS = (8, 128), (4, 24), 1200  # fewest and most; of a whole run
NOT_OF_OWN = ("folder", "tunes", "added", "added_tunes", "steps", "rate")
FINE = Schedule(epochs=24, rate=6e-4, last_rate=2e-5, check_every=1, patience=5)
"""A fifth of the shipped lead's rate."""


def learn(asked: Asked, recipe: LeadRecipe, style: str) -> Learned:
    """Read, train and judge; the model is in the run's folder then. Blocks for minutes.

    The same call goes on where one was cut off. Raises LoopwrightError.
    """
    found = owntunes.read_tunes(asked.source, style)
    print(owntunes.told(found), flush=True)
    data = found.as_set()
    recipe = planned(asked, recipe, data)
    identity = f"{data.content_hash()} {data.splits} {recipe} {asked.base and asked.base.name}"
    says = ready(asked.folder, identity)
    if says:
        print(says, flush=True)
    pianoset.save(data, asked.folder / DATA, HOLDS)
    summary = train(data, recipe, asked)
    songs = len(set(found.groups))
    return Learned(found.files, songs, len(found.pieces), found.archive, summary)


def lead_recipe(told: Namespace) -> LeadRecipe:
    """Return how a lead of one's own is trained. Raises SettingError."""
    for name in NOT_OF_OWN:
        if getattr(told, name):
            raise SettingError(f"--{name.replace('_', '-')} goes with --out DIR, not with --name")
    if told.epochs is not None:
        at_least("--epochs", told.epochs)
    schedule = RECIPE.schedule if told.base == NOTHING else FINE
    return replace(
        RECIPE, schedule=replace(schedule, **said(seed=told.seed)), **said(batch=told.batch)
    )


def planned(asked: Asked, recipe: LeadRecipe, data: PianoSet) -> LeadRecipe:
    """Return the recipe with an epoch that is once through the melodies, as far as that goes."""
    tokens = len(data.part(Split.TRAIN).tokens)
    steps = within(tokens // (recipe.batch * WINDOW_TOKENS), STEPS)
    epochs = asked.epochs[0] or within(ALL_STEPS // steps, EPOCHS)
    if asked.base is None:
        epochs = asked.epochs[0] or RECIPE.schedule.epochs
    return replace(recipe, steps=steps, schedule=replace(recipe.schedule, epochs=epochs))


def train(data: PianoSet, recipe: LeadRecipe, asked: Asked) -> dict[str, object]:
    """Train a lead from its base, or from nothing; return what came of it."""
    spare_the_cores()
    from loopwright.training import readlead, runs, tunelead  # noqa: PLC0415 - torch, only now

    base = readlead.lead_base(asked.base) if asked.base else None
    run = runs.Run(asked.folder, asked.command, asked.threads)
    return tunelead.tune(data, base, recipe, run)

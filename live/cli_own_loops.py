"""`loopwright train loops FOLDER --name NAME`: a folder of MIDI to a preset that `jam` finds."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from loopwright.engine.sidecar import MODEL
from loopwright.export.card import Figures, card, read_figures
from loopwright.export.presetfile import CARD
from loopwright.live.cli_own import Kind, Made, own_preset
from loopwright.live.library import DEFAULT, Library, open_preset

DRAWN, SEED = 300, 1  # loops that a model is measured by
SAYS = "Bass and drums of eight bars, learned from somebody's own songs"
CHANGE = {
    "error": "share of cells that come back wrong",
    "nats_a_code": "nats a code",
    "nats": "nats a loop, codes and notes",
}
LIMITS = (
    "4/4 only, on a grid of sixteenths: no triplets, and no swing but what the player adds.",
    "It learned from few songs, and may write bars of them again (OS tells how many loops).",
    "Measures are of what the model writes; nobody has held a listening test.",
)


def own_loops(told: Namespace) -> object:
    """Make a preset; return what to do next, or an exit status. Blocks for minutes."""
    return own_preset(told, Kind(MODEL, "loops", "--preset", CHANGE, base, learn, write))


def base(library: Library, name: str | None) -> Path:
    """Return the folder of what a loop model begins with. Raises PresetError."""
    return open_preset(library, name or DEFAULT).model


def learn(told: Namespace, work: Path, base: Path | None) -> object:
    """Train a loop model; return an `own.Learned`. Raises LoopwrightError."""
    from loopwright.training import launch, own, own_options  # noqa: PLC0415 - no torch as yet

    epochs = (told.epochs, told.prior_epochs)
    asked = own.Asked(told.source, work, base, launch.command_line(), told.threads, epochs)
    return own.learn(asked, own_options.own_recipe(told))


def write(fresh: Path, made: Made) -> None:
    """Write a preset of a loop model that was trained: graphs, measures, card."""
    from loopwright.export.cli import describe, write_checked  # noqa: PLC0415 - torch

    print("writing the graphs, and holding them to what was trained", flush=True)
    data = made.run / "data.npz"
    checked = write_checked(made.run, fresh, data)
    figures = replace(measured(fresh, data), training=made.rows, origin=made.origin)
    text = card(fresh.name, checked.sidecar, figures, checked.texts)
    (fresh / CARD).write_text(text, encoding="utf-8")
    describe(fresh, checked.sidecar, SAYS, figures.licences)


def measured(fresh: Path, data: Path) -> Figures:
    """Return the measures of a preset's model beside its data. Blocks for a minute."""
    from loopwright.live.runtime import LoopModel  # noqa: PLC0415
    from loopwright.training import dataset, evaluate, tables, throughmodel  # noqa: PLC0415

    print("measuring what it draws", flush=True)
    asked = throughmodel.Asked(DRAWN, SEED, 1.0)
    found = evaluate.evaluate(LoopModel.open(fresh), dataset.load(data), asked)
    file = fresh / "figures.json"
    file.write_text(tables.for_card(found, {}), encoding="utf-8")
    figures = read_figures(file)
    file.unlink()
    return replace(figures, limits=LIMITS, archive="")

"""`loopwright train loops FOLDER --name NAME`: from a folder of MIDI to a preset that `jam` finds.

Here training, export and the user's presets meet; each is loaded when it is its turn. All of it
happens in the caller's process, and takes minutes.
"""

import shlex
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.engine.sidecar import MODEL
from loopwright.export.card import Figures, card, read_figures
from loopwright.export.origin import Origin
from loopwright.export.presetfile import CARD
from loopwright.live import making, shelf
from loopwright.live.library import DEFAULT, Library, open_preset, system_library

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


@dataclass(frozen=True, slots=True)
class Made:
    """A trained model: where its run lies, where it comes from, and the rows of its card."""

    run: Path
    origin: Origin
    rows: making.Rows


def own_loops(told: Namespace) -> object:
    """Make a preset; return what to do next, or an exit status. Blocks for minutes."""
    return making.until_stopped(lambda: make(told, system_library()))


def make(told: Namespace, library: Library) -> str:
    """Make a preset of a folder of MIDI; return what came of it. Raises LoopwrightError."""
    from loopwright.training import own, own_options, ownrun  # noqa: PLC0415 - no torch as yet

    target = shelf.free_folder(library, told.name)
    recipe = own_options.own_recipe(told)
    base = base_from(library, told.base)
    work = making.work_folder(library, told.name, told.out)
    command = shlex.join(["loopwright", *sys.argv[1:]])
    epochs = (told.epochs, told.prior_epochs)
    asked = own.Asked(told.source, work, base and base.folder, command, told.threads, epochs)
    learned = own.learn(asked, recipe)
    change = making.before_and_after(learned.summary, CHANGE)
    found = making.origin_of(base, MODEL, learned.summary)
    origin = making.with_music(found, (learned.files, learned.songs, learned.archive))
    row = making.learned_row(learned.songs, f"{learned.loops:,} loops")
    made = Made(work, origin, (row, *origin.rows, *change))
    making.installed(target, lambda fresh: write(fresh, made))
    ownrun.clear(work)
    lines = [f"{what}: {value}" for what, value in change]
    ready = f"{target.name} is ready: loopwright jam --preset {shlex.quote(target.name)}"
    return "\n".join([*lines, ready])


def base_from(library: Library, name: str | None) -> making.Base | None:
    """Return what a loop model begins with. Raises PresetError."""
    if name == making.NOTHING:
        return None
    return making.base_of(open_preset(library, name or DEFAULT).model)


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
    told: Mapping[str, object] = {}
    file = fresh / "figures.json"
    file.write_text(tables.for_card(found, told), encoding="utf-8")
    figures = read_figures(file)
    file.unlink()
    return replace(figures, limits=LIMITS, archive="")

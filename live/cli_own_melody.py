"""`loopwright train melody FOLDER --name NAME`: from a folder of MIDI to a lead that answers.

As with loops, all of it happens in the caller's process, and takes minutes.
"""

import shlex
import sys
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.stepsidecar import MODEL
from loopwright.export.card import Figures
from loopwright.export.melodycard import About
from loopwright.export.origin import Origin
from loopwright.live import making, shelf
from loopwright.live.library import Library, system_library
from loopwright.live.melodies import LEAD, open_singer

SAYS = "A melody of one voice that goes on from what you play, learned from somebody's own songs"
CHANGE = {"nats_a_token": "nats a token", "nats_a_note": "nats a note"}
LIMITS = (
    "4/4 and sixteenths only: no triplets. One voice; velocities come from the seed and the metre.",
    "It learned from few songs, and may play bars of them again.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A trained lead: where its run lies, where it comes from, and the rows of its card."""

    run: Path
    origin: Origin
    rows: making.Rows


def own_melody(told: Namespace) -> object:
    """Make a preset; return what to do next, or an exit status. Blocks for minutes."""
    return making.until_stopped(lambda: make(told, system_library()))


def make(told: Namespace, library: Library) -> str:
    """Make a preset of a folder of MIDI; return what came of it. Raises LoopwrightError."""
    from loopwright.training import own, ownlead, ownrun  # noqa: PLC0415 - no torch as yet

    target = shelf.free_folder(library, told.name)
    recipe = ownlead.lead_recipe(told)
    base = base_from(library, told.base)
    work = making.work_folder(library, told.name, told.out)
    command = shlex.join(["loopwright", *sys.argv[1:]])
    epochs = (told.epochs, None)
    asked = own.Asked(told.archive, work, base and base.folder, command, told.threads, epochs)
    learned = ownlead.learn(asked, recipe, told.style or "")
    change = making.before_and_after(learned.summary, CHANGE)
    found = making.origin_of(base, MODEL, learned.summary)
    origin = making.with_music(found, (learned.files, learned.songs, learned.archive))
    row = making.learned_row(learned.songs, f"{learned.loops:,} melodies")
    made = Made(work, origin, (row, *origin.rows, *change))
    making.installed(target, lambda fresh: write(fresh, made))
    ownrun.clear(work)
    lines = [f"{what}: {value}" for what, value in change]
    ready = f"{target.name} is ready: loopwright jam --melody {shlex.quote(target.name)}"
    return "\n".join([*lines, ready])


def base_from(library: Library, name: str | None) -> making.Base | None:
    """Return what a lead begins with. Raises PresetError."""
    if name == making.NOTHING:
        return None
    return making.base_of(open_singer(library, name or LEAD).folder)


def write(fresh: Path, made: Made) -> None:
    """Write a preset of a lead that was trained: graphs, card."""
    from loopwright.export.cli_melody import describe, write_checked  # noqa: PLC0415 - torch
    from loopwright.export.onnx import melody_in  # noqa: PLC0415

    print("writing the graphs, and holding them to what was trained", flush=True)
    sidecar, checks = write_checked(melody_in(made.run), fresh, made.run / "data.npz")
    figures = Figures(training=made.rows, limits=LIMITS, origin=made.origin)
    describe(fresh, sidecar, About(fresh.name, SAYS, figures, (), checks))

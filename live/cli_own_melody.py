"""`loopwright train melody FOLDER --name NAME`: a folder of MIDI to a lead that answers."""

from argparse import Namespace
from pathlib import Path

from loopwright.engine.stepsidecar import MODEL
from loopwright.export.card import Figures
from loopwright.export.melodycard import About
from loopwright.live.cli_own import Kind, Made, own_preset
from loopwright.live.library import Library
from loopwright.live.melodies import LEAD, open_singer

SAYS = "A melody of one voice that goes on from what you play, learned from somebody's own songs"
CHANGE = {"nats_a_token": "nats a token", "nats_a_note": "nats a note"}
LIMITS = (
    "4/4 and sixteenths only: no triplets. One voice; velocities come from the seed and the metre.",
    "It learned from few songs, and may play bars of them again.",
)


def own_melody(told: Namespace) -> object:
    """Make a preset; return what to do next, or an exit status. Blocks for minutes."""
    return own_preset(told, Kind(MODEL, "melodies", "--melody", CHANGE, base, learn, write))


def base(library: Library, name: str | None) -> Path:
    """Return the folder of what a lead begins with. Raises PresetError."""
    return open_singer(library, name or LEAD).folder


def learn(told: Namespace, work: Path, base: Path | None) -> object:
    """Train a lead; return an `own.Learned`. Raises LoopwrightError."""
    from loopwright.training import launch, own, ownlead  # noqa: PLC0415 - no torch as yet

    epochs = (told.epochs, None)
    asked = own.Asked(told.archive, work, base, launch.command_line(), told.threads, epochs)
    return ownlead.learn(asked, ownlead.lead_recipe(told), told.style or "")


def write(fresh: Path, made: Made) -> None:
    """Write a preset of a lead that was trained: graphs, card."""
    from loopwright.export.cli_melody import describe, write_checked  # noqa: PLC0415 - torch
    from loopwright.export.onnx import melody_in  # noqa: PLC0415

    print("writing the graphs, and holding them to what was trained", flush=True)
    run, data = melody_in(made.run), made.run / "data.npz"
    sidecar, checks = write_checked(run, fresh, data, cuda=False)
    figures = Figures(training=made.rows, limits=LIMITS, origin=made.origin)
    describe(fresh, sidecar, About(fresh.name, SAYS, figures, (), checks))

"""A slot whose preset was found and read: all that is needed to open and to play it."""

from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.compose import Request, Sampling
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.parameters import defaults
from loopwright.engine.preset import Preset
from loopwright.engine.setup import Setup
from loopwright.live import library, melodies, trust
from loopwright.live.library import Library
from loopwright.live.loading import Load
from loopwright.live.options import JamOptions
from loopwright.live.slots import Slot, Slots, preset_slots, read_slots
from loopwright.live.tuneup import setup_of

NO_NOTES = Loop(())


@dataclass(frozen=True, slots=True)
class Program:
    """What plays, or is to play: the slot it is from, None where it is from none.

    `preset` is what it says, the settings of its melody model's preset included. `melody` is the
    folder of that model, None without one. `strange` says that its loop model
    was never run here. `kept` is the kept loop that it begins with; where it is None, the model
    draws one.
    """

    slot: Slot | None
    opened: library.Opened
    preset: Preset
    melody: Path | None
    strange: bool
    kept: Loop | None


def read_program(
    shelf: Library, options: JamOptions, slot: Slot | None, name: str, loop: str | None
) -> Program:
    """Find, read and verify a preset, with its loop called `loop`. Blocks.

    Raises LoopwrightError.
    """
    opened = library.open_preset(shelf, name)
    # Looked up before anything opens, so that a wrong name is all that is said.
    kept = opened.preset.saved(loop).loop if loop else None
    singer = melodies.melody_for(shelf, opened.content, options.melody)
    preset = melodies.voiced(opened.preset, singer, options.melody)
    melody = None if singer is None else singer.folder
    return Program(slot, opened, preset, melody, trust.strange(shelf, opened.model), kept)


def opening(shelf: Library, options: JamOptions) -> tuple[Slots, Program]:
    """Return the slots of a jam, and what it begins with. Blocks. Raises LoopwrightError."""
    slots = read_slots(Path(options.slots)) if options.slots else preset_slots(shelf)
    slot, name, loop = slots.slots[0] if options.slots else None, options.preset, options.recall
    if slot is None or name is not None:
        name = name or library.DEFAULT
        slot = next((s for s in slots.slots if (s.preset, s.loop) == (name, loop)), None)
    else:
        name, loop = slot.preset, loop or slot.loop
    return slots, read_program(shelf, options, slot, name, loop)


def brought(options: JamOptions, program: Program) -> Setup:
    """Return what a program brings; without a kept loop the notes are still missing.

    Raises SettingError.
    """
    preset, slot = program.preset, program.slot
    saved = preset.saved(slot.loop) if slot is not None and slot.loop else None
    loop, tempo = (NO_NOTES, None) if saved is None else (saved.loop, saved.tempo)
    return setup_of(options, preset, loop, tempo)


def load_of(
    options: JamOptions, program: Program, number: int, first: Request | None = None
) -> Load:
    """Return what the composer is told of a program, that of choice `number`."""
    folder, strange = program.opened.model, program.strange
    return Load(number, folder, options.device, first, strange, program.melody)


def first_request(setup: Setup, number: int, key: Key | None) -> Request:
    """Return the request for a program's first loop, in `key` where the preset names none."""
    values = {**defaults(), **setup.parameters}
    return Request(
        number=1,
        seed=setup.seed,
        sampling=Sampling(values["temperature"], round(values["top_k"]), values["top_p"]),
        key=setup.key or key,
        low=setup.low,
        high=setup.high,
        slot=number,
    )

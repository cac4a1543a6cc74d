"""What commands of other packages need of this one, which they may not import."""

from pathlib import Path

from loopwright.engine import sidecar, stepsidecar
from loopwright.engine.notes import Loop
from loopwright.engine.sidecar import CPU
from loopwright.export.midifile import Sheet, midi_bytes
from loopwright.live.library import open_preset, system_library, verified
from loopwright.live.melodies import open_singer
from loopwright.live.runtime import LoopModel, read_sidecar
from loopwright.live.stepopen import read_steps


def kinds_in(preset: str) -> list[str]:
    """Find a preset, and return what its sidecars call its models, a melody model's language.

    Raises LoopwrightError.
    """
    models = {model.name for model in verified(system_library(), preset)[1].preset.models}
    kinds: list[str] = []
    if sidecar.MODEL in models:
        kinds.append(read_sidecar(loop_folder(preset) / sidecar.SIDECAR).kind)
    if stepsidecar.MODEL in models:
        told = read_steps(melody_folder(preset) / stepsidecar.SIDECAR)
        kinds.append(str(told.language["kind"]))
    return kinds


def open_model(preset: str, device: str) -> LoopModel:
    """Find a preset and open its loop model. Blocks for some 30 ms. Raises LoopwrightError."""
    return LoopModel.open(loop_folder(preset), device)


def loop_file(loop: Loop) -> bytes:
    """Return the MIDI file of a loop, at 120 BPM and without a name that tells anything."""
    return midi_bytes(loop, Sheet())


def loop_folder(preset: str) -> Path:
    """Find a preset, and return where its own loop model lies. Raises LoopwrightError.

    A preset without one, which would play another's loops, is refused.
    """
    opened = open_preset(system_library(), preset)
    opened.preset.model(sidecar.MODEL)
    return opened.model


def melody_folder(preset: str) -> Path:
    """Find a preset, and return where its melody model lies. Raises LoopwrightError."""
    return open_singer(system_library(), preset).folder


def step_devices(folder: Path) -> tuple[str, ...]:
    """Return the names of a melody model's step graphs for the CPU. Raises PresetError."""
    return tuple(
        v.name for v in read_steps(folder / stepsidecar.SIDECAR).variants if v.provider == CPU
    )

"""What commands of other packages need of this one, which they may not import."""

from pathlib import Path

from loopwright.engine.notes import Loop
from loopwright.engine.sidecar import CPU
from loopwright.engine.stepsidecar import SIDECAR
from loopwright.export.midifile import Sheet, midi_bytes
from loopwright.live.library import open_preset, system_library
from loopwright.live.melodies import open_singer
from loopwright.live.runtime import LoopModel
from loopwright.live.stepopen import read_steps


def open_model(preset: str, device: str) -> LoopModel:
    """Find a preset and open its loop model. Blocks for some 30 ms. Raises LoopwrightError."""
    return LoopModel.open(open_preset(system_library(), preset).model, device)


def loop_file(loop: Loop) -> bytes:
    """Return the MIDI file of a loop, at 120 BPM and without a name that tells anything."""
    return midi_bytes(loop, Sheet())


def loop_folder(preset: str) -> Path:
    """Find a preset, and return where its loop model lies. Raises LoopwrightError."""
    return open_preset(system_library(), preset).model


def melody_folder(preset: str) -> Path:
    """Find a preset, and return where its melody model lies. Raises LoopwrightError."""
    return open_singer(system_library(), preset).folder


def step_devices(folder: Path) -> tuple[str, ...]:
    """Return the names of a melody model's step graphs for the CPU. Raises PresetError."""
    return tuple(v.name for v in read_steps(folder / SIDECAR).variants if v.provider == CPU)

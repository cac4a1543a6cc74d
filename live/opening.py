"""What commands of other packages need of this one, which they may not import."""

from loopwright.engine.notes import Loop
from loopwright.export.midifile import Sheet, midi_bytes
from loopwright.live.library import open_preset, system_library
from loopwright.live.runtime import LoopModel


def open_model(preset: str, device: str) -> LoopModel:
    """Find a preset and open its loop model. Blocks for some 30 ms. Raises LoopwrightError."""
    return LoopModel.open(open_preset(system_library(), preset).model, device)


def loop_file(loop: Loop) -> bytes:
    """Return the MIDI file of a loop, at 120 BPM and without a name that tells anything."""
    return midi_bytes(loop, Sheet())

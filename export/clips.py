"""Loops of a preset as clips: how their files are called and how they are written."""

from loopwright.engine.notes import Loop
from loopwright.engine.preset import Preset
from loopwright.export.midifile import Sheet, midi_bytes


def clip_name(preset: Preset, loop: Loop, tempo: float, number: str) -> str:
    """Return a clip's name as samples have it: preset_8bar_120bpm_Am_01."""
    key = f"_{loop.key}" if loop.key is not None else ""
    return f"{preset.name}_8bar_{tempo:g}bpm{key}_{number}"


def clip_bytes(preset: Preset, loop: Loop, tempo: float, name: str) -> bytes:
    """Return the MIDI file of a loop with the preset's channels and drum map."""
    return midi_bytes(loop, Sheet(name, tempo, preset.channels, preset.drum_map))

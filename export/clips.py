"""Loops of a preset as clips: how their files are called and how they are written."""

from collections.abc import Iterator

from loopwright.engine.notes import Loop, Part
from loopwright.engine.preset import Preset
from loopwright.export.midifile import BAND, Sheet, midi_bytes


def clip_name(preset: Preset, loop: Loop, tempo: float, number: str) -> str:
    """Return a clip's name as samples have it: preset_8bar_120bpm_Am_01."""
    key = f"_{loop.key}" if loop.key is not None else ""
    return f"{preset.name}_8bar_{tempo:g}bpm{key}_{number}"


def clip_bytes(
    preset: Preset, loop: Loop, tempo: float, name: str, parts: tuple[Part, ...] = BAND
) -> bytes:
    """Return the MIDI file of a loop, or of some parts, with the preset's channels and drum map."""
    return midi_bytes(loop, Sheet(name, tempo, preset.channels, preset.drum_map, parts))


def part_clips(preset: Preset, loop: Loop, tempo: float, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the MIDI file of each part of a loop that plays: NAME_drums, NAME_bass."""
    for part in BAND:
        if loop.of(part):
            title = f"{name}_{part}"
            yield title, clip_bytes(preset, loop, tempo, title, (part,))

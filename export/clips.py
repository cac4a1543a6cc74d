"""Loops and phrases of a preset as clips: how their files are called, and what is in them."""

from collections.abc import Iterator

from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Part
from loopwright.engine.preset import Preset, SavedPhrase
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.export.midifile import BAND, Sheet, answer_bytes, midi_bytes


def clip_name(preset: Preset, loop: Loop, tempo: float, number: str) -> str:
    """Return a clip's name as samples have it: preset_8bar_120bpm_Am_01."""
    return f"{preset.name}_8bar_{tempo:g}bpm{keyed(loop.key)}_{number}"


def phrase_name(preset: Preset, saved: SavedPhrase) -> str:
    """Return the name of a phrase's clip: preset_4bar_120bpm_Am_phrase_01."""
    bars, key = saved.duet.bars, keyed(saved.duet.key)
    return f"{preset.name}_{bars}bar_{saved.tempo:g}bpm{key}_phrase_{saved.name}"


def keyed(key: Key | None) -> str:
    """Return what a key adds to a name."""
    return "" if key is None else f"_{key}"


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


def phrase_clips(preset: Preset, saved: SavedPhrase) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the MIDI file of a phrase, and of each side of it: _played, _answer.

    All are as long as the phrase, the last bar whole, so that they fit on top of each other. A side
    without a note is left out.
    """
    title, duet = phrase_name(preset, saved), saved.duet
    sides = {"": (duet.seed, duet.answer), "_played": (duet.seed, ()), "_answer": ((), duet.answer)}
    ticks = duet.bars * TICKS_PER_BAR
    for side, (seed, answer) in sides.items():
        if seed or answer or not side:
            name = f"{title}{side}"
            sheet = Sheet(name, saved.tempo, preset.channels, ticks=ticks)
            yield name, answer_bytes(seed, answer, duet.key, sheet)

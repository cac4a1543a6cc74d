"""`loopwright presets`: list, show, verify, pack and unpack."""

from argparse import Namespace
from pathlib import Path

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.keys import NAMES
from loopwright.engine.preset import ModelRef, Preset, SavedLoop
from loopwright.export.pack import SUFFIX, name_in, pack_to, unpack
from loopwright.export.presetfile import CARD, read_folder, verify
from loopwright.live.library import Found, find, listed, system_library, verified


def list_all(_: Namespace) -> str:
    """Return every preset in a line: name, place, what it says; a damaged one with its trouble."""
    library = system_library()
    found = listed(library)
    names = [preset.name for preset in found]
    lines = [f"{p.name:24} {p.place:8} {summary(p)}" for p in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            lines[index] += " (hidden by the one above)"
    return "\n".join(lines) or f"no presets here; yours go to {library.user}"


def summary(found: Found) -> str:
    """Return one line about a preset."""
    try:
        preset = read_folder(found.folder).preset
    except PresetError as trouble:
        return f"damaged: {trouble}"
    kept = f" [{len(preset.loops)} kept]" if preset.loops else ""
    return preset.says + kept


def show(told: Namespace) -> str:
    """Return all that is known about a preset."""
    opened = verified(system_library(), told.preset)
    preset, found = opened.preset, opened.found
    lines = description(preset)
    if (found.folder / CARD).is_file():
        lines.append(f"card       {found.folder / CARD}")
    return "\n  ".join([f"{preset.name} ({found.place}: {found.folder})", *lines])


def description(preset: Preset) -> list[str]:
    """Return lines that tell what a preset holds."""
    lines = [preset.says] if preset.says else []
    lines += [f"tempo      {preset.tempo:g}", f"key        {preset.key or 'of the first loop'}"]
    lines.append(f"bass       {note_name(preset.low)}-{note_name(preset.high)}")
    lines += [f"{part + ' channel':10} {channel}" for part, channel in preset.channels.items()]
    drums = ", ".join(f"{d.name.lower()} {note}" for d, note in preset.drum_map.items())
    lines.append(f"drums      {drums}")
    lines += [f"setting    {name} {value:g}" for name, value in preset.parameters.items()]
    for model in preset.models:
        lines += model_lines(model)
    return lines + [loop_line(saved) for saved in preset.loops]


def model_lines(model: ModelRef) -> list[str]:
    """Return lines about a model: its files with the heads of their hashes, its terms."""
    files = [f"           {path}  sha256 {h[:16]}" for path, h in model.hashes.items()]
    return [f"model      {model.name}", *files, f"terms      {model.terms or 'none stated'}"]


def loop_line(saved: SavedLoop) -> str:
    """Return one line about a kept loop."""
    key = saved.loop.key or "no key"
    return f"loop       {saved.name}: {key}, {saved.tempo:g} bpm, {len(saved.loop.notes)} notes"


def note_name(pitch: int) -> str:
    """Return a MIDI pitch as a name and a number, C1 = 24, for octave names differ."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1} ({pitch})"


def check(told: Namespace) -> str:
    """Hold a preset to its hashes."""
    found = find(system_library(), told.preset)
    content = read_folder(found.folder)
    verify(content)
    files = sum(len(model.hashes) for model in content.preset.models)
    return f"{content.preset.name}: {files} files are what their hashes name"


def pack_up(told: Namespace) -> str:
    """Write a preset as one file."""
    opened = verified(system_library(), told.preset)
    target = Path(told.out or f"{opened.preset.name}{SUFFIX}")
    if target.suffix != SUFFIX:
        raise SettingError(f"--out {target}: the name must end in {SUFFIX}")
    pack_to(opened.content, target)
    return f"{target}: {target.stat().st_size} bytes"


def unpack_here(told: Namespace) -> str:
    """Unpack a preset, by default into the user's folder, where a name finds it."""
    packed = Path(told.file)
    if not packed.is_file():
        raise PresetError(f"no such file: {packed}")
    parent = Path(told.into) if told.into else system_library().user
    content = unpack(packed, parent / name_in(packed))
    return f"{content.preset.name}: unpacked to {content.folder}"

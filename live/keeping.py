"""Kept loops and phrases: into a preset, as notes that come back exactly, and as MIDI beside it.

They go into the preset it was played from, unless that one ships or is packed: then into a
preset of the user's own, NAME-kept, which begins as a copy with the same models. Jams that keep at
once do so one after the other.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.engine.duet import Duet
from loopwright.engine.errors import PresetError
from loopwright.engine.fields import LONGEST_NAME
from loopwright.engine.notes import Loop
from loopwright.engine.preset import Preset, SavedLoop, SavedPhrase
from loopwright.export import presettext
from loopwright.export.clips import clip_bytes, clip_name, phrase_clips
from loopwright.export.pack import LOOPS, PHRASES, contents
from loopwright.export.presetfile import (
    FILE,
    PresetFolder,
    is_preset,
    read_folder,
    with_kept,
    write,
    write_file,
)
from loopwright.live.alone import alone
from loopwright.live.library import Found, Library, Opened, Place

MOST_COPIES = 99


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a loop or phrase went: the preset with it, its name there, and its MIDI file."""

    opened: Opened
    name: str
    midi: Path


def keep(library: Library, opened: Opened, loop: Loop, tempo: float) -> Kept:
    """Save a loop into a preset of the user's, and as a MIDI file beside it.

    Raises PresetError. Writes the disk; the first of a shipped preset copies its models.
    """
    tempo = tidied(tempo)
    with alone(lock_of(library)):
        target = home_for(library, opened)
        name = free_name(target.content, LOOPS)
        clip = clip_name(target.preset, loop, tempo, name)
        midi = target.found.folder / LOOPS / f"{clip}.mid"
        write_file(midi, clip_bytes(target.preset, loop, tempo, clip))
        content = with_kept(target.content, SavedLoop(name, loop, tempo))
        write(content)
    return Kept(replace(target, content=content), name, midi)


def keep_phrase(library: Library, opened: Opened, duet: Duet, tempo: float) -> Kept:
    """Save a phrase into a preset of the user's, and as a MIDI file beside it.

    Raises PresetError. Writes the disk; the first of a shipped preset copies its models.
    """
    with alone(lock_of(library)):
        target = home_for(library, opened)
        saved = SavedPhrase(free_name(target.content, PHRASES), duet, tidied(tempo))
        title, clip = next(phrase_clips(target.preset, saved))
        midi = target.found.folder / PHRASES / f"{title}.mid"
        write_file(midi, clip)
        content = with_kept(target.content, saved)
        write(content)
    return Kept(replace(target, content=content), saved.name, midi)


def lock_of(library: Library) -> Path:
    """Return the file whose lock a program holds while it keeps something."""
    return library.cache.parent / "keeping.lock"


def tidied(tempo: float) -> float:
    """Return a tempo without the jitter of its measuring: whole where it nearly is, else 0.01."""
    return float(round(tempo)) if abs(tempo - round(tempo)) < 0.1 else round(tempo, 2)


def home_for(library: Library, opened: Opened) -> Opened:
    """Return the preset that takes what is kept of this one, as it lies on the disk now.

    Raises PresetError.
    """
    if opened.found.place in (Place.HERE, Place.USER):
        return replace(opened, content=read_folder(opened.found.folder))
    for number in range(1, MOST_COPIES):
        name = kept_name(opened.preset.name, number)
        folder = library.user / name
        found = Found(name, folder, Place.USER)
        if not folder.exists():
            return replace(opened, found=found, content=copied(opened.content, found))
        if is_preset(folder):
            there = read_folder(folder)
            if files_of(there.preset) == files_of(opened.preset):
                return replace(opened, found=found, content=there)
    raise PresetError(f"{library.user} holds too many presets {kept_name(opened.preset.name, 1)}")


def kept_name(name: str, number: int) -> str:
    """Return what the preset of one's own is called, the `number`th; a long name is cut."""
    ending = f"-kept-{number}" if number > 1 else "-kept"
    return f"{name[: LONGEST_NAME - len(ending)]}{ending}"


def copied(source: PresetFolder, target: Found) -> PresetFolder:
    """Copy a preset under another name: its models, its card, what it says. Raises PresetError."""
    text = presettext.renamed(source.text, target.name)
    try:
        target.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.folder.parent, prefix=".") as work:
            copy = Path(work) / target.name
            for path in contents(source):
                copy_file(source.folder / path, copy / path)
            write_file(copy / FILE, text.encode())
            copy.rename(target.folder)
    except OSError as trouble:
        raise PresetError(f"{target.folder} cannot be written: {trouble.strerror}") from None
    return read_folder(target.folder)


def files_of(preset: Preset) -> dict[str, dict[str, str]]:
    """Return the hashes of the files of every model."""
    return {model.name: dict(model.hashes) for model in preset.models}


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, its folders made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def free_name(content: PresetFolder, kind: str) -> str:
    """Return the next number that nothing of a kind, and no file of it, is called.

    `kind` is its folder: LOOPS or PHRASES.
    """
    kept = content.preset.loops if kind == LOOPS else content.preset.phrases
    taken = {saved.name for saved in kept}
    taken |= {file.stem.rpartition("_")[2] for file in (content.folder / kind).glob("*.mid")}
    number = 1
    while f"{number:02}" in taken:
        number += 1
    return f"{number:02}"

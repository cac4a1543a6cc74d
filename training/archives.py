"""The MIDI files of a folder or a zip archive, one after the other, whatever is wrong with some."""

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loopwright.engine.errors import MidiFileError
from loopwright.engine.unreadable import UNREADABLE, reason

MIDI_SUFFIXES = (".mid", ".midi")
LARGEST = 8 << 20  # bytes of a MIDI file; a long song has a quarter of a million


@dataclass(frozen=True, slots=True)
class File:
    """One file of an archive: its name in there, and its bytes, or why they cannot be had."""

    name: str
    content: bytes
    trouble: str | None = None


def files_of(archive: Path) -> Iterator[File]:
    """Yield the MIDI files of a zip archive or a folder, in the order of their names.

    Raises MidiFileError where it cannot be read at all.
    """
    if archive.is_dir():
        yield from files_in(archive)
        return
    try:
        with zipfile.ZipFile(archive) as bundle:
            for held in sorted(midi_entries(bundle), key=lambda entry: entry.filename):
                yield read_file(held.filename, held.file_size, partial(bundle.read, held))
    except UNREADABLE as trouble:
        raise MidiFileError(f"cannot read the archive {archive}: {reason(trouble)}") from trouble


def files_in(folder: Path) -> Iterator[File]:
    """Yield the MIDI files of a folder, and those below it; folders that are locked say so."""
    paths, locked = midi_paths(folder)
    for path in sorted(paths):
        name = path.relative_to(folder).as_posix()
        try:
            size = path.stat().st_size
        except OSError as trouble:
            yield File(name, b"", f"cannot be read: {trouble.strerror}")
            continue
        yield read_file(name, size, path.read_bytes)
    for trouble in locked:
        yield File(os.path.relpath(trouble.filename, folder), b"", f"locked: {trouble.strerror}")


def midi_paths(folder: Path) -> tuple[list[Path], list[OSError]]:
    """Return the MIDI files below a folder, and what was wrong with folders in it.

    Raises MidiFileError where the folder itself cannot be read.
    """
    locked: list[OSError] = []
    found = [
        path
        for parent, _, names in os.walk(folder, onerror=locked.append)
        for path in (Path(parent, name) for name in names if is_midi(name))
        if path.is_file()
    ]
    for trouble in locked:
        if Path(trouble.filename) == folder:
            raise MidiFileError(f"cannot read the folder {folder}: {trouble.strerror}")
    return found, locked


def midi_entries(bundle: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries of a zip archive that hold MIDI."""
    return [entry for entry in bundle.infolist() if is_midi(entry.filename)]


def counted(archive: Path) -> int:
    """Return how many files `files_of` yields. Raises MidiFileError where that is none."""
    try:
        archive.stat()
    except OSError as trouble:
        raise MidiFileError(f"cannot read {archive}: {trouble.strerror}") from None
    found = count_of(archive)
    if not found:
        raise MidiFileError(f"{archive} holds no MIDI file (.mid or .midi)")
    return found


def count_of(archive: Path) -> int:
    """Return how many MIDI files there are, locked folders included. Raises MidiFileError."""
    if archive.is_dir():
        return sum(map(len, midi_paths(archive)))
    try:
        with zipfile.ZipFile(archive) as bundle:
            return len(midi_entries(bundle))
    except UNREADABLE as trouble:
        raise MidiFileError(f"cannot read the archive {archive}: {reason(trouble)}") from trouble


def read_file(name: str, size: int, content: Callable[[], bytes]) -> File:
    """Return a file of `size` bytes; one that is damaged, encrypted, locked or huge says so."""
    if size > LARGEST:
        return File(name, b"", f"larger than {LARGEST >> 20} MiB")
    try:
        return File(name, content())
    except UNREADABLE as trouble:
        return File(name, b"", f"cannot be read: {reason(trouble)}")


def is_midi(name: str) -> bool:
    """Tell whether a file's name says that it holds MIDI."""
    return name.lower().endswith(MIDI_SUFFIXES)

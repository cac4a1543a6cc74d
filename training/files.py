"""Files that are there whole or not at all."""

import os
from errno import EISDIR
from pathlib import Path

from loopwright.engine.errors import SettingError


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a neighbour, so that no reader sees a part of it.

    Raises SettingError where it cannot be written.
    """
    make_folder(path.parent)
    try:
        write_beside(path, content)
    except OSError as trouble:
        raise SettingError(f"cannot write {path}: {trouble.strerror}") from trouble


def check_writable(path: Path) -> None:
    """Raise SettingError where `write_whole` would; the folder of `path` is there then."""
    make_folder(path.parent)
    try:
        part = part_of(path)
        part.touch()
        part.unlink()
    except OSError as trouble:
        raise SettingError(f"cannot write {path}: {trouble.strerror}") from trouble


def make_folder(folder: Path) -> None:
    """Make a folder, and those it is in. Raises SettingError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise SettingError(f"cannot make the folder {folder}: {trouble.strerror}") from trouble


def write_beside(path: Path, content: bytes) -> None:
    """Write a neighbour of `path`, then let it take its place."""
    part = part_of(path)
    try:
        with part.open("wb") as held:
            held.write(content)
            held.flush()
            os.fsync(held.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return the neighbour that becomes `path`. Raises OSError where that is a folder."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    return path.with_name(f".{path.name}.{os.getpid()}.part")

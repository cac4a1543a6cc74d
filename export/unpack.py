"""A `.loopwright` file from a stranger, unpacked with care: all of it, or nothing."""

import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.unreadable import UNREADABLE, reason
from loopwright.export.entries import LARGEST, check_entries
from loopwright.export.inspection import inspect
from loopwright.export.presetfile import (
    FILE,
    LARGEST_TOML,
    PresetFolder,
    is_preset,
    parse_text,
    read_folder,
)

BLOCK = 1 << 20
LARGEST_DIRECTORY = 1 << 20  # bytes of the list of files at a zip's end
ENDING, ENDING_64 = b"PK\x05\x06", b"PK\x06\x07"
ENDING_BYTES, LOCATOR_BYTES, LONGEST_COMMENT = 22, 20, 65535


def unpack(
    packed: Path, folder: Path, check: Callable[[PresetFolder], object] = inspect
) -> PresetFolder:
    """Unpack a `.loopwright` file into `folder`, which must not exist, once `check` finds no fault.

    What fails leaves no folder behind, new folders above it included. Raises PresetError.
    """
    if folder.exists():
        raise PresetError(f"{folder} exists already")
    try:
        with made(folder.parent), beside(folder) as fresh:
            with opened_zip(packed) as archive:
                extract(archive, fresh, packed.name)
            if not is_preset(fresh):
                raise PresetError(f"{packed.name} holds no {FILE}")
            check(read_folder(fresh))
            shutil.move(fresh, folder)
    except UNREADABLE as trouble:
        raise PresetError(f"{packed} cannot be unpacked: {reason(trouble)}") from None
    return read_folder(folder)


@contextmanager
def beside(folder: Path) -> Generator[Path]:
    """Lend a place on the same disk, for what becomes `folder` when it is whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as work:
        yield Path(work) / "preset"


@contextmanager
def made(folder: Path) -> Generator[None]:
    """Make a folder and those above it, and take the new ones away again if all was in vain."""
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for each in new:
            with suppress(OSError):
                each.rmdir()
        raise


@contextmanager
def opened_zip(packed: Path) -> Generator[zipfile.ZipFile]:
    """Lend a zip whose list of files is of a sane size, which is not known once it is read.

    Raises PresetError.
    """
    if not packed.is_file():
        raise PresetError(f"no such file: {packed}")
    with packed.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - ENDING_BYTES - LOCATOR_BYTES - LONGEST_COMMENT))
        check_ending(file.read(), packed.name)
        with zipfile.ZipFile(file) as archive:
            yield archive


def check_ending(tail: bytes, name: str) -> None:
    """Raise PresetError where a zip's ending is missing, or announces a flood of entries."""
    plain = len(tail) - ENDING_BYTES
    at = plain if tail[plain:].startswith(ENDING) else tail.rfind(ENDING)
    if at < 0 or len(tail) - at < ENDING_BYTES:
        raise PresetError(f"{name} cannot be unpacked: it is no zip, or not all of one")
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    if directory > LARGEST_DIRECTORY or tail[:at][-LOCATOR_BYTES:].startswith(ENDING_64):
        raise PresetError(f"{name} lists more files than a preset has")


def read_packed(packed: Path) -> PresetFolder:
    """Read the `preset.toml` in a `.loopwright` file, nothing unpacked. Raises PresetError."""
    try:
        with opened_zip(packed) as archive, archive.open(FILE) as file:
            text = file.read(LARGEST_TOML + 1)
        if len(text) > LARGEST_TOML:
            raise PresetError(f"{packed.name}: its {FILE} is too large")
        return parse_text(Path(packed.name), text.decode("utf-8"))
    except KeyError:
        raise PresetError(f"{packed.name} holds no {FILE}") from None
    except UNREADABLE as trouble:
        raise PresetError(f"{packed} cannot be unpacked: {reason(trouble)}") from None


def extract(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    """Write the entries of a zip into `folder`, once all are found harmless. Raises PresetError."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    check_entries(entries, name)
    left = LARGEST
    for entry in entries:
        target = folder / entry.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as out:
            while block := source.read(BLOCK):
                left -= len(block)
                if left < 0:  # the directory of a zip can lie about sizes
                    raise PresetError(f"{name} unpacks to more than {LARGEST >> 20} MiB")
                out.write(block)
        target.chmod(0o644)

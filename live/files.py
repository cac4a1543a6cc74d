"""Files that a command writes: all of them or none, and none over another."""

import os
import tempfile
from pathlib import Path

from loopwright.engine.errors import PresetError, SettingError
from loopwright.export.presetfile import write_file


def check_folder(out: Path) -> None:
    """Make a folder, and raise SettingError unless files can be written in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out):
            pass
    except OSError as trouble:
        raise SettingError(f"{out} cannot be written: {trouble.strerror}") from None


def write_files(out: Path, files: dict[str, bytes], *, force: bool) -> None:
    """Write files into a folder. Raises SettingError where any is there already.

    Where one cannot be written, new ones before it are taken away again. Raises PresetError.
    """
    there = [name for name in files if os.path.exists(out / name)]  # where Path.exists raises
    if there and not force:
        raise SettingError(
            f"{out / there[0]} exists already: choose another folder, or say --force"
        )
    written: list[Path] = []
    try:
        for name, content in files.items():
            write_file(out / name, content)
            written.append(out / name)
    except PresetError:
        for path in written:
            if path.name not in there:
                path.unlink()
        raise

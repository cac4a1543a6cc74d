"""Files that a command writes: all of them or none, and none over another."""

import tempfile
from pathlib import Path

from loopwright.engine.errors import SettingError
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
    """Write files into a folder; SettingError, and nothing written, if any is there already."""
    there = [name for name in files if (out / name).exists()]
    if there and not force:
        raise SettingError(
            f"{out / there[0]} exists already: choose another folder, or say --force"
        )
    for name, content in files.items():
        write_file(out / name, content)

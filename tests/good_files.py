"""A preset as files by name."""

from pathlib import Path


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their relative paths."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}

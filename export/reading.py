"""Files from strangers, read with a limit."""

from pathlib import Path


def read_at_most(path: Path, most: int) -> bytes:
    """Return the content of a file. Raises OSError where it is longer, or no file at all."""
    if path.exists() and not path.is_file():  # opening a pipe would wait for ever
        raise OSError(0, "it is no file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(0, f"it has more than {most >> 10} KiB")
    return content

"""Files that are there whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a neighbour, so that no reader sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as held:
            held.write(content)
            held.flush()
            os.fsync(held.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

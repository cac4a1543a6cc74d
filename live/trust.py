"""Whose models are tried out before they are opened: those that nobody here has run before.

A model that ships is trusted; of any other, a stamp in the cache says that it was tried. It is
called by the SHA-256 of the sidecar, which holds those of all graphs.
"""

import os
from contextlib import suppress
from pathlib import Path

from loopwright.engine.sidecar import SIDECAR
from loopwright.export.presetfile import hash_of
from loopwright.live.library import Library, preset_folders

STAMPS = "tried"


def strange(library: Library, model: Path) -> bool:
    """Say whether a folder's loop model has never been run here. Raises PresetError."""
    known = hash_of(model / SIDECAR)
    if os.path.isfile(stamps(library) / known):  # says no, where Path.is_file raises
        return False
    shipped = (folder / SIDECAR for folder in preset_folders(library.shipped))
    return all(not sidecar.is_file() or hash_of(sidecar) != known for sidecar in shipped)


def trust(library: Library, model: Path) -> None:
    """Take in that a folder's loop model was run, and did no harm."""
    with suppress(OSError):  # then it is tried again
        stamps(library).mkdir(parents=True, exist_ok=True)
        (stamps(library) / hash_of(model / SIDECAR)).touch()


def stamps(library: Library) -> Path:
    """Return the folder of the stamps."""
    return library.cache.parent / STAMPS

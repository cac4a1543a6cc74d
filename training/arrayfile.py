"""Files of numpy's arrays (.npz), which data sets are kept in."""

import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError
from loopwright.engine.unreadable import UNREADABLE, reason

DAMAGED = (*UNREADABLE, TokenError, TypeError, MemoryError)
"""An array's kind and size are told in Python's words, which numpy reads as such."""


@contextmanager
def arrays_in(path: Path) -> Generator[Mapping[str, NDArray[Any]]]:
    """Open a data set, by the names of its arrays.

    Raises MidiFileError where it is none, or where what is made of it fails: it is no whole one.
    """
    try:
        # A file that is no zip would be taken for one of pickled objects.
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as held:
            yield held
    except DAMAGED as trouble:
        raise MidiFileError(f"cannot read the data set {path}: {reason(trouble)}") from trouble

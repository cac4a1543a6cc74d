"""The file of a session log. The app's clerk has it, for the player writes no file."""

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from math import inf
from pathlib import Path
from platform import python_version

from loopwright.engine.errors import LogError
from loopwright.engine.journal import Entry, header, line_of

TAKEN = "is there already, and is not overwritten"


class LogFile:
    """A log that is being written. One thread at a time; waits for the disk."""

    def __init__(self, path: Path, say: Callable[[str], None], most: float = inf) -> None:
        """Make the file, of `most` bytes; `say` shows a word. Raises LogError."""
        self._path, self._say, self._left = path, say, most
        self._trouble = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("x", encoding="utf-8", newline="\n")
        except OSError as error:
            there = os.path.exists(path)  # says no, where Path.exists raises
            why = TAKEN if there else f"cannot be written: {error.strerror}"
            raise LogError(f"{path} {why}") from None
        self._write([header(written_by())])

    def take(self, entries: Iterable[Entry]) -> None:
        """Write entries down, so that a crash leaves them. What cannot be written is said once."""
        self._write(map(line_of, entries))

    def close(self, last: Entry) -> str:
        """Write a last entry and close the file; return a line that says so."""
        self.take((last,))
        try:
            self._file.close()
        except OSError as error:
            self._trouble = self._trouble or f"{error.strerror}"
        if not (self._trouble or os.path.exists(self._path)):
            self._trouble = f"the session log is gone: {self._path} was deleted"
        return self._trouble or f"session log: {self._path.absolute()}"

    def drop(self) -> None:
        """Take the file away again: nothing was played, and its name is free for the next try."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):  # a disk that nothing can be written to any more keeps it
            self._path.unlink()

    def _write(self, lines: Iterable[str]) -> None:
        if self._trouble:
            return
        text = "".join(lines)
        self._left -= len(text)
        if self._left < 0:
            self._end("it is long enough")
            return
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._end(f"{error.strerror}")

    def _end(self, why: str) -> None:
        self._trouble = f"the session log ends here: {why}"
        self._say(self._trouble)


def written_by() -> dict[str, str]:
    """Return which program writes, on what kind of system; nothing of whose."""
    return {
        "loopwright": version("loopwright"),
        "python": python_version(),
        "system": sys.platform,
    }

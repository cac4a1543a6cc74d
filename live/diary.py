"""Sessions that are kept by themselves: where their logs lie, for how long, and which is meant.

The latest ones stay, the oldest go when another begins; which they are, their names tell: files are
copied and touched. Nothing here is the player's.
"""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import strftime

import platformdirs

from loopwright.engine.errors import LogError
from loopwright.live.journal import LogFile

FOLDER, SUFFIX, LAST = "sessions", ".log", "last"
NAME = re.compile(r"jam_(\d{8}-\d{6})(?:-(\d{1,2}))?\.log")
MOST = 20  # sessions
ROOM = 200_000_000  # bytes that the older ones have together
LARGEST = 100_000_000  # bytes of one: six hours at 120 BPM
MOST_AT_ONCE = 100  # that begin in one second


def sessions_folder() -> Path:
    """Return where this user's sessions are kept."""
    home = os.environ.get("LOOPWRIGHT_HOME")
    return (
        Path(home) if home else platformdirs.user_state_path("loopwright", appauthor=False)
    ) / FOLDER


def begun(folder: Path, say: Callable[[str], None]) -> LogFile:
    """Begin the log of a session, after making room for it. Raises LogError. Blocks."""
    make_room(folder)
    stem = f"jam_{strftime('%Y%m%d-%H%M%S')}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, MOST_AT_ONCE)))
    for name in names:
        path = folder / f"{name}{SUFFIX}"
        try:
            return LogFile(path, say, LARGEST)
        except LogError:
            if not os.path.exists(path):  # it was no other session's, begun in this second
                raise
    raise LogError(f"{folder} holds too many sessions of this second")


def make_room(folder: Path) -> None:
    """Delete the oldest sessions until there are few enough, and small enough together."""
    older = kept(folder)
    total = sum(size_of(path) for path in older)
    while older and (len(older) >= MOST or total > ROOM):
        oldest = older.pop(0)
        total -= size_of(oldest)
        with suppress(OSError):  # it is being read, or is not ours
            oldest.unlink()


def kept(folder: Path) -> list[Path]:
    """Return the logs of the sessions in a folder, the one that began last at the end."""
    try:
        logs = filter(None, map(NAME.fullmatch, os.listdir(folder)))
    except OSError:  # there is none, or it is not for us
        return []
    return [folder / log[0] for log in sorted(logs, key=lambda log: (log[1], int(log[2] or 1)))]


def size_of(path: Path) -> int:
    """Return how many bytes a file has, 0 where it has gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def meant(folder: Path, name: str) -> Path:
    """Return the log that a name stands for: a file, a kept session, or the "last" of these.

    Raises LogError where none was kept.
    """
    session = folder / f"{name}{SUFFIX}"
    # os.path.isfile says no, where Path.is_file raises.
    if os.path.isfile(name) or (name != LAST and not os.path.isfile(session)):
        return Path(name)
    if name != LAST:
        return session
    every = kept(folder)
    if not every:
        raise LogError(f"no session was kept yet in {folder}")
    return every[-1]

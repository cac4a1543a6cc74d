"""Sessions that are kept by themselves: where their logs lie, for how long, and which is meant.

The latest ones stay, the oldest go when another begins; which they are, the numbers in their
names tell: files are copied and touched, and a clock may be wrong. Nothing here is the player's.
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
NAME = re.compile(r"jam_(?:(\d+)_)?\d{8}-\d{6}(?:-\d{1,2})?\.log")  # older ones have no number
MOST = 20  # sessions
ROOM = 200_000_000  # bytes that the older ones have together
LARGEST = 100_000_000  # bytes of one: six hours at 120 BPM
MOST_AT_ONCE = 100  # that begin in one moment


def sessions_folder() -> Path:
    """Return where this user's sessions are kept."""
    home = os.environ.get("LOOPWRIGHT_HOME")
    return (
        Path(home) if home else platformdirs.user_state_path("loopwright", appauthor=False)
    ) / FOLDER


def begun(folder: Path, say: Callable[[str], None]) -> LogFile:
    """Begin the log of a session, after making room for it. Raises LogError. Blocks."""
    make_room(folder)
    before = max((number_of(path.name) for path in kept(folder)), default=0)
    when = strftime("%Y%m%d-%H%M%S")
    for number in range(before + 1, before + MOST_AT_ONCE):
        path = folder / f"jam_{number:04}_{when}{SUFFIX}"
        try:
            return LogFile(path, say, LARGEST)
        except LogError:
            if not os.path.exists(path):  # it was no other session's, begun in this moment
                raise
    raise LogError(f"{folder} holds too many sessions of this moment")


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
        logs = filter(NAME.fullmatch, os.listdir(folder))
    except OSError:  # there is none, or it is not for us
        return []
    return [folder / name for name in sorted(logs, key=lambda name: (number_of(name), name))]


def number_of(name: str) -> int:
    """Return the number of a session by its file's name, 0 where it has none."""
    found = NAME.fullmatch(name)
    return int(found[1] or 0) if found else 0


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

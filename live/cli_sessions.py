"""`loopwright sessions`: what was played of late, and can be written down."""

from pathlib import Path

from loopwright.engine.errors import LogError
from loopwright.engine.journal import read_line
from loopwright.engine.report import Report
from loopwright.live.diary import MOST, kept, sessions_folder, size_of

TAIL = 8192  # bytes at a log's end that its last entry is in
HOW = "loopwright render --replay NAME --bars 17-32 --out DIR writes bars of one down"


def listing() -> str:
    """Return a line for each session that was kept, the newest first, and what can be done."""
    folder = sessions_folder()
    rows = [row(path) for path in reversed(kept(folder))]
    where = f"the latest {MOST} are kept in {folder} (jam --log off keeps none)"
    return "\n".join([*rows, where, HOW])


def row(path: Path) -> str:
    """Return what is known of a session: its name, which is when it began, its length and size."""
    return f"{path.stem:24} {played(path):32} {size_of(path) / 1e6:6.1f} MB"


def played(path: Path) -> str:
    """Return how much music a session has, by the last line of its log."""
    report = end_of(path)
    if report is None:
        return "still playing, or cut off"
    minutes, seconds = divmod(int(report.played), 60)
    return f"{minutes}:{seconds:02} of music, loops: {report.loops}"


def end_of(path: Path) -> Report | None:
    """Return the report that a log ends with, None where it has none."""
    try:
        with path.open("rb") as file:
            file.seek(max(size_of(path) - TAIL, 0))
            last = file.read().decode("utf-8", "replace").rstrip("\n").rpartition("\n")[2]
        entry = read_line(last)
    except (OSError, LogError):
        return None
    return entry if isinstance(entry, Report) else None

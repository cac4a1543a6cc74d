"""What a test that failed leaves to be read: how its session logs end, and what its jams said."""

from collections.abc import Iterator
from pathlib import Path

from jack_session import Starter

LINES, WIDTH = 40, 200  # of a text: a line of a log can hold a whole loop
Words = tuple[str, str]  # whose, and what they are


def last_words(fixtures: dict[str, object]) -> Iterator[Words]:
    """Yield the last words of what a test was lent; its processes are ended."""
    starters = [lent for lent in fixtures.values() if isinstance(lent, Starter)]
    folders = {lent for lent in fixtures.values() if isinstance(lent, Path)}
    for start in starters:
        yield from said(start)
    for folder in sorted(folders | {start.folder for start in starters}):
        yield from logged(folder)


def said(start: Starter) -> Iterator[Words]:
    """Yield what each process said that nobody read."""
    for process in start.processes:
        process.kill()
        text, _ = process.communicate()
        assert isinstance(process.args, list)
        yield " ".join(map(str, process.args[1:])), end_of(text)


def logged(folder: Path) -> Iterator[Words]:
    """Yield the end of each session log under a folder."""
    for path in sorted(folder.rglob("*.log")):
        yield path.name, end_of(path.read_text(encoding="utf-8", errors="replace"))


def end_of(text: str) -> str:
    """Return the last lines of a text, none of them too long."""
    return "\n".join(line[:WIDTH] for line in text.splitlines()[-LINES:])

"""What is written down of a jam: the music where there is no MIDI system, the log, the report."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwright.engine.report import Chronicle, Report, lines
from loopwright.engine.status import Status
from loopwright.engine.time import Timeline
from loopwright.live.clerk import Clerk
from loopwright.live.falls import Restarts
from loopwright.live.inbox import Inbox
from loopwright.live.messages import Noted
from loopwright.live.now import now
from loopwright.live.options import OFF
from loopwright.live.tape import Sent
from loopwright.live.taping import Taping

if TYPE_CHECKING:
    from loopwright.engine.journal import Entry
    from loopwright.live.journal import LogFile

AGAIN = " (loopwright render --replay last)"


class Records:
    """The records of one jam. The app's main thread."""

    def __init__(self, log: str | None, say: Callable[[str], None]) -> None:
        """Begin the session log that is told of; `say` tells of trouble. Raises LogError.

        Where none is, the session is kept by itself, from the first that happens on; but not where
        the log is "off".
        """
        self._log = log_to(Path(log), say) if log not in (None, OFF) else None
        self._itself, self._say = log is None, say
        self._taping: Taping | None = None
        self._chronicle = Chronicle()

    def tape(self, path: str | None) -> Path:
        """Record the music from now on, to takes/ unless told; return the file."""
        self._taping = Taping(path)
        return self._taping.path

    def take(self, value: Sent | Timeline | Noted) -> None:
        """Keep what a player sent, or what it hands to the log."""
        match value:
            case Noted(entries):
                self._note(entries)
            case _:
                if self._taping is not None:
                    self._taping.take(value)

    def _note(self, entries: "tuple[Entry, ...]") -> None:
        """Write down what happened, if anybody does."""
        if self._log is None and self._itself:
            self._log = log_by_itself(self._say)
        if self._log is not None:
            self._log.take(entries)

    def heard(self, status: Status) -> None:
        """Count what a player reports."""
        self._chronicle = self._chronicle.heard(status, now())

    def another(self) -> None:
        """Count on with another player, which counts from nothing."""
        self._chronicle = self._chronicle.another()

    def report(self, restarts: Restarts) -> Report:
        """Return what the jam came to so far."""
        return replace(self._chronicle.report, restarts=asdict(restarts))

    def close(self, restarts: Restarts, *, began: bool) -> list[str]:
        """Close the log, save the recording; return what there is to say.

        Nothing began: no log; nothing was played: none that is kept by itself.
        """
        report = self.report(restarts)
        worth = report.played or any(report.restarts.values())
        words = list(lines(report)) if worth else []
        if self._log is not None:
            line = self._log.close(report if began and (worth or not self._itself) else None)
            words += [f"{line}{AGAIN if self._itself else ''}"] if line else []
        if self._taping is not None:
            words.append(self._taping.save())
        return words


def log_to(path: Path, say: Callable[[str], None]) -> Clerk:
    """Begin a session log; loaded only where one is kept. Raises LogError. Blocks for the disk."""
    from loopwright.live.journal import LogFile  # noqa: PLC0415

    words = Inbox[str]()
    log = LogFile(path, words.put)
    return Clerk(lambda: log, words, say)


def log_by_itself(say: Callable[[str], None]) -> Clerk:
    """Begin the log of a session that is kept by itself; where there is no place, that is said."""
    words = Inbox[str]()

    def begin() -> "LogFile":
        # Imported when the ports are open: a jam starts sooner without it.
        from loopwright.live.diary import begun, sessions_folder  # noqa: PLC0415

        return begun(sessions_folder(), words.put)

    return Clerk(begin, words, say)

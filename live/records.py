"""What is written down of a jam: the music where there is no MIDI system, the log, the report."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwright.engine.errors import LogError
from loopwright.engine.report import Chronicle, Report, lines
from loopwright.engine.status import Status
from loopwright.engine.time import Timeline
from loopwright.live.falls import Restarts
from loopwright.live.messages import Noted
from loopwright.live.now import now
from loopwright.live.options import OFF
from loopwright.live.take import Taping
from loopwright.live.tape import Sent

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
        self._log = log_file(log, say) if log not in (None, OFF) else None
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
            self._log = self._own_log()
            self._itself = self._log is not None
        if self._log is not None:
            self._log.take(entries)

    def _own_log(self) -> "LogFile | None":
        """Return the log of a session that is kept by itself, None where there is no place."""
        # Imported when the ports are open: a jam starts sooner without it.
        from loopwright.live.diary import begun, sessions_folder  # noqa: PLC0415

        try:
            return begun(sessions_folder(), self._say)
        except LogError as error:
            self._say(f"this session is not kept: {error}")
            return None

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
        if self._log is not None and not (began and (worth or not self._itself)):
            self._log.drop()
        elif self._log is not None:
            words.append(self._log.close(report) + (AGAIN if self._itself else ""))
        if self._taping is not None:
            words.append(self._taping.save())
        return words


def log_file(path: str, say: Callable[[str], None]) -> "LogFile":
    """Make the session log; loaded only where one is kept. Raises LogError."""
    from loopwright.live.journal import LogFile  # noqa: PLC0415

    return LogFile(Path(path), say)

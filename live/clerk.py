"""Who writes the session log: a thread of its own, so that no key waits for a disk that hangs."""

from collections.abc import Callable
from math import inf
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from loopwright.engine.errors import LogError
from loopwright.live.inbox import Inbox
from loopwright.live.now import now

if TYPE_CHECKING:
    from loopwright.engine.journal import Entry
    from loopwright.live.journal import LogFile

BEHIND = 600  # batches that the disk did not take yet: a minute of them
PATIENCE = 5.0  # seconds at the end in which the disk has to take one of them
ENOUGH = 20.0  # seconds that an end takes at most
GIVEN_UP = "the session log ends here: the disk does not follow"


class Clerk:
    """The log of a session. The app's main thread; the disk is the other thread's."""

    def __init__(
        self, begin: "Callable[[], LogFile]", words: Inbox[str], say: Callable[[str], None]
    ) -> None:
        """Have the log begun, which may raise LogError and puts `words`; `say` shows them."""
        self._words, self._say = words, say
        self._batches: SimpleQueue[tuple[Entry, ...] | None] = SimpleQueue()
        self._last: Entry | None = None
        self._line = ""
        self._behind = False
        self._thread = Thread(target=self._work, args=(begin,), daemon=True)
        self._thread.start()

    def take(self, entries: "tuple[Entry, ...]") -> None:
        """Have entries written down, and say what went wrong by now. Never waits.

        Where the disk has taken nothing for long, the log ends with a word.
        """
        self._show()
        if self._behind or not self._thread.is_alive():
            return
        self._behind = self._batches.qsize() >= BEHIND
        if self._behind:
            from loopwright.engine.journal import Cut  # noqa: PLC0415 - as the log itself

            self._say(GIVEN_UP)
            entries = (Cut(),)
        self._batches.put(entries)

    def close(self, last: "Entry | None") -> str:
        """Write a last entry, or without one take the log away; return a line about it, if any.

        Blocks until all is written, as long as the disk takes some of it, and not for ever.
        """
        self._last = last
        self._batches.put(None)
        left, end = inf, now() + ENOUGH
        while self._thread.is_alive() and self._batches.qsize() < left and now() < end:
            left = self._batches.qsize()
            self._thread.join(PATIENCE)
        self._show()
        return GIVEN_UP if self._behind or self._thread.is_alive() else self._line

    def _show(self) -> None:
        for word in self._words.take():
            self._say(word)

    def _work(self, begin: "Callable[[], LogFile]") -> None:
        """Write until there is no more, on a thread of its own."""
        try:
            log = begin()
            for entries in iter(self._batches.get, None):
                log.take(entries)
            if self._last is None:
                log.drop()
            else:
                self._line = log.close(self._last)
        except LogError as error:
            self._words.put(f"this session is not kept: {error}")
        except Exception as error:  # the outermost line of this thread
            self._words.put(f"the session log ends here: {error!r}")

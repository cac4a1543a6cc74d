"""Loops and phrases are saved beside the music: the app passes requests on meanwhile."""

from collections.abc import Callable
from threading import Lock, Thread

from loopwright.engine.duet import Duet
from loopwright.engine.notes import Loop
from loopwright.live.inbox import Inbox
from loopwright.live.library import Library
from loopwright.live.now import now
from loopwright.live.program import Program

PATIENCE = 5.0  # seconds that saving may take at the end
NO_TIME = "not kept: the disk took too long"


class Keeper:
    """What is being saved. The app's main thread; each is saved on a thread, one at a time."""

    def __init__(self, library: Library, say: Callable[[str], None]) -> None:
        """`say` shows a word."""
        self._library, self._say = library, say
        self._words: Inbox[str] = Inbox()
        self._one = Lock()
        self._threads = list[Thread]()

    def keep(self, program: Program, what: Loop | Duet | None, tempo: float) -> None:
        """Begin to save a loop or a phrase of a program that plays or played. Never waits."""
        thread = Thread(target=self._save, args=(program, what, tempo), daemon=True)
        self._threads.append(thread)
        thread.start()

    def watch(self) -> None:
        """Show what came of it. Never waits."""
        for word in self._words.take():
            self._say(word)
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def close(self) -> list[str]:
        """Return what came of all that was not shown yet. Blocks until it is saved, or for long."""
        until = now() + PATIENCE
        for thread in self._threads:
            thread.join(max(until - now(), 0.0))
        waiting = [NO_TIME for thread in self._threads if thread.is_alive()]
        return [*self._words.take(), *waiting]

    def _save(self, program: Program, what: Loop | Duet | None, tempo: float) -> None:
        """Save, on a thread of its own; a disk may be slow."""
        # Imported when it is wanted: a jam starts sooner without it.
        from loopwright.live.keptnow import kept_now  # noqa: PLC0415

        with self._one:
            try:
                word = kept_now(self._library, program, what, tempo)
            except Exception as error:  # the outermost line of this thread
                word = f"not kept: {error!r}"
        self._words.put(word)

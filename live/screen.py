"""Where a jam is seen: on a terminal, drawn over and over, or as lines in a file or a pipe.

On a terminal the picture is drawn over itself; anywhere else a plain line is printed for each
change that one would want to read in a log.
"""

import shutil
from typing import TextIO

from loopwright.live.pianoroll import PLAIN, Ink
from loopwright.live.streams import to_nowhere
from loopwright.live.terminal import View, folded, picture, status_line, unlocked

UP, CLEAR = "\x1b[{}F", "\x1b[K"


def fitted(lines: list[str], word: list[str], height: int) -> list[str]:
    """Return the lines above the word that fit a terminal with it: more would scroll it."""
    return [*lines[: max(height - len(word), 1)], *word]


def put(file: TextIO, text: str) -> None:
    """Write at once. Where nobody can see it (a full disk, a closed window), nothing is shown.

    The music does not stop for that; who closes a terminal sends a signal besides.
    """
    try:
        file.write(text)
        file.flush()
    except OSError:
        to_nowhere(file)


def ink_for(file: TextIO) -> Ink:
    """Return what can be written to `file`."""
    ink = Ink()
    try:
        "".join((ink.hit, ink.onset, ink.held, ink.empty, ink.cursor)).encode(file.encoding)
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return ink


class Screen:
    """A terminal that is drawn over and over. The app's main thread."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._ink = file, ink_for(file)
        self._shown: list[str] = []

    def show(self, view: View) -> None:
        """Draw the picture in place of the one before, unless it is the same."""
        size = shutil.get_terminal_size()
        width = size.columns - 1
        upper = picture(view, width, self._ink)
        lines = fitted(upper, folded(view.word, width), size.lines - 1)
        if lines == self._shown:
            return
        back = UP.format(len(self._shown)) if self._shown else ""
        # A picture that grew smaller leaves no old lines below.
        blank = [""] * (min(len(self._shown), size.lines - 1) - len(lines))
        self._shown = lines + blank
        put(self._file, back + "".join(f"{line}{CLEAR}\n" for line in self._shown))

    def say(self, text: str) -> None:
        """Write a line that stays, above the next picture."""
        back = UP.format(len(self._shown)) if self._shown else ""
        put(self._file, f"{back}{text}{CLEAR}\n" + f"{CLEAR}\n" * len(self._shown) + back)
        self._shown = []


class Log:
    """Plain lines, one for each change of transport, ports, device or loop. The main thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._seen: tuple[object, ...] = ()
        self._word = ""

    def show(self, view: View) -> None:
        """Print the state of things where it changed in a way that lasts."""
        status = view.status
        self._word = view.word or self._word
        now = (view.system, view.device, self._word, view.loop is None)
        now += (bool(view.trouble), view.away, bool(view.slow), view.title, view.coming)
        if status is not None:
            ready = status.number > 0 or status.coming
            now += (status.motion, status.number, status.round, unlocked(status), ready)
            now += (status.reason, status.melody.reason, status.peers)
            now += (status.clocks_suspected, status.counts.echoes > 0)
        if now != self._seen:
            self._seen = now
            self.say(status_line(view) + (f" | {view.word}" if view.word else ""))

    def say(self, text: str) -> None:
        """Print a line."""
        put(self._file, text + "\n")


def teller(file: TextIO) -> Screen | Log:
    """Return what shows things on `file`."""
    return Screen(file) if file.isatty() else Log(file)

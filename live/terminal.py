"""What the terminal shows: a status line, the loop that plays, and the keys.

On a terminal the picture is drawn over itself; anywhere else a plain line is printed for each
change that one would want to read in a log.
"""

import shutil
from dataclasses import dataclass
from typing import TextIO

from loopwright.engine.notes import Loop
from loopwright.engine.parameters import CONTROLS, PARAMETERS
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, bar_of, loop_phase
from loopwright.live.pianoroll import MARGIN, PLAIN, Ink, pianoroll

UP, CLEAR = "\x1b[{}F", "\x1b[K"


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen. `tick` is the absolute place, None while nothing plays."""

    motion: str
    bpm: float | None
    tick: int | None
    number: int
    coming: str
    loop: Loop | None
    system: str
    device: str
    values: tuple[tuple[str, float], ...] = ()
    word: str = ""

    @property
    def key(self) -> str:
        """The loop's key in letters."""
        return "" if self.loop is None or self.loop.key is None else str(self.loop.key)


def place(tick: int | None) -> str:
    """Return bar and beat, both counted from 1."""
    if tick is None:
        return "bar -"
    return f"bar {bar_of(tick) + 1}.{tick % TICKS_PER_BAR // TICKS_PER_QUARTER + 1}"


def status_line(view: View) -> str:
    """Return the state of things in one line."""
    tempo = "--- BPM" if view.bpm is None else f"{view.bpm:.1f} BPM"
    loop = f"loop {view.number}" if view.loop else "no loop yet"
    muted = [n.removeprefix("mute_") for n, v in view.values if n.startswith("mute_") and v]
    pieces = [view.motion, tempo, place(view.tick), loop, view.key, view.coming]
    pieces += [f"{' and '.join(muted)} muted" if muted else "", view.system, view.device]
    return " | ".join(piece for piece in pieces if piece)


def key_lines(view: View) -> list[str]:
    """Return what the keys do, and what is set."""
    values = dict(view.values)
    actions = [f"[{'space' if c.key == ' ' else c.key}] {c.action}" for c in CONTROLS]
    settings = [
        f"[{'/'.join(p.keys)}] {p.name.replace('_', ' ')} {values[p.name]:g}"
        for p in PARAMETERS
        if p.keys and p.name in values
    ]
    return ["  ".join(actions), "  ".join(settings)]


def picture(view: View, width: int, ink: Ink) -> list[str]:
    """Return the lines of the whole picture, none longer than `width`."""
    lines = [status_line(view)]
    if view.loop is not None:
        columns = next((c for c in (128, 64, 32) if c + MARGIN <= width), 32)
        phase = None if view.tick is None else loop_phase(view.tick)
        lines += pianoroll(view.loop, phase, columns, ink)
    lines += [*key_lines(view), view.word]
    return [line[:width] for line in lines]


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
        lines = picture(view, shutil.get_terminal_size().columns - 1, self._ink)
        if lines == self._shown:
            return
        back = UP.format(len(self._shown)) if self._shown else ""
        # A picture that grew smaller leaves no old lines below.
        blank = [""] * max(len(self._shown) - len(lines), 0)
        self._shown = lines + blank
        self._file.write(back + "".join(f"{line}{CLEAR}\n" for line in self._shown))
        self._file.flush()

    def say(self, text: str) -> None:
        """Write a line that stays, above the next picture."""
        self._file.write((UP.format(len(self._shown)) if self._shown else "") + text + CLEAR)
        self._file.write("\n" + f"{CLEAR}\n" * len(self._shown))
        self._file.write(UP.format(len(self._shown)) if self._shown else "")
        self._file.flush()
        self._shown = []


class Log:
    """Plain lines, one for each change of transport, ports, device or loop. The main thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._seen: tuple[object, ...] = ()

    def show(self, view: View) -> None:
        """Print the state of things where it changed in a way that lasts."""
        state = (view.motion, view.number, view.loop is None, view.system, view.device, view.word)
        if state != self._seen:
            self._seen = state
            self.say(status_line(view) + (f" | {view.word}" if view.word else ""))

    def say(self, text: str) -> None:
        """Print a line."""
        self._file.write(text + "\n")
        self._file.flush()


def teller(file: TextIO) -> Screen | Log:
    """Return what shows things on `file`."""
    return Screen(file) if file.isatty() else Log(file)

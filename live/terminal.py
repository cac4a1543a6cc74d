"""What the terminal shows: a status line, the loop that plays, and the keys.

On a terminal the picture is drawn over itself; anywhere else a plain line is printed for each
change that one would want to read in a log.
"""

import shutil
from dataclasses import dataclass
from typing import TextIO

from loopwright.engine.notes import Loop
from loopwright.engine.parameters import CONTROLS, PARAMETERS, Parameter
from loopwright.engine.status import Status
from loopwright.engine.transport import PLAYING, Motion
from loopwright.live.pianoroll import MARGIN, PLAIN, Ink, pianoroll
from loopwright.live.steering import REPORT

UP, CLEAR = "\x1b[{}F", "\x1b[K"


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen; `status` comes without its loop.

    `trouble` says that nothing can sound, and why; `away` are named ports that are not there;
    `slow` is how many seconds a loop is being composed for, where that is long.
    """

    status: Status | None
    loop: Loop | None
    system: str
    device: str
    word: str = ""
    trouble: str = ""
    away: tuple[str, ...] = ()
    slow: int = 0


def status_line(view: View) -> str:
    """Return the state of things in one line."""
    if view.status is None or view.trouble:
        known = (view.trouble or "starting", view.system, view.device)
        return " | ".join(piece for piece in known if piece)
    status = view.status
    pieces = [motion_of(status), tempo_of(status), f"bar {status.bar}.{status.beat}"]
    pieces += [loop_of(view, status), str(status.key or ""), coming_of(status, view.slow)]
    pieces += [mutes_of(status), peers_of(status), *warnings_of(status), *map(absent, view.away)]
    return " | ".join(piece for piece in (*pieces, view.system, view.device) if piece)


def motion_of(status: Status) -> str:
    """Return what the transport does, and who leads."""
    if status.leads:
        return f"{status.motion} (own clock)"
    return f"{status.motion}{', locking' if unlocked(status) else ''}"


def unlocked(status: Status) -> bool:
    """Whether we play to a host's clock that is not followed closely yet."""
    return not (status.leads or status.locked) and status.motion in PLAYING


def tempo_of(status: Status) -> str:
    """Return the tempo, as far as there is one."""
    known = status.leads or status.motion is not Motion.NO_CLOCK
    return f"{status.tempo:.1f} BPM" if known else "--- BPM"


def loop_of(view: View, status: Status) -> str:
    """Return which loop plays, and in which round."""
    if view.loop is None:
        return "no loop yet"
    again = f" round {status.round}" if status.round > 1 else ""
    return f"loop {status.number}{again}"


def coming_of(status: Status, slow: int) -> str:
    """Return what comes at the next boundary, or why nothing does."""
    if status.coming:
        return "next one ready"
    if slow:
        return f"composing for {slow} s"
    if status.reason:
        return f"no new loop: {status.reason}"
    return "composing" if status.asked else ""


def mutes_of(status: Status) -> str:
    """Return what is muted."""
    muted = [part for part in ("drums", "bass") if status.parameters[f"mute_{part}"]]
    return f"{' and '.join(muted)} muted" if muted else ""


def peers_of(status: Status) -> str:
    """Return who else is in the session that we play in."""
    if not status.peers:
        return "" if status.peers is None else "Link, alone"
    return f"Link, {status.peers} other{'s' if status.peers > 1 else ''}"


def warnings_of(status: Status) -> tuple[str, ...]:
    """Return what seems wrong with what comes in."""
    position = "positions look like clocks: try --position clocks"
    return strays_of(status), echoes_of(status), position if status.clocks_suspected else ""


def echoes_of(status: Status) -> str:
    """Return how many messages of our own came back to our input."""
    echoes = status.counts.echoes
    return f"hears itself ({echoes})" if echoes else ""


def absent(name: str) -> str:
    """Return that a port is not there."""
    return f"{name!r} is away"


def strays_of(status: Status) -> str:
    """Return how many messages came in that mean nothing."""
    unknown = status.counts.unknown
    return f"{unknown} unknown message{'s' if unknown > 1 else ''}" if unknown else ""


def key_lines(status: Status, width: int) -> list[str]:
    """Return what the keys do, and what is set, in as many lines as are needed."""
    actions = [f"[{'space' if c.key == ' ' else c.key}] {c.action}" for c in CONTROLS]
    actions.append(f"[{REPORT}] report")
    settings = [f"[{'/'.join(p.keys)}] {p.name} {said(p, status)}" for p in PARAMETERS if p.keys]
    return packed(actions, width) + packed([s.replace("_", " ") for s in settings], width)


def said(parameter: Parameter, status: Status) -> str:
    """Return a parameter's value in words."""
    value = status.parameters[parameter.name]
    if len(parameter.keys) == 1:
        return "on" if value else "off"
    return f"{round(value, 2):g}"


def packed(pieces: list[str], width: int) -> list[str]:
    """Return pieces two spaces apart, in lines no longer than `width`."""
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]}  {piece}" if lines[-1] else piece
        if lines[-1] and len(longer) > width:
            lines.append(piece)
        else:
            lines[-1] = longer
    return lines


def picture(view: View, width: int, ink: Ink) -> list[str]:
    """Return the lines of the whole picture, none longer than `width`."""
    lines = [status_line(view)]
    if view.status is not None:
        if view.loop is not None:
            columns = next((c for c in (128, 64, 32) if c + MARGIN <= width), 32)
            phase = view.status.phase if view.status.motion in PLAYING else None
            lines += pianoroll(view.loop, phase, columns, ink)
        lines += key_lines(view.status, width)
    return [line[:width] for line in (*lines, view.word)]


def fitted(lines: list[str], height: int) -> list[str]:
    """Return the first lines and the last, the word, that fit a terminal: more would scroll it."""
    return lines if len(lines) <= height else [*lines[: max(height - 1, 1)], *lines[-1:]]


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
        lines = fitted(picture(view, size.columns - 1, self._ink), size.lines - 1)
        if lines == self._shown:
            return
        back = UP.format(len(self._shown)) if self._shown else ""
        # A picture that grew smaller leaves no old lines below.
        blank = [""] * (min(len(self._shown), size.lines - 1) - len(lines))
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
        self._word = ""

    def show(self, view: View) -> None:
        """Print the state of things where it changed in a way that lasts."""
        status = view.status
        self._word = view.word or self._word
        now = (view.system, view.device, self._word, view.loop is None)
        now += (bool(view.trouble), view.away, bool(view.slow))
        if status is not None:
            ready = status.number > 0 or status.coming
            now += (status.motion, status.number, status.round, unlocked(status), ready)
            now += (status.reason, status.peers)
            now += (status.clocks_suspected, status.counts.echoes > 0)
        if now != self._seen:
            self._seen = now
            self.say(status_line(view) + (f" | {view.word}" if view.word else ""))

    def say(self, text: str) -> None:
        """Print a line."""
        self._file.write(text + "\n")
        self._file.flush()


def teller(file: TextIO) -> Screen | Log:
    """Return what shows things on `file`."""
    return Screen(file) if file.isatty() else Log(file)

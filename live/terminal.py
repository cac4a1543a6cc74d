"""What is to be seen of a jam, as lines of text: its state, the loop that plays, and the keys."""

from dataclasses import dataclass

from loopwright.engine.amounts import amount
from loopwright.engine.notes import Loop, Part
from loopwright.engine.parameters import CONTROLS, PARAMETERS, Parameter
from loopwright.engine.status import Status
from loopwright.engine.transport import PLAYING, Motion
from loopwright.live.pianoroll import MARGIN, Ink, pianoroll
from loopwright.live.steering import REPORT


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen; `status` comes without its loop.

    `trouble` says that nothing can sound, and why; `away` are named ports that are not there;
    `slow` is how many seconds a loop is being composed for, where that is long. `title` is the slot
    that plays, `coming` the one that is on its way.
    """

    status: Status | None
    loop: Loop | None
    system: str
    device: str
    word: str = ""
    trouble: str = ""
    away: tuple[str, ...] = ()
    slow: int = 0
    title: str = ""
    coming: str = ""


def status_line(view: View) -> str:
    """Return the state of things in one line."""
    if view.status is None or view.trouble:
        known = (view.trouble or "starting", view.system, view.device)
        return " | ".join(piece for piece in known if piece)
    status = view.status
    pieces = [motion_of(status), tempo_of(status), f"bar {status.bar}.{status.beat}"]
    pieces += [view.title, f"next: {view.coming}" if view.coming else ""]
    pieces += [loop_of(view, status), str(status.key or ""), coming_of(status, view.slow)]
    pieces += [
        melody_of(status),
        mutes_of(status),
        peers_of(status),
        *warnings_of(status),
        *map(absent, view.away),
    ]
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


def melody_of(status: Status) -> str:
    """Return what the melody does: it listens, or answers, or why it cannot."""
    seen = status.melody
    if not seen.bars:
        return "listening" if seen.listens else seen.reason
    late = (", late" if seen.late else "") + (", to be kept" if seen.wanted else "")
    return f"answering, {seen.bar} of {seen.bars} bars{late}" if seen.bar else f"answer next{late}"


def mutes_of(status: Status) -> str:
    """Return what is muted."""
    muted = [part for part in Part if status.parameters[f"mute_{part}"]]
    return f"{' and '.join(muted)} muted" if muted else ""


def peers_of(status: Status) -> str:
    """Return who else is in the session that we play in."""
    if not status.peers:
        return "" if status.peers is None else "Link, alone"
    return f"Link, {amount(status.peers, 'other')}"


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
    return amount(unknown, "unknown message") if unknown else ""


def key_lines(status: Status, width: int) -> list[str]:
    """Return what the keys do, and what is set, in as many lines as are needed."""
    actions = [f"[{'space' if c.key == ' ' else c.key}] {c.action}" for c in CONTROLS]
    actions.append(f"[{REPORT}] report")
    settings = [f"[{'/'.join(p.keys)}] {p.name} {said(p, status)}" for p in PARAMETERS if p.keys]
    return packed(actions, width) + packed([s.replace("_", " ") for s in settings], width)


def said(parameter: Parameter, status: Status) -> str:
    """Return a parameter's value in words."""
    value = status.parameters[parameter.name]
    if parameter.words:
        return parameter.words[round(value)]
    if len(parameter.keys) == 1:
        return "on" if value else "off"
    return f"{round(value, 2):g}"


def packed(pieces: list[str], width: int, gap: str = "  ") -> list[str]:
    """Return pieces two spaces (or another gap) apart, in lines no longer than `width`."""
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]}{gap}{piece}" if lines[-1] else piece
        if lines[-1] and len(longer) > width:
            lines.append(piece)
        else:
            lines[-1] = longer
    return lines


def picture(view: View, width: int, ink: Ink) -> list[str]:
    """Return the lines of the picture, none longer than `width`; what is said is below them."""
    lines = folded(status_line(view), width)
    if view.status is not None:
        if view.loop is not None:
            columns = next((c for c in (128, 64, 32) if c + MARGIN <= width), 32)
            phase = view.status.phase if view.status.motion in PLAYING else None
            lines += pianoroll(view.loop, phase, columns, ink)
        lines += key_lines(view.status, width)
    return [line[:width] for line in lines]


def folded(text: str, width: int) -> list[str]:
    """Return a line as one or more, none longer than `width`: the end of it says what to do."""
    return [line[:width] for line in packed(text.split(), width, " ")]

"""A loop as a few lines of text: four rows of drums, up to six of bass, a cursor above."""

from collections.abc import Iterable
from dataclasses import dataclass

from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.roll import DRUM_IN, Drum
from loopwright.engine.time import BARS_PER_LOOP, LOOP_TICKS

DRUM_ROWS: tuple[tuple[str, frozenset[Drum]], ...] = (
    ("cymb", frozenset({Drum.CRASH, Drum.RIDE})),
    ("hat", frozenset({Drum.CLOSED_HAT, Drum.OPEN_HAT})),
    ("snare", frozenset({Drum.SNARE, Drum.LOW_TOM, Drum.MID_TOM, Drum.HIGH_TOM})),
    ("kick", frozenset({Drum.KICK})),
)
BASS_ROWS = 6
MARGIN = 7  # columns before the roll


@dataclass(frozen=True, slots=True)
class Ink:
    """What a roll is drawn with."""

    hit: str = "●"
    onset: str = "█"
    held: str = "━"
    empty: str = "·"
    cursor: str = "▼"


PLAIN = Ink("x", "#", "=", ".", "v")


def pianoroll(loop: Loop, phase: int | None, columns: int, ink: Ink) -> list[str]:
    """Return the lines of a loop, `columns` characters to its eight bars.

    `phase` is the tick of the loop that plays now, None while nothing does.
    """
    lines = [ruler(phase, columns, ink)]
    drums = loop.of(Part.DRUMS)
    for name, kinds in DRUM_ROWS:
        hits = [n for n in drums if DRUM_IN.get(n.pitch) in kinds]
        lines.append(row(name, marks(hits, columns, ink.hit), columns, ink))
    return lines + bass_lines(loop.of(Part.BASS), columns, ink)


def ruler(phase: int | None, columns: int, ink: Ink) -> str:
    """Return the line of bar numbers, with the cursor where the loop is."""
    line = ["".ljust(columns // BARS_PER_LOOP - 1).join(str(b) for b in range(1, 9))]
    cells = list(line[0].ljust(columns))
    if phase is not None:
        cells[column(phase, columns)] = ink.cursor
    return " " * MARGIN + "".join(cells).rstrip()


def column(tick: int, columns: int) -> int:
    """Return the column that a tick of the loop is drawn in."""
    return tick * columns // LOOP_TICKS


def marks(notes: Iterable[Note], columns: int, sign: str) -> dict[int, str]:
    """Return a sign in the column of every note's onset."""
    return {column(note.tick, columns): sign for note in notes}


def row(name: str, signs: dict[int, str], columns: int, ink: Ink) -> str:
    """Return a named line of signs; a dot where a bar begins and nothing sounds."""
    empty = {column(bar * 96, columns): ink.empty for bar in range(BARS_PER_LOOP)}
    line = "".join(signs.get(c, empty.get(c, " ")) for c in range(columns))
    return f"{name:>{MARGIN - 1}} {line.rstrip()}"


def bass_lines(notes: tuple[Note, ...], columns: int, ink: Ink) -> list[str]:
    """Return the bass, the highest pitches above; neighbours share a row where it is wide."""
    if not notes:
        return [row("bass", {}, columns, ink)]
    pitches = [n.pitch for n in notes]
    low, high = min(pitches), max(pitches)
    each = -(-(high - low + 1) // BASS_ROWS)  # semitones a row
    lines = list[str]()
    for bottom in range(low + (high - low) // each * each, low - 1, -each):
        signs = dict[int, str]()
        for note in (n for n in notes if bottom <= n.pitch < bottom + each):
            first, last = (column(t, columns) for t in (note.tick, note.tick + note.length - 1))
            signs |= dict.fromkeys(range(first + 1, last + 1), ink.held)
            signs[first] = ink.onset
        lines.append(row("bass" if bottom == low else "", signs, columns, ink))
    return lines

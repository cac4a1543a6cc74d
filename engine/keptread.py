"""Kept loops and phrases from the plain tables of a `preset.toml`. Standard library only.

The notes are what counts: they are read exactly, or refused with one PresetError.
"""

from collections import Counter
from typing import TypeVar

from loopwright.engine import fields
from loopwright.engine.duet import LONGEST, Duet
from loopwright.engine.errors import PresetError
from loopwright.engine.fields import Table
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import TEMPO, SavedLoop, SavedPhrase
from loopwright.engine.time import TICKS_PER_BAR

MOST = 4096  # notes, codes or tokens: every step of drums and bass, three times
Some = TypeVar("Some")


def saved_loops(tables: list[Table]) -> tuple[SavedLoop, ...]:
    """Read the kept loops. Raises PresetError where two have one name."""
    loops = tuple(saved_loop(table) for table in tables)
    check_names([saved.name for saved in loops], "loops")
    return loops


def saved_phrases(tables: list[Table]) -> tuple[SavedPhrase, ...]:
    """Read the kept phrases. Raises PresetError where two have one name."""
    phrases = tuple(saved_phrase(table) for table in tables)
    check_names([saved.name for saved in phrases], "phrases")
    return phrases


def check_names(names: list[str], what: str) -> None:
    """Raise PresetError where a name stands twice."""
    for name, times in Counter(names).items():
        if times > 1:
            raise PresetError(f"two {what} are called {name!r}")


def saved_loop(table: Table) -> SavedLoop:
    """Read one kept loop: its notes exactly, and what it was drawn from."""
    name = fields.name(table, "name")
    try:
        loop = Loop(
            notes=notes(table),
            codes=few(fields.wholes(table, "codes"), "codes"),
            model=fields.text(table, "model", ""),
            key=fields.key(table, "key"),
        )
    except (PresetError, ValueError) as trouble:
        raise PresetError(f"loop {name}: {trouble}") from None
    return SavedLoop(name, loop, fields.number(table, "tempo", 20, 400, TEMPO))


def saved_phrase(table: Table) -> SavedPhrase:
    """Read one kept phrase: what was played and what answered it, exactly."""
    name = fields.name(table, "name")
    try:
        end = fields.whole(table, "end", 0, LONGEST * TICKS_PER_BAR)
        duet = Duet(
            notes=notes(table),
            start=fields.whole(table, "start", 0, end),
            end=end,
            key=fields.key(table, "key"),
            style=fields.text(table, "style", ""),
            tokens=few(fields.wholes(table, "tokens"), "tokens"),
            model=fields.text(table, "model", ""),
        )
        if any(note.part is not Part.MELODY for note in duet.notes):
            raise PresetError("its notes are of the melody alone")
    except (PresetError, ValueError) as trouble:
        raise PresetError(f"phrase {name}: {trouble}") from None
    return SavedPhrase(name, duet, fields.number(table, "tempo", 20, 400, TEMPO))


def notes(table: Table) -> tuple[Note, ...]:
    """Read notes, in order of time whatever theirs is."""
    return tuple(sorted(note(row) for row in few(fields.rows(table, "notes"), "notes")))


def few(found: list[Some], what: str) -> tuple[Some, ...]:
    """Return what was found. Raises PresetError where it is more than anybody plays."""
    if len(found) > MOST:
        raise PresetError(f"more than {MOST} {what} are too many to play")
    return tuple(found)


def note(row: list[object]) -> Note:
    """Read [tick, length, pitch, velocity, part]."""
    match row:
        case [int(tick), int(length), int(pitch), int(velocity), str(part)] if (
            not any(isinstance(value, bool) for value in row)
            and 0 <= pitch <= 127
            and 1 <= velocity <= 127
            and part in set(Part)
        ):
            return Note(tick, length, pitch, velocity, Part(part))
        case _:
            raise PresetError(
                f"{fields.shown(row)} is not a note: [tick, length, pitch, velocity, part]"
            )

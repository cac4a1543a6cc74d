"""The melody paper's languages as tables for a sidecar, and back: names of tokens, and merges."""

from typing import cast

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import Table
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remitokens import RemiTable

PITCHES, REMI = "pitch strings", "remi"
MOST, LONGEST = 1 << 14, 64  # names, or merges; characters of a name


def table_of(language: PitchStrings | RemiLanguage) -> dict[str, object]:
    """Return the table that a sidecar names a language by."""
    if isinstance(language, PitchStrings):
        return {"kind": PITCHES, "names": list(language.names)}
    merges = [list(pair) for pair in language.table.merges]
    return {"kind": REMI, "names": list(language.table.names), "merges": merges}


def pitch_strings_of(table: Table) -> PitchStrings:
    """Return the pitch strings of a table. Raises PresetError."""
    try:
        return PitchStrings(names_of(table))
    except ValueError as trouble:
        raise PresetError(f"the model's pitch strings cannot be read: {trouble}") from trouble


def remi_of(table: Table) -> RemiLanguage:
    """Return the REMI tokens of a table. Raises PresetError."""
    try:
        return RemiLanguage(RemiTable(names_of(table), merges_of(table)))
    except (ValueError, ZeroDivisionError) as trouble:
        raise PresetError(f"the model's REMI tokens cannot be read: {trouble}") from trouble


def names_of(table: Table) -> list[str]:
    """Return the names of a table's tokens. Raises ValueError."""
    names = listed(table, "names")
    if not all(isinstance(name, str) and len(name) <= LONGEST for name in names):
        raise ValueError("a name is no short text")
    return cast(list[str], names)


def merges_of(table: Table) -> list[tuple[int, int]]:
    """Return the pairs that a table merges. Raises ValueError."""
    return [pair_of(held) for held in listed(table, "merges")]


def pair_of(held: object) -> tuple[int, int]:
    """Return two tokens. Raises ValueError."""
    match held:
        case [int(first), int(second)]:
            return first, second
        case _:
            raise ValueError("a merge is no pair of tokens")


def listed(table: Table, field: str) -> list[object]:
    """Return a list. Raises ValueError."""
    held = table.get(field)
    if not isinstance(held, list) or len(cast(list[object], held)) > MOST:
        raise ValueError(f"{field} is no list, or too long")
    return cast(list[object], held)

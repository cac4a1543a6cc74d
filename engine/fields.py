"""Fields of plain tables (TOML, JSON), each read with its kind and range, or refused.

Every function raises PresetError with one sentence that names the field. Standard library only.
"""

import re
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import cast

from loopwright.engine.errors import LoopwrightError, PresetError
from loopwright.engine.keys import Key, parse_key

Table = Mapping[str, object]

LONGEST_NAME = 64  # letters
NAME_RULE = (
    f"is no name: letters, digits, blanks and _ . - only, {LONGEST_NAME} at most, "
    "a letter or digit first, no blank or dot last"
)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}[A-Za-z0-9_-]|[A-Za-z0-9]")
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST, LONGEST_PATH = 4000, 200  # characters of a text, bytes of a path
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
RESERVED_RULE = "is no name: Windows keeps it for a device"
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 80


def text(table: Table, field: str, default: str | None = None) -> str:
    """Return a string."""
    value = table.get(field, default)
    if not isinstance(value, str):
        raise PresetError(f"{field}: {_missing_or(table, field)} a text is needed")
    if len(value) > LONGEST:
        raise PresetError(f"{field} is longer than {LONGEST} characters")
    return value


def name(table: Table, field: str) -> str:
    """Return a string that can also be a file's name on every system."""
    value = text(table, field)
    if not is_name(value):
        raise PresetError(f"{field} {shown(value)} {no_name(value)}")
    return value


def is_name(value: str) -> bool:
    """Say whether a string can be a preset's name, and so a file's on every system."""
    return bool(NAME.fullmatch(value)) and not RESERVED.fullmatch(value)


def no_name(value: str) -> str:
    """Return why a string is no name, where `is_name` says so."""
    return RESERVED_RULE if RESERVED.fullmatch(value) else NAME_RULE


def number(
    table: Table, field: str, low: float, high: float, default: float | None = None
) -> float:
    """Return a number within `low`..`high`."""
    value = table.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PresetError(f"{field}: {_missing_or(table, field)} a number is needed")
    if not low <= value <= high:
        raise PresetError(f"{field} {shown(value)} is outside {low:g}-{high:g}")
    return float(value)


def whole(table: Table, field: str, low: int, high: int, default: int | None = None) -> int:
    """Return a whole number within `low`..`high`."""
    value = table.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PresetError(f"{field}: {_missing_or(table, field)} a whole number is needed")
    if not low <= value <= high:
        raise PresetError(f"{field} {shown(value)} is outside {low}-{high}")
    return value


def key(table: Table, field: str) -> Key | None:
    """Return a musical key, None where the field is missing or empty."""
    value = text(table, field, "")
    try:
        return parse_key(value) if value else None
    except LoopwrightError as trouble:
        raise PresetError(f"{field}: {trouble}") from None


def sha256(table: Table, field: str) -> str:
    """Return a SHA-256 in small hexadecimal digits."""
    value = text(table, field)
    if not SHA256.fullmatch(value):
        raise PresetError(f"{field}: {shown(value)} is not a SHA-256")
    return value


def table(parent: Table, field: str) -> Table:
    """Return the table under `field`, an empty one where it is missing."""
    value = parent.get(field, {})
    if not isinstance(value, Mapping):
        raise PresetError(f"{field}: a table is needed")
    return cast(Table, value)


def tables(parent: Table, field: str) -> Iterator[tuple[str, Table]]:
    """Yield the tables under the table `field`, with their names."""
    inner = table(parent, field)
    for title in inner:
        yield title, table(inner, title)


def array(parent: Table, field: str) -> list[Table]:
    """Return the tables of an array of tables, none where it is missing."""
    value = parent.get(field, [])
    if not isinstance(value, list) or not all(
        isinstance(v, Mapping) for v in cast(list[object], value)
    ):
        raise PresetError(f"{field}: an array of tables is needed")
    return cast(list[Table], value)


def rows(parent: Table, field: str) -> list[list[object]]:
    """Return an array of arrays."""
    value = parent.get(field)
    if not isinstance(value, list) or not all(
        isinstance(v, list) for v in cast(list[object], value)
    ):
        raise PresetError(f"{field}: an array of arrays is needed")
    return cast(list[list[object]], value)


def wholes(parent: Table, field: str) -> list[int]:
    """Return an array of whole numbers of 0 and more, none where it is missing."""
    value = parent.get(field, [])
    if not isinstance(value, list) or not all(
        isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in cast(list[object], value)
    ):
        raise PresetError(f"{field}: an array of whole numbers is needed")
    return cast(list[int], value)


def check_path(path: str) -> None:
    """Raise PresetError unless `path` is relative, written with /, and stays in its folder."""
    if not path.isprintable() or len(path.encode()) > LONGEST_PATH:
        raise PresetError(f"{shown(path)} is no name that every system can have")
    pieces = PurePosixPath(path).parts
    bad = not pieces or path.startswith("/") or ".." in pieces or "\\" in path or ":" in path
    if bad or "/".join(pieces) != path:
        raise PresetError(f"{shown(path)} does not name a file inside the preset")


def shown(value: object) -> str:
    """Return a value as it can stand in one line, however large and whatever is in it."""
    try:
        return SHORT.repr(value)
    except ValueError:  # Python refuses to write down numbers of more than some thousand digits
        return "a huge number"


def _missing_or(table: Table, field: str) -> str:
    return f"{shown(table[field])} will not do," if field in table else "it is missing,"

"""Protocol buffers taken apart, strictly: what a stranger wrote is refused rather than guessed at.

Only what ONNX needs: numbers and byte strings by field number. Groups, which nobody writes any
more, fields of an unexpected kind and a field twice where one belongs are refused, so that no other
reader can see something else in the same bytes. Nothing is copied, and no more than `MOST` fields
are read.
Source: protobuf.dev, "Encoding". Standard library only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from loopwright.engine.errors import PresetError

MOST = 400_000  # fields of one file, all messages together
LONGEST = 10  # bytes of a number

Held = int | memoryview
Message = Mapping[str, tuple[Held, ...]]


class Kind(IntEnum):
    """How a field is written, by the number that stands for it: its wire type."""

    NUMBER = 0
    DOUBLE = 1
    BYTES = 2
    FLOAT = 5


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: what it is called, how it is written, whether it may come again.

    `packed` numbers come one by one or many in bytes.
    """

    name: str
    kind: Kind
    again: bool = False
    packed: bool = False


Fields = Mapping[int, Field]
WIDTHS: dict[int, int] = {Kind.DOUBLE: 8, Kind.FLOAT: 4}  # bytes


def read(content: memoryview, fields: Fields, left: Iterator[int]) -> Message:
    """Return the fields of a message by name, those that are missing as ().

    `left` runs out with the number of fields that may still be read. Raises PresetError.
    """
    found: dict[str, list[Held]] = {field.name: [] for field in fields.values()}
    for number, wire, value in pieces(content, left):
        field = fields.get(number)
        if field is None:
            raise PresetError(f"it has a field {number} that is not known here")
        values = found[field.name]
        if wire != field.kind and not (field.packed and wire == Kind.BYTES):
            raise PresetError(f"{field.name} is written as something else")
        if values and not field.again:
            raise PresetError(f"{field.name} is there twice")
        values.append(value)
    return {name: tuple(values) for name, values in found.items()}


def pieces(content: memoryview, left: Iterator[int]) -> Iterator[tuple[int, int, Held]]:
    """Yield field number, wire type and value, in the order of the file. Raises PresetError."""
    at = 0
    while at < len(content):
        if next(left, None) is None:
            raise PresetError(f"it has more than {MOST} fields")
        tag, at = varint(content, at)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise PresetError("a field has no number")
        if wire == Kind.NUMBER:
            value, at = varint(content, at)
        else:
            value, at = run(content, at, wire)
        yield number, wire, value


def run(content: memoryview, at: int, wire: int) -> tuple[memoryview, int]:
    """Return the bytes of a field, and where the next one begins. Raises PresetError."""
    if wire == Kind.BYTES:
        size, at = varint(content, at)
    elif wire in WIDTHS:
        size = WIDTHS[wire]
    else:
        raise PresetError(f"wire type {wire} is not read here")
    if size > len(content) - at:
        raise PresetError("it ends too early")
    return content[at : at + size], at + size


def varint(content: memoryview, at: int) -> tuple[int, int]:
    """Return the number that begins at a byte, and where the next field begins.

    Raises PresetError.
    """
    value = 0
    for shift, byte in enumerate(content[at : at + LONGEST]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value & (1 << 64) - 1, at + shift + 1
    raise PresetError(
        "it ends too early" if len(content) - at < LONGEST else "a number is too long"
    )


def text(message: Message, name: str) -> str:
    """Return a string, empty where it is missing. Raises PresetError."""
    values = message[name]
    if not values:
        return ""
    try:
        return bytes_of(values[0]).decode("utf-8")
    except UnicodeDecodeError:
        raise PresetError(f"{name} is no text") from None


def number(message: Message, name: str) -> int:
    """Return a number, 0 where it is missing."""
    values = message[name]
    return values[0] if values and isinstance(values[0], int) else 0


def numbers(message: Message, name: str) -> list[int]:
    """Return all whole numbers of a field, packed or not. Raises PresetError."""
    found: list[int] = []
    for value in message[name]:
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            one, at = varint(value, at)
            found.append(one)
    return found


def messages(message: Message, name: str) -> Iterator[memoryview]:
    """Yield the messages of a field."""
    for value in message[name]:
        if not isinstance(value, int):
            yield value


def size(message: Message, name: str) -> int:
    """Return how many bytes a field's values take."""
    return sum(1 if isinstance(value, int) else len(value) for value in message[name])


def bytes_of(value: Held) -> bytes:
    """Return a value as bytes."""
    return b"" if isinstance(value, int) else bytes(value)

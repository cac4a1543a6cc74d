"""Frozen values from JSON, by the types that their fields are declared with.

What does not fit its type is refused: a log is read by another program than wrote it.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from loopwright.engine.encode import Plain
from loopwright.engine.errors import LogError
from loopwright.engine.notes import Note

T = TypeVar("T")
SHOWN = 60  # characters of a value that is refused
LARGEST = 1 << 1000  # whole numbers from here on are hardly seconds, and hardly a float
Reader = Callable[[Plain], object]


def decode(kind: type[T], plain: Plain) -> T:
    """Return the value of type `kind` that `encode` made `plain` of. Raises LogError."""
    return cast(T, reader_of(kind)(plain))


@cache
def reader_of(kind: object) -> Reader:
    """Return what reads a value of type `kind`."""
    if isinstance(kind, NewType):
        return reader_of(kind.__supertype__)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return reader_of_optional(kind)
    if origin is tuple:
        return reader_of_tuple(get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        return reader_of_mapping(*get_args(kind))
    return reader_of_class(cast("type[object]", kind))


def reader_of_class(kind: type[object]) -> Reader:
    """Return what reads a value of a class."""
    if kind is bytes:
        return checked(str, bytes.fromhex)
    if kind is float:
        return read_float
    if issubclass(kind, Enum):
        return checked(str if issubclass(kind, str) else int, cast(Callable[..., object], kind))
    if is_dataclass(kind):
        return reader_of_dataclass(cast("type[object]", kind))
    return checked(kind, cast(Callable[..., object], kind))


def checked(kind: type[object], make: Callable[..., object]) -> Reader:
    """Return what reads plain values of `kind` alone, and makes something of them."""

    def read(plain: Plain) -> object:
        if type(plain) is not kind:
            raise LogError(f"{shown(plain)} is no {kind.__name__}")
        try:
            return make(plain)
        except ValueError:
            raise LogError(f"{shown(plain)} cannot be read") from None

    return read


def read_float(plain: Plain) -> float:
    """Return a number, whole where a whole one was written down. Raises LogError."""
    if type(plain) is float or (type(plain) is int and abs(plain) < LARGEST):
        return plain
    if plain in ("inf", "-inf", "nan"):
        return float(cast(str, plain))
    raise LogError(f"{shown(plain)} is no number")


def reader_of_optional(kind: object) -> Reader:
    """Return what reads a value of a class, or None."""
    (only,) = (one for one in get_args(kind) if one is not types.NoneType)
    read = reader_of(only)
    return lambda plain: None if plain is None else read(plain)


def reader_of_tuple(kinds: tuple[object, ...]) -> Reader:
    """Return what reads a tuple: as many values of one type as there are, or one of each."""
    readers = [reader_of(kind) for kind in kinds if kind is not Ellipsis]
    each = readers[0] if kinds[-1] is Ellipsis else None

    def read(plain: Plain) -> tuple[object, ...]:
        if not isinstance(plain, list):
            raise LogError(f"{shown(plain)} is no list")
        found = cast(list[Plain], plain)
        if each is not None:
            return tuple(each(one) for one in found)
        if len(found) != len(readers):
            raise LogError(f"{len(found)} values stand where {len(readers)} belong")
        return tuple(one(value) for one, value in zip(readers, found, strict=True))

    return read


def reader_of_mapping(key: object, value: object) -> Reader:
    """Return what reads a mapping, in its order."""
    read_key, read_value = reader_of(key), reader_of(value)
    whole = isinstance(key, type) and issubclass(key, int)

    def read(plain: Plain) -> dict[object, object]:
        pairs = table(plain).items()
        return {read_key(number(name) if whole else name): read_value(v) for name, v in pairs}

    return read


def number(text: str) -> int:
    """Return the whole number that a key of an object stands for. Raises LogError."""
    try:
        return int(text)
    except ValueError:
        raise LogError(f"{shown(text)} is no number") from None


def table(plain: Plain) -> dict[str, Plain]:
    """Return an object as it is. Raises LogError for anything else."""
    if not isinstance(plain, dict):
        raise LogError(f"{shown(plain)} is no object")
    return cast(dict[str, Plain], plain)


def reader_of_dataclass(kind: type[object]) -> Reader:
    """Return what reads a dataclass; fields that it does not have are refused."""
    hints = get_type_hints(kind)
    readers = {name: reader_of(hint) for name, hint in hints.items()}
    row, make = kind is Note, cast(Callable[..., object], kind)

    def read(plain: Plain) -> object:
        told = named(readers, plain) if row else table(plain)
        strange = [name for name in told if name not in readers]
        if strange:
            raise LogError(f"{kind.__name__} has no field {shown(strange[0])} here")
        try:
            return make(**{name: readers[name](value) for name, value in told.items()})
        except (TypeError, ValueError) as error:
            raise LogError(f"{kind.__name__}: {error}") from None

    return read


def named(readers: Mapping[str, Reader], plain: Plain) -> dict[str, Plain]:
    """Return the fields of an array that stands for a note. Raises LogError."""
    found = cast(list[Plain], plain) if isinstance(plain, list) else []
    if len(found) != len(readers):
        raise LogError(f"{shown(cast(Plain, plain))} is no note")
    return dict(zip(readers, found, strict=True))


def shown(plain: Plain) -> str:
    """Return a value for a complaint, short whatever it is."""
    text = repr(plain)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."

"""Frozen values as JSON has them; `decode` reads them back.

Dataclasses are objects of the fields that differ from their defaults (notes, of which there are
many, are arrays); bytes are hexadecimal digits; numbers stay what they are, to the last bit.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, cast

from loopwright.engine.notes import Note

if TYPE_CHECKING:
    from dataclasses import Field

Plain = object  # what json.dumps takes and json.loads gives


def encode(value: object) -> Plain:
    """Return a value as JSON has it. Raises TypeError for what is no plain frozen value."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else repr(value)
    if isinstance(value, bytes):
        return value.hex()
    return encode_many(value)


def encode_many(value: object) -> Plain:
    """Return a value that holds others as JSON has it."""
    if isinstance(value, Note):
        return [encode(getattr(value, f.name)) for f in fields(value)]
    if is_dataclass(value) and not isinstance(value, type):
        told = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: encode(v) for f, v in told if not is_default(f, v)}
    if isinstance(value, tuple):
        return [encode(one) for one in cast(tuple[object, ...], value)]
    if isinstance(value, frozenset):
        return [encode(one) for one in sorted(cast(frozenset[int], value))]
    if isinstance(value, Mapping):
        told = cast(Mapping[object, object], value)
        return {str(encode(key)): encode(one) for key, one in told.items()}
    raise TypeError(f"{type(value).__name__} cannot be written down")


def is_default(field: "Field[object]", value: object) -> bool:
    """Say whether a field of a dataclass holds its own default, to the last bit."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return default is not MISSING and repr(default) == repr(value)

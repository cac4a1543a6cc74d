"""Settings as plain values, for JSON and for model files."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import cast


def plain(value: object) -> object:
    """Return a settings dataclass, and what is in it, as plain values that JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(v) for v in cast(tuple[object, ...], value)]
    return value

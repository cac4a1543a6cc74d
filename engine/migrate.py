"""Older presets brought to this schema, version by version. Standard library only.

A migration is a function from a document of version N to one of N + 1. It works on plain tables and
on TOML documents alike, by the methods that both have, and leaves alone what it does not know. It
changes the document that it is given: `migrated` hands it a copy. What has the wrong kind stays as
it is, for reading to refuse.
"""

from collections.abc import Callable, Mapping, MutableMapping
from copy import deepcopy
from typing import TypeVar, cast

from loopwright.engine import fields
from loopwright.engine.errors import PresetError
from loopwright.engine.preset import SCHEMA

Document = MutableMapping[str, object]
Some = TypeVar("Some", bound=Mapping[str, object])


def licences_apart(document: Document) -> None:
    """1 -> 2: what `terms` said of a model is said of its weights, apart from code and data."""
    for model in tables_in(document.get("models")):
        licences = model.get("licences", {})
        if "terms" in model and isinstance(licences, Mapping):
            model["licences"] = {"weights": model.pop("terms"), **cast(Document, licences)}


MIGRATIONS: dict[int, Callable[[Document], None]] = {1: licences_apart}
"""What leads on from a version."""


def migrated(document: Some) -> Some:
    """Return a document in this schema: itself, or a copy. Raises PresetError for other schemas."""
    version = document.get("schema")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA:
        raise PresetError(
            f"preset schema {fields.shown(version)} is unknown: this Loopwright reads 1 to {SCHEMA}"
        )
    if version == SCHEMA:
        return document
    copy = cast(Document, deepcopy(document))
    for step in range(version, SCHEMA):
        MIGRATIONS[step](copy)
    copy["schema"] = SCHEMA
    return cast(Some, copy)


def tables_in(tables: object) -> list[Document]:
    """Return the tables inside a table, none where it is something else."""
    if not isinstance(tables, Mapping):
        return []
    inner = cast(Mapping[str, object], tables).values()
    return [cast(Document, table) for table in inner if isinstance(table, MutableMapping)]

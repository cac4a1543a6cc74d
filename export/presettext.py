"""The text of a `preset.toml`, made and changed so that whatever others wrote into it stays.

A kept loop or phrase is written at the end of the text. Other changes go through tomlkit, which
keeps comments, order and unknown fields, and takes some ten times as long as reading.
"""

from collections.abc import Callable, MutableSequence
from typing import TYPE_CHECKING, cast

from loopwright.engine.errors import PresetError
from loopwright.engine.migrate import migrated
from loopwright.engine.notes import Note
from loopwright.engine.preset import SCHEMA, ModelRef, Preset, SavedLoop, SavedPhrase

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Array, Table


def text_of(preset: Preset) -> str:
    """Return the text of a preset, without what was kept."""
    tables: dict[str, object] = {"schema": SCHEMA, "name": preset.name, "tempo": preset.tempo}
    if preset.says:
        tables["description"] = preset.says
    if preset.key is not None:
        tables["key"] = str(preset.key)
    if preset.seed is not None:
        tables["seed"] = preset.seed
    tables["bass"] = {"low": preset.low, "high": preset.high}
    tables["parameters"] = dict(preset.parameters)
    tables["channels"] = {part.value: number for part, number in preset.channels.items()}
    tables["drums"] = {drum.name.lower(): note for drum, note in preset.drum_map.items()}
    tables["models"] = {model.name: model_table(model) for model in preset.models}
    import tomlkit  # noqa: PLC0415 - it takes as long to load as all the rest of a jam's app

    return tomlkit.dumps(tables)


def model_table(model: ModelRef) -> dict[str, object]:
    """Return the plain table of a model."""
    said = model.licences
    licences = {"code": said.code, "weights": said.weights, "data": said.data}
    table: dict[str, object] = {"sidecar": model.sidecar}
    if model.origin:
        table["from"] = model.origin
    table["licences"] = {name: text for name, text in licences.items() if text}
    return table | {"sha256": dict(model.hashes)}


def loop_table(saved: SavedLoop) -> dict[str, object]:
    """Return a kept loop as the plain table that is read back."""
    loop = saved.loop
    table: dict[str, object] = {"name": saved.name, "tempo": saved.tempo}
    if loop.key is not None:
        table["key"] = str(loop.key)
    if loop.codes:
        table |= {"model": loop.model, "codes": list(loop.codes)}
    return table | {"notes": [row_of(note) for note in loop.notes]}


def phrase_table(saved: SavedPhrase) -> dict[str, object]:
    """Return a kept phrase as the plain table that is read back."""
    duet = saved.duet
    table: dict[str, object] = {"name": saved.name, "tempo": saved.tempo}
    table |= {"start": duet.start, "end": duet.end}
    if duet.key is not None:
        table["key"] = str(duet.key)
    if duet.style:
        table["style"] = duet.style
    if duet.tokens:
        table |= {"model": duet.model, "tokens": list(duet.tokens)}
    return table | {"notes": [row_of(note) for note in duet.notes]}


def row_of(note: Note) -> list[object]:
    """Return a note as [tick, length, pitch, velocity, part]."""
    return [note.tick, note.length, note.pitch, note.velocity, note.part.value]


def with_kept(text: str, saved: SavedLoop | SavedPhrase, *, inside: bool = False) -> str:
    """Return the text with one more kept loop or phrase.

    It comes at the end, a note a line; `inside`, where those before are written loops = [{...}].
    """
    if isinstance(saved, SavedLoop):
        field, table = "loops", loop_table(saved)
    else:
        field, table = "phrases", phrase_table(saved)
    return inserted(text, field, table) if inside else appended(text, field, table)


def appended(text: str, field: str, plain: dict[str, object]) -> str:
    """Return the text with a table of an array at its end."""
    import tomlkit  # noqa: PLC0415 - as above

    gap = "" if text.endswith("\n") else "\n"
    table = tomlkit.table()
    for name, value in plain.items():
        table[name] = value
    cast("Array", table["notes"]).multiline(multiline=True)
    array = tomlkit.aot()
    array.append(table)
    return f"{text}{gap}\n{tomlkit.dumps({field: array})}"


def inserted(text: str, field: str, plain: dict[str, object]) -> str:
    """Return the text with a table more in an array that is written on one line."""

    def add(document: "TOMLDocument") -> None:
        array = cast(object, document[field])
        if isinstance(array, MutableSequence):
            cast(MutableSequence[object], array).append(plain)

    return changed(text, add)


def renamed(text: str, name: str) -> str:
    """Return the text of a preset under another name."""

    def rename(document: "TOMLDocument") -> None:
        document["name"] = name

    return changed(text, rename)


def with_origin(text: str, model: str, origin: str) -> str:
    """Return the text of a preset that names where its model comes from."""

    def name_it(document: "TOMLDocument") -> None:
        cast("Table", cast("Table", document["models"])[model])["from"] = origin

    return changed(text, name_it)


def changed(text: str, change: Callable[["TOMLDocument"], None]) -> str:
    """Return the text after a change to it, in the schema of today. Raises PresetError."""
    import tomlkit  # noqa: PLC0415 - as above
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    try:
        document = migrated(tomlkit.parse(text))
        change(document)
        return document.as_string()
    except (TOMLKitError, ValueError, TypeError, LookupError, RecursionError) as trouble:
        raise PresetError(f"it is TOML that cannot be edited: {trouble}") from None

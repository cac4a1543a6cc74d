"""A preset's folder: `preset.toml` read, changed and written, and its files held to their hashes.

TOML goes through tomlkit, so that comments and fields of others survive; writing replaces the whole
file at once, so that a crash leaves the old one or the new one, never half of either.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from loopwright.engine.errors import PresetError
from loopwright.engine.preset import (
    SCHEMA,
    ModelRef,
    Preset,
    SavedLoop,
    loop_table,
    parse_preset,
)

FILE = "preset.toml"
CARD = "MODEL_CARD.md"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PresetFolder:
    """A preset that was opened: where it lies, its TOML as written, and what that says."""

    folder: Path
    document: TOMLDocument
    preset: Preset

    def path(self, model: str) -> Path:
        """Return where the sidecar of a model lies. Raises PresetError."""
        return self.folder / self.preset.model(model).sidecar


def is_preset(folder: Path) -> bool:
    """Say whether a folder holds a preset. Reads the disk."""
    return os.path.isfile(folder / FILE)  # says no, where Path.is_file raises


def read_folder(folder: Path) -> PresetFolder:
    """Open the preset of a folder, its models' hashes unchecked. Raises PresetError."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise PresetError(f"{folder / FILE} cannot be read: {_reason(trouble)}") from None
    return parse_text(folder, text)


def parse_text(folder: Path, text: str) -> PresetFolder:
    """Return the preset that the TOML `text` of `folder` describes. Raises PresetError."""
    try:
        document = tomlkit.parse(text)
        table = cast(Mapping[str, object], document.unwrap())
    except (TOMLKitError, ValueError) as trouble:
        raise PresetError(f"{folder / FILE} is not TOML: {_reason(trouble)}") from None
    try:
        return PresetFolder(folder, document, parse_preset(table))
    except PresetError as trouble:
        raise PresetError(f"{folder}: {trouble}") from None


def verify(opened: PresetFolder) -> None:
    """Hold every file of every model to its hash. Raises PresetError at the first that fails."""
    for model in opened.preset.models:
        for path, wanted in model.hashes.items():
            file = opened.folder / path
            if not file.is_file():
                raise PresetError(f"preset {opened.preset.name}: {path} is missing ({file})")
            if hash_of(file) != wanted:
                raise PresetError(
                    f"preset {opened.preset.name}: {path} is not the file that its hash names"
                )


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises PresetError."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
    except OSError as trouble:
        raise PresetError(f"{path} cannot be read: {_reason(trouble)}") from None
    return found.hexdigest()


def create(folder: Path, preset: Preset) -> PresetFolder:
    """Write the `preset.toml` of a new preset beside its models. Raises PresetError.

    The models' files lie in `folder` already; an older `preset.toml` there is refused.
    """
    if is_preset(folder):
        raise PresetError(f"{folder / FILE} exists already")
    document = tomlkit.parse(tomlkit.dumps(document_of(preset)))
    opened = PresetFolder(folder, document, preset)
    write(opened)
    return opened


def document_of(preset: Preset) -> dict[str, object]:
    """Return the plain tables of a preset without loops: `parse_preset` reads them back."""
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
    return tables


def model_table(model: ModelRef) -> dict[str, object]:
    """Return the plain table of a model."""
    return {"sidecar": model.sidecar, "terms": model.terms, "sha256": dict(model.hashes)}


def model_ref(folder: Path, name: str, sidecar: str, others: list[str], terms: str) -> ModelRef:
    """Return the reference to a model whose files lie in `folder`, with their hashes."""
    hashes = {path: hash_of(folder / path) for path in [sidecar, *others]}
    return ModelRef(name, sidecar, hashes, terms)


def with_loop(opened: PresetFolder, saved: SavedLoop) -> PresetFolder:
    """Return the preset with one more kept loop; nothing is written yet."""
    document = tomlkit.parse(opened.document.as_string())
    loops = cast(object, document.get("loops"))
    if isinstance(loops, Array):  # somebody wrote loops = [{...}]
        loops.append(loop_table(saved))
    elif isinstance(loops, AoT):
        loops.append(toml_loop(saved))
    else:
        document["loops"] = tomlkit.aot()
        document["loops"].append(toml_loop(saved))
    return PresetFolder(
        opened.folder,
        document,
        replace(opened.preset, loops=(*opened.preset.loops, saved)),
    )


def toml_loop(saved: SavedLoop) -> Table:
    """Return a kept loop as TOML, one note a line."""
    table = tomlkit.table()
    for field, value in loop_table(saved).items():
        table[field] = value
    notes = cast(Array, table["notes"])
    notes.multiline(multiline=True)
    return table


def write(opened: PresetFolder) -> None:
    """Write `preset.toml`, replacing it whole. Raises PresetError."""
    write_file(opened.folder / FILE, opened.document.as_string().encode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises PresetError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as trouble:
        raise PresetError(f"{path} cannot be written: {_reason(trouble)}") from None


def _reason(trouble: Exception) -> str:
    return (trouble.strerror if isinstance(trouble, OSError) else None) or str(trouble)

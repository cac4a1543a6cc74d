"""A preset's folder: `preset.toml` read, changed and written, and its files held to their hashes.

Writing replaces the whole file at once, so that a crash leaves the old one or the new one, never
half of either. What a stranger wrote may be long, deep or no text at all; it is refused in a line.
"""

import hashlib
import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import Table
from loopwright.engine.preset import Licences, ModelRef, Preset, SavedLoop, SavedPhrase
from loopwright.engine.presetread import parse_preset
from loopwright.engine.unreadable import reason
from loopwright.export import presettext
from loopwright.export.reading import read_at_most

FILE = "preset.toml"
CARD = "MODEL_CARD.md"
LARGEST_TOML = 4 * 1024 * 1024  # bytes; some four hundred kept loops
BLOCK = 1 << 20
SEGMENT = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
WINDING = re.compile(rf"(?:^|[{{,\[])[ \t]*(?:{SEGMENT}){{100}}", re.MULTILINE)
"""A key of a hundred words and more: the parser's time grows with their square."""


@dataclass(frozen=True, slots=True)
class PresetFolder:
    """A preset that was opened: where it lies, its TOML as written, and what that says."""

    folder: Path
    text: str
    preset: Preset


def is_preset(folder: Path) -> bool:
    """Say whether a folder holds a preset. Reads the disk."""
    return os.path.isfile(folder / FILE)  # says no, where Path.is_file raises


def read_folder(folder: Path) -> PresetFolder:
    """Open the preset of a folder, its models' hashes unchecked. Raises PresetError."""
    try:
        text = read_at_most(folder / FILE, LARGEST_TOML).decode("utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise PresetError(f"{folder / FILE} cannot be read: {reason(trouble)}") from None
    return parse_text(folder, text)


def parse_text(folder: Path, text: str) -> PresetFolder:
    """Return the preset that the TOML `text` of `folder` describes. Raises PresetError."""
    table = parse_toml(text, str(folder / FILE))
    try:
        return PresetFolder(folder, text, parse_preset(table))
    except PresetError as trouble:
        raise PresetError(f"{folder}: {trouble}") from None


def parse_toml(text: str, name: str) -> Table:
    """Return the tables of a text, called `name` where it is refused. Raises PresetError."""
    if WINDING.search(text):
        raise PresetError(f"{name} is not TOML that is read here: a key of too many words")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise PresetError(f"{name} is not TOML: {reason(trouble)}") from None


def verify(opened: PresetFolder) -> None:
    """Hold every file of every model to its hash. Raises PresetError at the first that fails.

    A model with an origin may lie elsewhere: what is not here is passed over.
    """
    for model in opened.preset.models:
        for path, wanted in model.hashes.items():
            try:
                verify_file(opened.folder, path, wanted, wanted_here=not model.origin)
            except PresetError as trouble:
                raise PresetError(f"preset {opened.preset.name}: {trouble}") from None


def verify_file(folder: Path, path: str, wanted: str, *, wanted_here: bool = True) -> None:
    """Hold one file to its hash. Raises PresetError."""
    file = folder / path
    if not file.is_file():
        if wanted_here:
            raise PresetError(f"{path} is missing")
        return
    check_inside(folder, path)
    if hash_of(file) != wanted:
        raise PresetError(f"{path} is not the file that its hash names")


def check_inside(folder: Path, path: str) -> None:
    """Raise PresetError where a file of a preset is a link that leads out of it."""
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise PresetError(f"{path} is a link that leads out of the preset")


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises PresetError."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
    except OSError as trouble:
        raise PresetError(f"{path} cannot be read: {reason(trouble)}") from None
    return found.hexdigest()


def create(folder: Path, preset: Preset) -> PresetFolder:
    """Write the `preset.toml` of a new preset beside its models. Raises PresetError.

    The models' files lie in `folder` already; an older `preset.toml` there is refused.
    """
    if is_preset(folder):
        raise PresetError(f"{folder / FILE} exists already")
    opened = PresetFolder(folder, presettext.text_of(preset), preset)
    write(opened)
    return opened


def model_ref(
    folder: Path, name: str, sidecar: str, others: list[str], licences: Licences
) -> ModelRef:
    """Return the reference to a model whose files lie in `folder`, with their hashes."""
    hashes = {path: hash_of(folder / path) for path in [sidecar, *others]}
    return ModelRef(name, sidecar, hashes, licences)


def with_kept(opened: PresetFolder, saved: SavedLoop | SavedPhrase) -> PresetFolder:
    """Return the preset with one more kept loop or phrase; nothing is written yet.

    Raises PresetError.
    """
    text = presettext.with_kept(opened.text, saved)
    try:
        return parse_text(opened.folder, text)
    except PresetError:  # somebody wrote loops = [{...}], which nothing can follow
        inside = presettext.with_kept(opened.text, saved, inside=True)
        return parse_text(opened.folder, inside)


def write(opened: PresetFolder) -> None:
    """Write `preset.toml`, replacing it whole. Raises PresetError."""
    write_file(opened.folder / FILE, opened.text.encode())


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
        raise PresetError(f"{path} cannot be written: {reason(trouble)}") from None

"""The user's own presets: installed, renamed, removed. Nothing else on the disk is touched."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.fields import is_name, no_name
from loopwright.export import presettext
from loopwright.export.inspection import inspect
from loopwright.export.presetfile import PresetFolder, parse_text, write
from loopwright.export.unpack import read_packed, unpack
from loopwright.live.library import Found, Library, Place, find
from loopwright.live.trial import TRIALS, tried


def install(library: Library, packed: Path, name: str | None) -> PresetFolder:
    """Unpack a `.loopwright` file into the user's folder, its model tried out before.

    `name` is another one to go by. All or nothing. Blocks for seconds. Raises PresetError.
    """

    def prepare(fresh: PresetFolder) -> None:
        trusted(fresh)
        if name:
            write(renamed(fresh, name))

    return unpack(packed, free_folder(library, name or read_packed(packed).preset.name), prepare)


def trusted(opened: PresetFolder) -> None:
    """Raise PresetError unless a preset's files are sound and the models that it brings work."""
    inspect(opened)
    brought = [
        model.name
        for model in opened.preset.models
        if model.name in TRIALS and all((opened.folder / path).is_file() for path in model.hashes)
    ]
    if brought:
        tried(opened.folder, *brought)


def free_folder(library: Library, name: str) -> Path:
    """Return the user's folder for a new preset. Raises SettingError, PresetError."""
    if not is_name(name):
        raise SettingError(f"{name!r} {no_name(name)}")
    folder = library.user / name
    if folder.exists():
        raise PresetError(f"{folder} exists already: choose another name, or remove it first")
    return folder


def own(library: Library, name: str) -> Found:
    """Return a preset of the user's by its name or folder. Raises PresetError."""
    folder = library.user / name
    if is_name(name) and folder.is_dir():
        return Found(name, folder, Place.USER)
    found = find(library, name)
    if found.place is not Place.USER:
        raise PresetError(f"{name} is not yours to change: it is {found.place} ({found.folder})")
    return found


def rename(library: Library, old: str, new: str) -> PresetFolder:
    """Give a preset of the user's another name: its folder's, and the one it says itself.

    Raises SettingError, PresetError.
    """
    found, target = own(library, old), free_folder(library, new)
    content = renamed(found.read(), new)
    try:
        found.folder.rename(target)
    except OSError as trouble:
        raise PresetError(f"{target} cannot be made: {trouble.strerror}") from None
    moved = replace(content, folder=target)
    write(moved)
    return moved


def renamed(content: PresetFolder, name: str) -> PresetFolder:
    """Return a preset under another name; nothing is written yet. Raises PresetError."""
    return parse_text(content.folder, presettext.renamed(content.text, name))


def remove(found: Found) -> None:
    """Take a preset away, whole: it goes out of the way first, so that none is left half.

    Raises PresetError.
    """
    try:
        if found.folder.is_symlink():
            found.folder.unlink()
            return
        with tempfile.TemporaryDirectory(dir=found.folder.parent, prefix=".") as away:
            found.folder.rename(Path(away) / "removed")
            shutil.rmtree(Path(away) / "removed")
    except OSError as trouble:
        raise PresetError(f"{found.folder} cannot be removed: {trouble.strerror}") from None

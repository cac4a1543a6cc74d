"""Where presets are: here, in the user's folder, or shipped.

A name is looked for as a folder in the working directory, then in the user's folder
(`LOOPWRIGHT_HOME`, else where the system keeps a user's files), then among the presets that ship;
at last as a `.loopwright` file in the working directory. What ships in a folder of its own, as the
yardsticks do, is not listed, but found by folder and name: `yardsticks/loop-cnn`.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path

import platformdirs

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import is_name
from loopwright.engine.preset import Preset
from loopwright.engine.sidecar import MODEL, SIDECAR
from loopwright.engine.stepsidecar import MODEL as MELODY
from loopwright.export.pack import SUFFIX
from loopwright.export.presetfile import PresetFolder, hash_of, is_preset, read_folder, verify
from loopwright.live.lending import lender

DEFAULT = "backbeat"


class Place(StrEnum):
    """Where a preset was found."""

    HERE = "here"
    USER = "yours"
    SHIPPED = "shipped"
    PACKED = "packed"


@dataclass(frozen=True, slots=True)
class Library:
    """The folders that are searched, in this order; `cache` takes what was unpacked to play."""

    here: Path
    user: Path
    shipped: Path
    cache: Path

    def places(self) -> tuple[tuple[Place, Path], ...]:
        """Return the searched folders in order."""
        return (
            (Place.HERE, self.here),
            (Place.USER, self.user),
            (Place.SHIPPED, self.shipped),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A preset's name, its folder, and where that was found."""

    name: str
    folder: Path
    place: Place

    def read(self) -> PresetFolder:
        """Read the preset; no file is held to its hash. Raises PresetError."""
        if self.place is not Place.PACKED or is_preset(self.folder):
            return read_folder(self.folder)
        from loopwright.export.unpack import read_packed  # noqa: PLC0415 - to list it, at most

        return read_packed(self.folder)


@dataclass(frozen=True, slots=True)
class Opened:
    """A preset that was found, read and held to its hashes.

    `model` is the folder that its loop model lies in: its own, or another preset's.
    """

    found: Found
    content: PresetFolder
    model: Path

    @property
    def preset(self) -> Preset:
        """Return what the preset says."""
        return self.content.preset


def system_library() -> Library:
    """Return the library of this user on this machine."""
    home = os.environ.get("LOOPWRIGHT_HOME")
    user = Path(home) if home else platformdirs.user_data_path("loopwright", appauthor=False)
    cache = Path(home) if home else platformdirs.user_cache_path("loopwright", appauthor=False)
    shipped = Path(str(resources.files("loopwright.presets")))
    return Library(Path.cwd(), user / "presets", shipped, cache / "unpacked")


def listed(library: Library) -> list[Found]:
    """Return every preset, in the order of the search; the first of a name is what it means."""
    found = [
        Found(folder.name, folder, place)
        for place, parent in library.places()
        for folder in preset_folders(parent)
    ]
    packed = packed_files(library.here)
    return [*found, *(Found(file.stem, file, Place.PACKED) for file in packed)]


def packed_files(parent: Path) -> list[Path]:
    """Return the `.loopwright` files directly inside a folder, by name."""
    return sorted(file for file in parent.glob(f"*{SUFFIX}") if file.is_file())


def preset_folders(parent: Path) -> Iterator[Path]:
    """Yield the folders directly inside `parent` that hold a preset, by name."""
    try:
        folders = sorted(parent.iterdir())
    except OSError:  # it does not exist, or is not for us
        return
    yield from (folder for folder in folders if is_preset(folder))


def find(library: Library, name: str) -> Found:
    """Find a preset by name, folder or `.loopwright` file. Raises PresetError."""
    path = library.here / name
    if is_preset(path):
        return Found(path.resolve().name, path, place_of(library, path))
    if is_name(name):
        for place, parent in library.places():
            if is_preset(parent / name):
                return Found(name, parent / name, place)
    aside = library.shipped.joinpath(*name.split("/"))
    if all(map(is_name, name.split("/"))) and is_preset(aside):
        return Found(aside.name, aside, Place.SHIPPED)
    for packed in (path, Path(f"{path}{SUFFIX}")):
        if packed.suffix == SUFFIX and os.path.isfile(packed):
            return find_packed(library, packed)
    known = ", ".join(dict.fromkeys(f.name for f in listed(library))) or "none"
    raise PresetError(f"no such preset: {name!r} (there are: {known})")


def place_of(library: Library, folder: Path) -> Place:
    """Return which of the library's places a folder belongs to."""
    for place, parent in ((Place.SHIPPED, library.shipped), (Place.USER, library.user)):
        if folder.resolve().is_relative_to(parent.resolve()):
            return place
    return Place.HERE


def find_packed(library: Library, packed: Path) -> Found:
    """Unpack a `.loopwright` file into the cache, once, and return the preset there."""
    from loopwright.export.unpack import unpack  # noqa: PLC0415 - rarely, and it takes time

    folder = library.cache / hash_of(packed)[:16]
    if not is_preset(folder):
        shutil.rmtree(folder, ignore_errors=True)
        unpack(packed, folder)
    return Found(packed.stem, folder, Place.PACKED)


def open_preset(library: Library, name: str) -> Opened:
    """Find, read and verify a preset that can be played. Raises PresetError."""
    found, content = verified(library, name)
    return Opened(found, content, loop_model_of(library, content))


def loop_model_of(library: Library, content: PresetFolder) -> Path:
    """Return the folder of a preset's loop model. Raises PresetError.

    One that brings a melody model alone plays the loops of the preset that plays by default.
    """
    preset = content.preset
    names = {model.name for model in preset.models}
    if names == {MELODY} and preset.name != DEFAULT:
        return open_preset(library, DEFAULT).model
    return model_of(library, content, MODEL, SIDECAR)


def model_of(library: Library, content: PresetFolder, name: str, sidecar: str) -> Path:
    """Return the folder of one of a preset's models. Raises PresetError."""
    preset = content.preset
    # A model that is not named is held to no hash.
    if preset.model(name).sidecar != sidecar:
        raise PresetError(f"preset {preset.name}: the sidecar of its {name} model is no {sidecar}")
    others = (other.folder for other in listed(library) if other.place is not Place.PACKED)
    return lender(content, name, others)


def verified(library: Library, name: str) -> tuple[Found, PresetFolder]:
    """Find, read and verify a preset, with a model or without. Raises PresetError."""
    found = find(library, name)
    content = found.read()
    verify(content)
    return found, content

"""A preset as one `.loopwright` file: a zip that holds what the preset names, and nothing else.

The same preset gives the same bytes on every machine: nothing is compressed, as weights hardly can
be and libraries differ in how they do it; no date and no right of the disk goes in.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.export import presettext
from loopwright.export.presetfile import (
    CARD,
    FILE,
    PresetFolder,
    check_inside,
    parse_text,
    verify,
    write_file,
)

SUFFIX = ".loopwright"
LOOPS, PHRASES = "loops", "phrases"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can carry
UNIX, RIGHTS = 3, 0o100644 << 16


def pack(opened: PresetFolder) -> bytes:
    """Return a preset as the bytes of a `.loopwright` file. Raises PresetError.

    In it: `preset.toml`, the models' files, the card, and what was kept as MIDI files.
    """
    verify(opened)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry(FILE), opened.text.encode())
        for name in contents(opened):
            archive.writestr(entry(name), content(opened.folder, name))
    return out.getvalue()


def entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file, the same wherever and whenever it is written."""
    made = zipfile.ZipInfo(name, EPOCH)
    made.create_system, made.external_attr = UNIX, RIGHTS
    return made


def content(folder: Path, name: str) -> bytes:
    """Return a file of a preset. Raises PresetError where it lies outside or cannot be read."""
    check_inside(folder, name)
    try:
        return (folder / name).read_bytes()
    except OSError as trouble:
        raise PresetError(f"{folder / name} cannot be read: {trouble.strerror}") from None


def contents(opened: PresetFolder) -> list[str]:
    """Return the relative paths of what belongs to a preset besides `preset.toml`, in order.

    A model that is named by where it comes from stays behind.
    """
    models = {p for model in opened.preset.models if not model.origin for p in model.hashes}
    card = {CARD} if (opened.folder / CARD).is_file() else set[str]()
    kept = {f"{file.parent.name}/{file.name}" for file in clips(opened)}
    return sorted(models | card | kept)


def clips(opened: PresetFolder) -> list[Path]:
    """Return the MIDI files of kept loops and phrases."""
    folders = (opened.folder / LOOPS, opened.folder / PHRASES)
    return [f for folder in folders for f in sorted(folder.glob("*.mid")) if f.is_file()]


def lightened(opened: PresetFolder, origins: Mapping[str, str]) -> PresetFolder:
    """Return a preset that names where its models come from, to be packed without them."""
    text = opened.text
    for model, origin in origins.items():
        text = presettext.with_origin(text, model, origin)
    return parse_text(opened.folder, text)


def pack_to(opened: PresetFolder, target: Path) -> None:
    """Write a preset as a `.loopwright` file; one that exists is refused. Raises PresetError."""
    if target.exists():
        raise PresetError(f"{target} exists already")
    write_file(target, pack(opened))

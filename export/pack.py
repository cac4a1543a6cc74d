"""A preset as one `.loopwright` file: a zip that holds what the preset names, and nothing else.

The same preset gives the same bytes. What comes from others is unpacked with care: names that
climb out, links, doubles and floods are refused before anything is written.
"""

import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import check_path
from loopwright.export.presetfile import (
    CARD,
    FILE,
    PresetFolder,
    is_preset,
    parse_text,
    read_folder,
    verify,
    write_file,
)

SUFFIX = ".loopwright"
MOST_FILES = 1000
LARGEST = 512 * 1024 * 1024  # bytes, unpacked, all together
LARGEST_TOML = 16 * 1024 * 1024  # bytes
BLOCK = 1 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can carry
UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, UnicodeDecodeError)


def pack(opened: PresetFolder) -> bytes:
    """Return a preset as the bytes of a `.loopwright` file. Raises PresetError.

    In it: `preset.toml`, the models' files, the card, and the loops as MIDI files.
    """
    verify(opened)
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in contents(opened):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                archive.writestr(entry, (opened.folder / name).read_bytes())
        out.seek(0)
        return out.read()


def contents(opened: PresetFolder) -> list[str]:
    """Return the relative paths of what belongs to a preset, `preset.toml` first."""
    models = {path for model in opened.preset.models for path in model.hashes}
    card = {CARD} if (opened.folder / CARD).is_file() else set[str]()
    loops = {f"loops/{file.name}" for file in (opened.folder / "loops").glob("*.mid")}
    return [FILE, *sorted(models | card | loops)]


def pack_to(opened: PresetFolder, target: Path) -> None:
    """Write a preset as a `.loopwright` file; one that exists is refused. Raises PresetError."""
    if target.exists():
        raise PresetError(f"{target} exists already")
    write_file(target, pack(opened))


def unpack(packed: Path, folder: Path) -> PresetFolder:
    """Unpack a `.loopwright` file into `folder`, which must not exist, and verify it.

    All or nothing: what fails a check leaves no folder behind. Raises PresetError.
    """
    if folder.exists():
        raise PresetError(f"{folder} exists already")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as work:
            fresh = Path(work) / "preset"
            with zipfile.ZipFile(packed) as archive:
                extract(archive, fresh, packed.name)
            if not is_preset(fresh):
                raise PresetError(f"{packed.name} holds no {FILE}")
            verify(read_folder(fresh))
            shutil.move(fresh, folder)
    except UNREADABLE as trouble:
        raise PresetError(f"{packed} cannot be unpacked: {trouble}") from None
    return read_folder(folder)


def name_in(packed: Path) -> str:
    """Return the name of the preset in a `.loopwright` file. Raises PresetError."""
    try:
        with zipfile.ZipFile(packed) as archive, archive.open(FILE) as file:
            text = file.read(LARGEST_TOML + 1)
        if len(text) > LARGEST_TOML:
            raise PresetError(f"{packed.name}: its {FILE} is too large")
        return parse_text(Path(packed.name), text.decode("utf-8")).preset.name
    except KeyError:
        raise PresetError(f"{packed.name} holds no {FILE}") from None
    except UNREADABLE as trouble:
        raise PresetError(f"{packed} cannot be unpacked: {trouble}") from None


def extract(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    """Write the entries of a zip into `folder`, once all of them are found harmless."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    check_entries(entries, name)
    left = LARGEST
    for entry in entries:
        target = folder / entry.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as out:
            while block := source.read(BLOCK):
                left -= len(block)
                if left < 0:  # the directory of a zip can lie about sizes
                    raise PresetError(f"{name} unpacks to more than {LARGEST >> 20} MiB")
                out.write(block)


def check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Raise PresetError where an entry could do harm outside its folder, or by its size."""
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        raise PresetError(f"{name} unpacks to more than {MOST_FILES} files or {LARGEST >> 20} MiB")
    seen = set[str]()
    for entry in entries:
        try:
            check_path(entry.filename)
        except PresetError as trouble:
            raise PresetError(f"{name}: {trouble}") from None
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise PresetError(f"{name}: {entry.filename!r} is a link or a device")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PresetError(f"{name}: {entry.filename!r} is compressed in an unknown way")
        folded = str(PurePosixPath(entry.filename)).casefold()
        if folded in seen:
            raise PresetError(f"{name}: {entry.filename!r} is there twice")
        seen.add(folded)

"""Which entries of a stranger's zip are harmless: by name, kind, number and size."""

import stat
import unicodedata
import zipfile
from pathlib import PurePosixPath

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import RESERVED, check_path, shown

MOST_FILES = 1000
LARGEST = 512 * 1024 * 1024  # bytes, unpacked, all together
STEEPEST = 100  # times smaller packed than unpacked
FLAT = 1 << 20  # bytes that may be packed as tight as they like
ENCRYPTED = 1
DATA = (".toml", ".json", ".onnx", ".md", ".txt", ".mid", ".png", ".wav")
"""What a preset may hold: graphs and data. No code, no pickles."""


def check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Raise PresetError where an entry could do harm outside its folder, or by its size."""
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or total > LARGEST:
        raise PresetError(f"{name} unpacks to more than {MOST_FILES} files or {LARGEST >> 20} MiB")
    seen = set[str]()
    for entry in entries:
        try:
            check_entry(entry)
        except PresetError as trouble:
            raise PresetError(f"{name}: {trouble}") from None
        same = folded(entry.filename)
        if same in seen:
            raise PresetError(f"{name}: {shown(entry.filename)} is there twice")
        seen.add(same)
    for path in seen:
        if any(str(above) in seen for above in PurePosixPath(path).parents):
            raise PresetError(f"{name}: {shown(path)} lies inside a file")


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise PresetError where one entry is not what a preset may hold."""
    for spelling in (entry.filename, unicodedata.normalize("NFKC", entry.filename)):
        check_path(spelling)
        check_pieces(spelling)
    title = shown(entry.filename)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise PresetError(f"{title} is a link or a device")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PresetError(f"{title} is compressed in an unknown way")
    if entry.flag_bits & ENCRYPTED:
        raise PresetError(f"{title} is encrypted")
    if entry.file_size > FLAT + STEEPEST * entry.compress_size:
        raise PresetError(f"{title} unpacks to more than {STEEPEST} times its size")
    if not entry.filename.lower().endswith(DATA):
        raise PresetError(f"{title} is no kind of file that presets hold ({' '.join(DATA)})")


def check_pieces(path: str) -> None:
    """Raise PresetError for a path that some system would take for another one."""
    for piece in path.split("/"):
        if piece.endswith((".", " ")) or RESERVED.fullmatch(piece):
            raise PresetError(f"{shown(path)} is no name that every system can have")


def folded(path: str) -> str:
    """Return a path as systems compare it that see no difference in case or in spelling."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())

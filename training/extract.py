"""From an archive of MIDI to a data set and the report of how it came about."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from loopwright.training.archives import File, files_of
from loopwright.training.corpus import Rules, SongLoops, extract
from loopwright.training.dataset import LoopSet, assemble, groups_of
from loopwright.training.plain import plain
from loopwright.training.report import Report, report_of


def extract_archive(archive: Path, rules: Rules) -> tuple[LoopSet, Report]:
    """Return the loops of a zip archive or a folder by the rules, and the report."""
    songs = extract_all(files_of(archive), rules)
    note: dict[str, object] = {
        "archive": archive.name,
        "sha256": archive_hash(archive, songs),
        "rules": plain(rules),
    }
    loops = assemble(songs, groups_of(archive), note)
    return loops, report_of(songs, loops, rules)


def extract_all(files: Iterable[File], rules: Rules) -> list[SongLoops]:
    """Return what each file gives, in the order of the files."""
    return [extract(file, rules) for file in files]


def archive_hash(archive: Path, songs: list[SongLoops]) -> str:
    """Return the SHA-256 of a zip archive, or of the names and hashes of a folder's files."""
    if archive.is_dir():
        return hashlib.sha256("\n".join(f"{s.sha256} {s.name}" for s in songs).encode()).hexdigest()
    with archive.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()

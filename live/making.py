"""Presets that are made here of somebody's own music: where they begin, and how they come to be."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from loopwright.engine.errors import PresetError
from loopwright.engine.preset import Preset
from loopwright.export.origin import Origin
from loopwright.export.presetfile import read_folder
from loopwright.live import shelf
from loopwright.live.library import Library

INTERRUPTED = 130
NOTHING = "none"
RUNS = "training"  # the folder beside the user's presets

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Base:
    """The preset whose model a training begins with, and the folder that this lies in."""

    preset: Preset
    folder: Path

    def origin(self, model: str, hashed: str) -> Origin:
        """Return an origin that tells of this base, and of no music as yet."""
        terms = self.preset.model(model).licences
        return Origin(0, 0, "", self.preset.name, hashed, terms)


def origin_of(base: Base | None, model: str, told: Mapping[str, object]) -> Origin:
    """Return where a model comes from: its base, and what was `told` of the run."""
    if base is None:
        return Origin(0, 0, "")
    return base.origin(model, str(told.get("began_with", "")))


def base_of(folder: Path) -> Base:
    """Return the preset in a folder as a base. Raises PresetError."""
    return Base(read_folder(folder).preset, folder)


def work_folder(library: Library, name: str, told: Path | None) -> Path:
    """Return where a run leaves its files until its preset is there."""
    return told or library.user.parent / RUNS / name


def until_stopped(make: Callable[[], str]) -> object:
    """Do it; where it is interrupted, say that nothing is lost, and return an exit status."""
    try:
        return make()
    except KeyboardInterrupt:
        print("\nstopped: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED


def installed(target: Path, write: Callable[[Path], None]) -> None:
    """Have a preset written beside its place, try it, and put it there. Raises PresetError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as beside:
            fresh = Path(beside) / target.name
            write(fresh)
            shelf.trusted(read_folder(fresh))
            shutil.move(fresh, target)
    except OSError as trouble:
        raise PresetError(f"{target} cannot be written: {trouble.strerror or trouble}") from None


def before_and_after(summary: Mapping[str, object], says: Mapping[str, str]) -> Rows:
    """Return a row for each figure on held-out songs: with the base, and after the training."""
    before, after = (
        cast(Mapping[str, float], summary.get(when, {})) for when in ("before", "after")
    )
    return tuple(
        (f"held-out songs, {words}", f"{was(before, name)}{after[name]:.4g}")
        for name, words in says.items()
        if name in after
    )


def was(before: Mapping[str, float], name: str) -> str:
    """Return what a figure was before, to stand in front of what it is; nothing for no base."""
    return f"{before[name]:.4g} before, now " if name in before else ""


def learned_row(songs: int, pieces: str) -> tuple[str, str]:
    """Return the row that says how much music a model learned from."""
    return ("learned from", f"{pieces} of {songs:,} songs, some of them held out")


def with_music(origin: Origin, learned: tuple[int, int, str]) -> Origin:
    """Return an origin that tells of files, songs and their SHA-256, too."""
    files, songs, archive = learned
    return replace(origin, files=files, songs=songs, archive=archive)

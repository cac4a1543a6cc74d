"""Presets that are made here of somebody's own music: what both kinds of them have in common.

Here training, export and the user's presets meet; each is loaded when it is its turn. All of it
happens in the caller's process, and takes minutes.
"""

import shlex
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from loopwright.engine.amounts import amount
from loopwright.engine.errors import PresetError
from loopwright.export.origin import Origin
from loopwright.export.presetfile import read_folder
from loopwright.live import shelf
from loopwright.live.library import Library, system_library

INTERRUPTED = 130
NOTHING = "none"
RUNS = "training"  # the folder beside the user's presets

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A trained model: where its run lies, where it comes from, and the rows of its card."""

    run: Path
    origin: Origin
    rows: Rows


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: its name in a preset, its music, `jam`'s option, and how it is made.

    `figures` are those of a run's summary that are told of, each with what it says. `base` finds
    the folder that a training begins with, by the preset's name; `learn` trains by the command
    line, in a run's folder, from a base's folder or from None, and returns an `own.Learned`;
    `write` fills the preset's folder.
    """

    model: str
    pieces: str
    option: str
    figures: Mapping[str, str]
    base: Callable[[Library, str | None], Path]
    learn: Callable[[Namespace, Path, Path | None], object]
    write: Callable[[Path, Made], None]


def own_preset(told: Namespace, kind: Kind) -> object:
    """Make a preset; return what to do next, or an exit status. Blocks for minutes."""
    try:
        return make(told, kind, system_library())
    except KeyboardInterrupt:
        print("\nstopped: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED


def make(told: Namespace, kind: Kind, library: Library) -> str:
    """Make a preset of a folder of MIDI; return what came of it. Raises LoopwrightError."""
    from loopwright.training import own, ownrun  # noqa: PLC0415 - no torch as yet

    target = shelf.free_folder(library, told.name)
    base = None if told.base == NOTHING else kind.base(library, told.base)
    begun = begun_with(base, kind.model)
    work = told.out or library.user.parent / RUNS / told.name
    learned = cast(own.Learned, kind.learn(told, work, base))
    origin = replace(
        begun, files=learned.files, songs=learned.songs, archive=learned.archive,
        model=str(learned.summary.get("began_with", "")),
    )  # fmt: skip
    pieces = (
        f"{learned.loops:,} {kind.pieces} of {amount(learned.songs, 'song')}, some of them held out"
    )
    change = before_and_after(learned.summary, kind.figures)
    made = Made(work, origin, (("learned from", pieces), *origin.rows, *change))
    installed(target, lambda fresh: kind.write(fresh, made))
    ownrun.clear(work)
    ready = f"{target.name} is ready: loopwright jam {kind.option} {shlex.quote(target.name)}"
    return "\n".join([*(f"{what}: {value}" for what, value in change), ready])


def begun_with(base: Path | None, model: str) -> Origin:
    """Return an origin that tells of the base alone, and of no music. Raises PresetError."""
    if base is None:
        return Origin(0, 0, "")
    preset = read_folder(base).preset
    return Origin(0, 0, "", base=preset.name, terms=preset.model(model).licences)


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

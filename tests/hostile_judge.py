"""Whether a hostile preset was met well: by one clear line and no change, or by working."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from hostile import Case

from loopwright.engine.duet import Duet
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.notes import Loop, Note, Part
from loopwright.live.cli import main
from loopwright.live.keeping import keep, keep_phrase
from loopwright.live.library import open_preset, system_library
from loopwright.live.trial import draw_once

LONGEST = 1500  # characters of a clear line
LOOP = Loop((Note(0, 6, 36, 100, Part.DRUMS),))
DUET = Duet((Note(0, 6, 60, 100, Part.MELODY),), 6, 6)


@dataclass(frozen=True)
class Verdict:
    """How a case ended: `refused` with what was said, `works`, or `fault` with what is wrong."""

    end: str
    says: str


def told(*words: str) -> tuple[int, str]:
    """Give a command; return its exit status and what it said on stderr."""
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said):
        status = main(list(words))
    return status, said.getvalue()


def everything(root: Path) -> dict[str, tuple[int, int]]:
    """Return every path below a folder with its size and date; links are not followed."""
    found: dict[str, tuple[int, int]] = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            about = os.lstat(path)
            found[path] = (about.st_mode, 0 if name in folders else about.st_mtime_ns)
    return found


def judged(case: Case, root: Path) -> Verdict:
    """Lay a case out below `root`, meet it as a user would, and say how it ended."""
    for name in ("here", "home"):
        (root / name).mkdir(parents=True)
    os.chdir(root / "here")
    os.environ["LOOPWRIGHT_HOME"] = str(root / "home")
    given = case.make(root / "here")
    before = everything(root)
    verb = "install" if given.is_file() else "verify"
    status, said = told("presets", verb, str(given))
    changed = {p for p, about in everything(root).items() if before.get(p) != about}
    if status == 2:
        return refused(said, changed | (before.keys() - everything(root).keys()))
    if status or said:
        return Verdict("fault", f"exit status {status}, {said}")
    inside = str(root / "home" / "presets")
    outside = [path for path in changed if not path.startswith(inside)]
    return Verdict("fault", f"written outside: {outside}") if outside else used(root, verb, given)


def refused(said: str, changed: set[str]) -> Verdict:
    """Judge a refusal."""
    line = said.removesuffix("\n")
    if changed:
        return Verdict("fault", f"refused ({line}), and yet changed {sorted(changed)[:3]}")
    clear = line.startswith("loopwright: ") and len(line) < LONGEST and line.isprintable()
    return Verdict("refused" if clear else "fault", line)


def used(root: Path, verb: str, given: Path) -> Verdict:
    """Judge a preset that was let in: everything that players do with one has to work."""
    folders = list((root / "home" / "presets").iterdir()) if verb == "install" else [given]
    name = str(folders[0])
    words = [("show", name), ("diff", name, "first-light"), ("pack", name, "--out", "x.loopwright")]
    library = system_library()
    try:
        preset = open_preset(library, name)
    except LoopwrightError as trouble:  # its loops are there, and one line says why it cannot play
        return refused(f"loopwright: {trouble}", set())
    try:
        draw_once(preset.model)
        keep(library, preset, LOOP, 120.0)
        keep_phrase(library, preset, DUET, 120.0)
    except LoopwrightError as trouble:
        return Verdict("fault", str(trouble))
    for one in (*words, ("export", name, "--out", "out", "--parts", "--png")):
        status, said = told("presets", *one)
        if status:
            return Verdict("fault", f"{one[0]}: {said}")
    return Verdict("works", "")

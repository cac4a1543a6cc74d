"""`loopwright doctor`: what is here, how well it works, and what could be changed.

It plays to nobody but itself, and measures for some ten seconds.
"""

import json
import platform
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from subprocess import SubprocessError

from loopwright.engine.errors import LoopwrightError
from loopwright.live.doctor_midi import loopback, midi, systems
from loopwright.live.doctor_models import models
from loopwright.live.doctor_time import scheduling
from loopwright.live.findings import Finding
from loopwright.live.library import system_library
from loopwright.live.portlist import listing

LIBRARIES = (
    "loopwright",
    "onnxruntime",
    "onnxruntime-gpu",
    "python-rtmidi",
    "JACK-Client",
    "numpy",
    "mido",
)
NOTHING = "nothing to change"
LITTLE = 200 << 20  # bytes: a few presets

Part = Callable[[], Finding]


def report(told: Namespace) -> str:
    """Return what is found, as text or, with `--json`, for a program. Blocks for some 10 s."""
    found = findings()
    return as_json(found) if told.json else as_text(found)


def findings() -> list[Finding]:
    """Go the round. Blocks while it measures."""
    tried = systems()
    round_: tuple[tuple[str, Part], ...] = (
        ("versions", versions),
        ("presets", places),
        ("MIDI systems", lambda: midi(tried)),
        ("ports", ports),
        ("loopback", lambda: loopback(tried)),
        ("scheduling", scheduling),
        ("models", models),
    )
    return [finding(topic, part) for topic, part in round_]


def finding(topic: str, part: Part) -> Finding:
    """Return what a part finds, or its trouble."""
    try:
        with progress(topic):
            return part()
    except (LoopwrightError, OSError, SubprocessError) as trouble:
        return Finding(topic, (f"TROUBLE: {trouble}",), {"trouble": str(trouble)}, (str(trouble),))


@contextmanager
def progress(topic: str) -> Generator[None]:
    """Say on a terminal what is being looked at, until it was."""
    if not sys.stderr.isatty():
        yield
        return
    print(f"looking at {topic} ...", end="\x1b[K\r", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\x1b[K", end="", file=sys.stderr, flush=True)


def as_text(found: list[Finding]) -> str:
    """Return findings to read, and what to change at the end."""
    lines: list[str] = []
    for one in found:
        lines += [f"{one.topic}:", *(f"  {line}" for line in one.lines)]
    advice = [word for one in found for word in one.advice]
    end = ["what to change:", *(f"  - {word}" for word in advice)] if advice else [NOTHING]
    return "\n".join((*lines, *end))


def as_json(found: list[Finding]) -> str:
    """Return findings for a program: facts by topic, and the advice."""
    facts: dict[str, object] = {one.topic: one.facts for one in found}
    facts["advice"] = [word for one in found for word in one.advice]
    return json.dumps(facts, indent=2)


def versions() -> Finding:
    """Tell the versions of Python, the system and the libraries that matter."""
    here = {name: number for name in LIBRARIES if (number := installed(name))}
    system = f"Python {platform.python_version()} on {platform.platform()}"
    lines = (system, ", ".join(f"{name} {number}" for name, number in here.items()))
    facts = {"python": platform.python_version(), "platform": platform.platform(), **here}
    return Finding("versions", lines, facts)


def installed(name: str) -> str:
    """Return the version of a distribution, empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def places() -> Finding:
    """Tell where presets are looked for, and how much room there is for more."""
    library = system_library()
    lines = [f"{place}: {folder}" for place, folder in library.places()]
    free = shutil.disk_usage(there(library.user)).free
    advice = (f"the disk of {library.user} is almost full",) if free < LITTLE else ()
    facts: dict[str, object] = {str(place): str(folder) for place, folder in library.places()}
    lines.append(f"room for more: {free >> 20} MB")
    return Finding("presets", tuple(lines), facts | {"free_bytes": free}, advice)


def there(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    return next(f for f in (folder, *folder.parents) if f.exists())


def ports() -> Finding:
    """Tell which ports there are, as `loopwright ports` does."""
    told = tuple(listing().splitlines())
    return Finding("ports", told, {"listing": list(told)})

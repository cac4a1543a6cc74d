"""`loopwright doctor`: what is here, for whoever wonders why something is not."""

import platform
from argparse import Namespace
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from time import perf_counter

from loopwright.engine.compose import Request
from loopwright.engine.errors import LoopwrightError
from loopwright.live.compose_loop import compose
from loopwright.live.library import DEFAULT, open_preset, system_library
from loopwright.live.portlist import listing
from loopwright.live.runtime import LoopModel
from loopwright.live.sessions import providers

LIBRARIES = ("loopwright", "onnxruntime", "onnxruntime-gpu", "python-rtmidi", "numpy", "mido")
TRIALS = 5


def report(_: Namespace) -> str:
    """Return what is found: versions, presets, devices, and the MIDI system with its ports."""
    parts = (versions, places, devices, composing, listing)
    return "\n".join(told(part) for part in parts)


def told(part: Callable[[], str]) -> str:
    """Return what a part of the report says, or its trouble in one line."""
    try:
        return part()
    except LoopwrightError as trouble:
        return f"TROUBLE: {trouble}"


def versions() -> str:
    """Return the versions of Python, the system and the libraries that matter."""
    found = [f"{name} {number}" for name in LIBRARIES if (number := installed(name))]
    return f"Python {platform.python_version()} on {platform.platform()}\n{', '.join(found)}"


def installed(name: str) -> str:
    """Return the version of a distribution, empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def places() -> str:
    """Return where presets are looked for."""
    return "\n".join(f"presets, {place}: {folder}" for place, folder in system_library().places())


def devices() -> str:
    """Return what models can run on. Raises RuntimeMissing."""
    return f"devices: {', '.join(sorted(providers()))}"


def composing() -> str:
    """Return how long the shipped model takes for a loop. Raises LoopwrightError."""
    opened = open_preset(system_library(), DEFAULT)
    model = LoopModel.open(opened.model)
    took = [seconds_for(model, number) for number in range(TRIALS + 1)][1:]
    return f"{DEFAULT}: whole; a loop takes {1000 * median(took):.1f} ms on {model.device}"


def seconds_for(model: LoopModel, number: int) -> float:
    """Return the seconds that one loop takes."""
    began = perf_counter()
    compose(model, Request(number, 0))
    return perf_counter() - began

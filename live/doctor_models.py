"""What the models that ship run on here, and how long they take for a loop, and for a token."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from loopwright.engine.compose import Request
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.language import Bias
from loopwright.engine.melody import BOLD
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note, Part
from loopwright.engine.sidecar import CPU, SIDECAR, Variant
from loopwright.engine.stepsidecar import SIDECAR as STEP_SIDECAR
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.export.presetfile import is_preset
from loopwright.live.compose_loop import compose
from loopwright.live.findings import Finding
from loopwright.live.inference import cuda_devices, providers
from loopwright.live.library import DEFAULT, Opened, open_preset, system_library
from loopwright.live.melodies import LEAD, open_singer
from loopwright.live.runtime import LoopModel, read_sidecar
from loopwright.live.stepopen import open_steps, read_steps

TRIALS, TOKENS = 5, 32
NOT_HERE = ("not here: no CUDA device", "not here: no such provider")
SEED = tuple(Note(12 * i, 12, 60 + i % 12, 90, Part.MELODY) for i in range(16))  # two bars
SLOW = 1000.0  # milliseconds a loop from which something should be changed


def models() -> Finding:
    """Time a loop and a token on every variant of the shipped models. Raises LoopwrightError."""
    opened = open_preset(system_library(), DEFAULT)
    variants = read_sidecar(opened.model / SIDECAR).variants
    tried = {v.name: attempt(v, partial(loops, opened, v), 2) for v in variants}
    took = {name: ms for name, ms in tried.items() if isinstance(ms, float)}
    lines = [f"{DEFAULT} on {n}: {spoken(ms, 'loop')}" for n, ms in tried.items()]
    sung = melodies()
    lines += [f"{LEAD} on {n}: {spoken(ms, 'token')}" for n, ms in sung.items()]
    gpus = cuda_devices()
    probe = f"CUDA: {f'{gpus} devices' if gpus else 'no driver or no device here'}"
    facts = {
        "loop_ms": tried,
        "token_ms": sung,
        "cuda_devices": gpus,
        "providers": sorted(providers()),
    }
    return Finding("models", (probe, *lines), facts, tuple(advice(took, gpus, tried)))


def spoken(took: float | str, what: str) -> str:
    """Return milliseconds, or a reason, in words."""
    return took if isinstance(took, str) else f"{took:.1f} ms a {what}"


def advice(took: dict[str, float], gpus: int, tried: dict[str, float | str]) -> list[str]:
    """Return what to change about models."""
    words: list[str] = []
    if gpus and not any(name.startswith("cuda") for name in took):
        words.append("there is a GPU that onnxruntime cannot use: pip install 'loopwright[cuda]'")
    if took and min(took.values()) > SLOW:
        words.append("a loop takes more than a second here: new ones may come a round late")
    if not took:
        words.append(f"no model runs here: {next(iter(tried.values()), 'it has no variant')}")
    return words


def attempt(variant: Variant, timed: Callable[[], list[float]], digits: int) -> float | str:
    """Return the median of what a variant is timed by, rounded, or why it does not run here."""
    if variant.provider not in providers():
        return NOT_HERE[variant.provider == CPU]
    try:
        return round(median(timed()), digits)
    except LoopwrightError as trouble:
        return f"does not run: {trouble}"


def loops(opened: Opened, variant: Variant) -> list[float]:
    """Return the milliseconds of some loops on a variant, but the first. Raises PresetError."""
    model = LoopModel.open(opened.model, variant.name)
    return [milliseconds(model, number) for number in range(TRIALS + 1)][1:]


def milliseconds(model: LoopModel, number: int) -> float:
    """Return the milliseconds that one loop takes."""
    began = perf_counter()
    compose(model, Request(number, 0))
    return 1000 * (perf_counter() - began)


def melodies() -> dict[str, float | str]:
    """Return the milliseconds that a token takes on each variant of the shipped lead, or why not.

    Raises PresetError. Empty where no lead ships.
    """
    library = system_library()
    if not is_preset(library.shipped / LEAD):
        return {}
    folder = open_singer(library, LEAD).folder
    variants = read_steps(folder / STEP_SIDECAR).variants
    return {v.name: attempt(v, partial(tokens, folder, v), 3) for v in variants}


def tokens(folder: Path, variant: Variant) -> list[float]:
    """Return the milliseconds of some tokens on a variant, but the first. Raises PresetError."""
    model = open_steps(folder, variant.name)
    free = np.zeros(model.language.size, np.float32)
    model.listen(model.language.encode(SEED, 2 * TICKS_PER_BAR))
    return [token_ms(model, free) for _ in range(TOKENS + 1)][1:]


def token_ms(model: Stepper, free: Bias) -> float:
    """Return the milliseconds that one token takes."""
    began = perf_counter()
    model.draw(free, 0.5, BOLD)
    return 1000 * (perf_counter() - began)

"""What the model that ships runs on here, and how long it takes for a loop."""

from statistics import median
from time import perf_counter

from loopwright.engine.compose import Request
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.sidecar import CPU, SIDECAR, Variant
from loopwright.live.compose_loop import compose
from loopwright.live.findings import Finding
from loopwright.live.library import DEFAULT, Opened, open_preset, system_library
from loopwright.live.runtime import LoopModel, read_sidecar
from loopwright.live.sessions import cuda_devices, providers

TRIALS = 5
SLOW = 1000.0  # milliseconds a loop from which something should be changed


def models() -> Finding:
    """Time a loop on every variant of the shipped model. Raises LoopwrightError."""
    opened = open_preset(system_library(), DEFAULT)
    variants = read_sidecar(opened.model / SIDECAR).variants
    tried = {variant.name: attempt(opened, variant) for variant in variants}
    took = {name: ms for name, ms in tried.items() if isinstance(ms, float)}
    lines = [f"{DEFAULT} on {n}: {spoken(ms)}" for n, ms in tried.items()]
    gpus = cuda_devices()
    probe = f"CUDA: {f'{gpus} devices' if gpus else 'no driver or no device here'}"
    facts = {"loop_ms": tried, "cuda_devices": gpus, "providers": sorted(providers())}
    return Finding("models", (probe, *lines), facts, tuple(advice(took, gpus, tried)))


def spoken(took: float | str) -> str:
    """Return milliseconds, or a reason, in words."""
    return took if isinstance(took, str) else f"{took:.1f} ms a loop"


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


def attempt(opened: Opened, variant: Variant) -> float | str:
    """Return the milliseconds that a loop takes on a variant, or why it does not run here."""
    if variant.provider not in providers():
        return f"not here: {'no CUDA device' if variant.provider != CPU else 'no such provider'}"
    try:
        model = LoopModel.open(opened.model, variant.name)
        trials = [milliseconds(model, number) for number in range(TRIALS + 1)][1:]
    except LoopwrightError as trouble:
        return f"does not run: {trouble}"
    return round(median(trials), 2)


def milliseconds(model: LoopModel, number: int) -> float:
    """Return the milliseconds that one loop takes."""
    began = perf_counter()
    compose(model, Request(number, 0))
    return 1000 * (perf_counter() - began)

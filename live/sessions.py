"""onnxruntime behind a typed door: what is there, and a graph made ready to run."""

# onnxruntime has no types of its own.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import ctypes
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import LoopwrightError, PresetError, RuntimeMissing
from loopwright.engine.sidecar import CPU, CUDA

try:
    import onnxruntime
except ImportError as trouble:
    onnxruntime, missing = None, str(trouble)
else:
    missing = ""

Array = NDArray[np.generic]
QUIET = 3  # onnxruntime's severity: errors only
LONGEST = 300  # characters of what onnxruntime says; it can name a hundred tensors


class Named(Protocol):
    """An input of a graph, as onnxruntime tells it."""

    name: str
    shape: Sequence[int | str | None]


class Native(Protocol):
    """What is used of onnxruntime's own session."""

    def get_inputs(self) -> Sequence[Named]:
        """Return what the graph takes."""
        ...

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        """Return the outputs that are asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A graph that is ready to run; `about` is what it says about itself."""

    native: Native
    about: Mapping[str, str]

    def shape_of(self, tensor: str) -> tuple[int | str | None, ...]:
        """Return the shape of an input, names where it is free; empty where there is none."""
        named = (t.shape for t in self.native.get_inputs() if t.name == tensor)
        return tuple(next(named, ()))

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        """Return the outputs that are asked for. Raises LoopwrightError. Blocks while it runs."""
        try:
            return self.native.run(outputs, inputs)
        except Exception as trouble:  # onnxruntime raises types of its own, one for each status
            raise LoopwrightError(f"the model failed: {first_line(trouble)}") from trouble


def open_session(graph: bytes, provider: str) -> Session:
    """Make a graph ready on one provider, with one thread. Blocks for some 20 ms on a CPU.

    Raises PresetError for a graph that cannot be read, RuntimeMissing for a provider that is not
    there.
    """
    if onnxruntime is None:
        raise RuntimeMissing(f"onnxruntime cannot be loaded: {missing}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    options.add_session_config_entry("session.load_model_format", "ONNX")  # whatever it looks like
    try:
        session = onnxruntime.InferenceSession(
            graph, options, providers=list(dict.fromkeys((provider, CPU)))
        )
    except Exception as trouble:  # onnxruntime raises types of its own, one for each status
        raise PresetError(f"onnxruntime cannot run this model: {first_line(trouble)}") from trouble
    if provider not in session.get_providers():
        raise RuntimeMissing(f"onnxruntime has {provider} in name only: it did not start")
    about = cast(Mapping[str, str], session.get_modelmeta().custom_metadata_map)
    return Session(cast(Native, session), about)


def providers() -> frozenset[str]:
    """Return the execution providers that can be asked for. Blocks for some milliseconds at most.

    Raises RuntimeMissing where onnxruntime is missing, or has none that we know.
    """
    if onnxruntime is None:
        raise RuntimeMissing(f"onnxruntime cannot be loaded: {missing}")
    known = set(cast(list[str], onnxruntime.get_available_providers())) & {CPU, CUDA}
    if CUDA in known and not cuda_devices():
        known.discard(CUDA)
    if not known:
        raise RuntimeMissing("onnxruntime has no execution provider that Loopwright can use")
    return frozenset(known)


def cuda_devices() -> int:
    """Return how many CUDA devices the driver has, 0 where there is no driver.

    onnxruntime names CUDA wherever it was built with it, so the driver itself is asked. 0.3 ms.
    """
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    started = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    return count.value if started else 0


def load_cuda() -> None:
    """Load CUDA's libraries where they were installed with pip; without them nothing changes."""
    if onnxruntime is not None and hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()


def require(minimum: str) -> None:
    """Raise RuntimeMissing where onnxruntime is older than `minimum`, such as "1.22"."""
    if onnxruntime is None:
        raise RuntimeMissing(f"onnxruntime cannot be loaded: {missing}")
    here = onnxruntime.__version__
    if numbers(here) < numbers(minimum):
        raise RuntimeMissing(f"this model needs onnxruntime {minimum} or newer, here is {here}")


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, such as (1, 22) for "1.22"."""
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def first_line(trouble: Exception) -> str:
    """Return the first line of what an exception says, not too long."""
    return str(trouble).partition("\n")[0][:LONGEST]

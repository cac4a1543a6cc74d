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


class Value(Protocol):
    """A tensor of onnxruntime's."""


class Binding(Protocol):
    """Which tensors a graph reads and writes, call after call."""

    def bind_ortvalue_input(self, name: str, value: Value) -> None:
        """Have an input read from a tensor."""
        ...

    def bind_ortvalue_output(self, name: str, value: Value) -> None:
        """Have an output written into a tensor."""
        ...


class Native(Protocol):
    """What is used of onnxruntime's own session."""

    def get_inputs(self) -> Sequence[Named]:
        """Return what the graph takes."""
        ...

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        """Return the outputs that are asked for."""
        ...

    def io_binding(self) -> Binding:
        """Return a binding with nothing bound."""
        ...

    def run_with_iobinding(self, binding: Binding) -> None:
        """Run on what is bound."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A graph that is ready to run; `about` is what it says about itself."""

    native: Native
    about: Mapping[str, str]
    provider: str = CPU

    def shape_of(self, tensor: str) -> tuple[int | str | None, ...]:
        """Return the shape of an input, names where it is free; empty where there is none."""
        named = (t.shape for t in self.native.get_inputs() if t.name == tensor)
        return tuple(next(named, ()))

    @property
    def inputs(self) -> list[str]:
        """The names of what the graph takes."""
        return [tensor.name for tensor in self.native.get_inputs()]

    def sizes_of(self, tensor: str) -> tuple[int, ...]:
        """Return the shape of an input that has no free dimension; else as if those were 1."""
        return tuple(size if isinstance(size, int) else 1 for size in self.shape_of(tensor))

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        """Return the outputs that are asked for. Raises LoopwrightError. Blocks while it runs."""
        try:
            return self.native.run(outputs, inputs)
        except Exception as trouble:  # onnxruntime raises types of its own, one for each status
            raise LoopwrightError(f"the model failed: {first_line(trouble)}") from trouble

    def bound(self, inputs: Mapping[str, Value], outputs: Mapping[str, Value]) -> Binding:
        """Return a binding of tensors by name. The same one may be an input and an output."""
        binding = self.native.io_binding()
        for name, value in inputs.items():
            binding.bind_ortvalue_input(name, value)
        for name, value in outputs.items():
            binding.bind_ortvalue_output(name, value)
        return binding

    def run_bound(self, binding: Binding) -> None:
        """Run on what is bound. Raises LoopwrightError. Blocks while it runs."""
        try:
            self.native.run_with_iobinding(binding)
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
    return Session(cast(Native, session), about, provider)


def shared(array: Array) -> Value:
    """Return a tensor for the CPU that is the array itself: both see what either writes."""
    return tensor(array, "cpu")


def zeros(shape: Sequence[int], provider: str) -> Value:
    """Return a tensor of float32 zeros where a provider keeps its own."""
    return tensor(np.zeros(shape, np.float32), "cuda" if provider == CUDA else "cpu")


def tensor(array: Array, where: str) -> Value:
    """Return a tensor of an array; elsewhere than on the CPU, of a copy. Raises RuntimeMissing."""
    if onnxruntime is None:
        raise RuntimeMissing(f"onnxruntime cannot be loaded: {missing}")
    return cast(Value, onnxruntime.OrtValue.ortvalue_from_numpy(array, where, 0))


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

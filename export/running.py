"""Graphs run while they are made and checked: on the CPU, one thread, by onnxruntime."""

# onnxruntime has no types of its own.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]


class Runner:
    """A graph that is ready to run."""

    def __init__(self, graph: bytes | Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        content = graph.read_bytes() if isinstance(graph, Path) else graph
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        self.inputs: dict[str, tuple[int, ...]] = {
            cast(str, i.name): tuple(n if isinstance(n, int) else 1 for n in i.shape)
            for i in self._session.get_inputs()
        }  # shapes; a dimension that is free is 1
        self._outputs = cast(list[str], [o.name for o in self._session.get_outputs()])

    def __call__(self, **inputs: NDArray[np.generic]) -> Arrays:
        """Return all outputs by name."""
        outputs = cast(list[NDArray[np.generic]], self._session.run(self._outputs, inputs))
        return dict(zip(self._outputs, outputs, strict=True))

"""A piano model's scoring graph, run by onnxruntime in the place of the model in torch."""

# onnxruntime has no types of its own.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from pathlib import Path
from typing import Protocol, cast

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from loopwright.engine.errors import SettingError


class Named(Protocol):
    """An input of a graph."""

    name: str


class ScoringGraph:
    """Tokens (b, t) to log-probabilities (b, t, 153), as `loopwright export` wrote it."""

    def __init__(self, content: bytes, name: str = "this") -> None:
        """Make a graph ready, with as many threads as torch. Raises SettingError."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as trouble:  # onnxruntime's have no class in common
            first = (str(trouble).splitlines() or ["unreadable"])[0]
            raise SettingError(f"{name} is no graph that can be run: {first}") from trouble
        inputs = cast(list[Named], self._session.get_inputs())
        if [one.name for one in inputs] != ["tokens"]:
            raise SettingError(f"{name} is not a piano model's scoring graph")

    @classmethod
    def at(cls, path: Path) -> "ScoringGraph":
        """Return the graph in a file. Raises SettingError."""
        try:
            return cls(path.read_bytes(), str(path))
        except OSError as trouble:
            raise SettingError(f"{path} cannot be read: {trouble.strerror}") from trouble

    def __call__(self, tokens: Tensor) -> Tensor:
        """Return the log-probabilities (b, t, 153) of the token after each of `tokens` (b, t)."""
        found = cast(list[NDArray[np.float32]], self._session.run(None, {"tokens": tokens.numpy()}))
        return torch.from_numpy(found[0])

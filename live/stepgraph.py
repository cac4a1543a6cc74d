"""A step graph ready to run: its small inputs and outputs stay where they are from call to call.

numpy and onnxruntime only. V tokens in the vocabulary.
"""

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.compose import Sampling
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.language import Bias
from loopwright.engine.sidecar import CPU
from loopwright.engine.stepsidecar import LAST, STATE, TOKENS, TOTAL, after
from loopwright.live import inference
from loopwright.live.inference import Array, Binding, Session, Value

CHUNK = 32  # tokens of a call where many are heard at once
EAGER = Sampling()  # cuts nothing, so that nothing is sorted
Remembered = Mapping[str, Value]
"""What a graph reads and writes of its memory, by the name of the input."""


class StepGraph:
    """A graph and the arrays that it shares with us. One thread at a time."""

    def __init__(self, session: Session, vocabulary: int) -> None:
        self._session = session
        self._arrays = arrays(vocabulary)
        self._values = {name: inference.shared(array) for name, array in self._arrays.items()}
        self._inputs = frozenset(session.inputs)
        free = isinstance(session.shape_of(TOKENS)[1], str)
        self.most = CHUNK if free else 1  # tokens that one call can hear

    def caches(self) -> dict[str, Value]:
        """Return empty keys and values for the graph, where its provider keeps its own."""
        names = [n for n in self._session.inputs if n not in self._values and n != STATE]
        return {
            n: inference.zeros(self._session.sizes_of(n), self._session.provider) for n in names
        }

    def state(self) -> NDArray[np.float32]:
        """Return a state (1, numbers) of zeros."""
        return np.zeros(self._session.sizes_of(STATE), np.float32)

    def binding(self, memory: Remembered, tokens: Value | None = None) -> Binding:
        """Return what a call reads and writes; without `tokens` it hears the token drawn last."""
        small = {name: value for name, value in self._values.items() if name in self._inputs}
        heard = {TOKENS: tokens or self._values[TOKENS]}
        drawn = {"drawn": self._values[TOKENS], "log_probability": self._values["log_probability"]}
        changed = {after(name): value for name, value in memory.items()}
        return self._session.bound({**small, **heard, **memory}, {**drawn, **changed})

    def hear(self, tokens: Sequence[int], place: int, bound: tuple[Remembered, Binding]) -> None:
        """Have a memory hear tokens, `most` at most, as those from `place` on. Blocks.

        `bound` is that memory, and its binding for one token.
        """
        memory, binding = bound
        last = place + len(tokens) - 1
        self._arrays[LAST][...], self._arrays[TOTAL][...] = last, last + 1
        self._arrays[TOKENS][...] = tokens[0]
        if len(tokens) > 1:
            several = inference.shared(np.array([tokens], np.int64))
            binding = self.binding(memory, several)
        elif self._session.provider != CPU:  # where a tensor that is bound is copied there and then
            binding = self.binding(memory)
        self._session.run_bound(binding)

    def tell(self, bias: Bias, uniform: float) -> None:
        """Say what the next call draws from, a bias (V), and by which chance, 0..1."""
        self._arrays["bias"][...] = bias
        self._arrays["uniform"][...] = uniform

    def force(self, token: int = -1) -> None:
        """Say which token the next calls have to draw, out of all; without one they are free."""
        self._arrays["forced"][...] = token
        if token >= 0:
            self._arrays["bias"][...] = 0

    def sample(self, sampling: Sampling) -> None:
        """Say how boldly calls draw."""
        self._arrays["temperature"][...] = sampling.temperature
        self._arrays["top_k"][...] = sampling.top_k
        self._arrays["top_p"][...] = sampling.top_p

    def drawn(self) -> tuple[int, float]:
        """Return the token that the last call drew, and its log-probability.

        Raises LoopwrightError where every token was masked.
        """
        token, likely = (
            int(self._arrays[TOKENS][0, 0]),
            float(self._arrays["log_probability"][0, 0]),
        )
        if isnan(likely):
            raise LoopwrightError("the melody model was left with no token that may come")
        if not 0 <= token < self._arrays["bias"].shape[1]:
            raise LoopwrightError("the melody model drew a token that its vocabulary has not")
        return token, likely


def arrays(vocabulary: int) -> dict[str, Array]:
    """Return the small inputs and outputs of a graph."""
    floats, integers, counts = np.float32, np.int64, np.int32
    return {
        TOKENS: np.zeros((1, 1), integers),
        LAST: np.zeros(1, counts),
        TOTAL: np.zeros((), counts),
        "bias": np.zeros((1, vocabulary), floats),
        "uniform": np.zeros((1, 1), floats),
        "forced": np.full(1, -1, integers),
        "temperature": np.ones((), floats),
        "top_k": np.zeros((), integers),
        "top_p": np.ones((), floats),
        "log_probability": np.zeros((1, 1), floats),
    }

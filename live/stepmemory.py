"""What a melody model remembers of the tokens it has heard, and how it goes back.

A cache of keys and values goes back by its length alone; the state of an LSTM is kept for each of
the latest tokens. An LSTM may have both.
"""

from collections.abc import Sequence
from itertools import takewhile
from operator import eq

from loopwright.engine.stepsidecar import STATE
from loopwright.live import inference
from loopwright.live.stepgraph import EAGER, Remembered, StepGraph

KEPT = 512  # tokens that an LSTM can go back without hearing all again


class Cache:
    """Keys and values of the tokens `held`, which are those of a sequence from `base` on.

    More precisely: those of its opening, then those from `base` on.
    """

    def __init__(self, graph: StepGraph, state: Remembered | None = None) -> None:
        self.base = 0
        self.held: list[int] = []
        self._graph = graph
        self._memory = {**graph.caches(), **(state or {})}
        self._binding = graph.binding(self._memory)

    def begin(self, base: int) -> None:
        """Forget all, and hear from `base` on next."""
        self.base = base
        self.held.clear()

    def keep(self, tokens: Sequence[int]) -> None:
        """Forget what `tokens` do not begin with."""
        del self.held[alike(self.held, tokens) :]

    def follow(self, tokens: Sequence[int], most: int | None = None) -> None:
        """Hear exactly `tokens`; no more than `most` that are new. Blocks for a step each."""
        self.keep(tokens)
        new = tokens[len(self.held) :][:most]
        self._graph.sample(EAGER)
        for first in range(0, len(new), self._graph.most):
            self.hear(new[first : first + self._graph.most])

    def hear(self, tokens: Sequence[int]) -> None:
        """Hear tokens, as many as the graph can at once. Blocks for a step."""
        self._graph.hear(tokens, len(self.held), (self._memory, self._binding))
        self.held.extend(tokens)


def alike(some: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two sequences begin with alike."""
    if other[: len(some)] == some:  # nearly always, and by far the fastest
        return len(some)
    return sum(1 for _ in takewhile(bool, map(eq, some, other)))


class States(Cache):
    """The state of an LSTM after the tokens `held`, and what it was after those before."""

    def __init__(self, graph: StepGraph) -> None:
        self._state = graph.state()
        self._was = {0: self._state.copy()}
        super().__init__(graph, {STATE: inference.shared(self._state)})

    def begin(self, base: int) -> None:
        """Forget all, and hear from `base` on next."""
        super().begin(base)
        self._state[...] = 0
        self._was = {0: self._state.copy()}

    def keep(self, tokens: Sequence[int]) -> None:
        """Forget what `tokens` do not begin with, and what came before it if that is long ago."""
        before = len(self.held)
        super().keep(tokens)
        while len(self.held) not in self._was:
            self.held.pop()
        if len(self.held) < before:
            self._state[...] = self._was[len(self.held)]

    def hear(self, tokens: Sequence[int]) -> None:
        """Hear one token. Blocks for a step."""
        super().hear(tokens)
        now = len(self.held)
        self._was[now] = self._state.copy()
        if now > KEPT:
            self._was.pop(now - KEPT, None)

"""A melody model at run time: it has heard some tokens, draws the next, and can go back.

However long the tokens get, the latest are heard: at the end of a cache the second one takes over,
which has heard the latest half of them meanwhile. Which tokens are heard depends on their number
alone, so that the same tokens are answered alike however they came. numpy and onnxruntime only.
"""

from collections.abc import Sequence

from loopwright.engine.compose import Sampling
from loopwright.engine.context import AHEAD, Window
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.language import Bias, Language
from loopwright.engine.stepsidecar import StepSidecar
from loopwright.live.stepgraph import EAGER, StepGraph
from loopwright.live.stepmemory import Cache, States


class StepModel:
    """One variant of a preset's melody model, ready to draw. One thread at a time."""

    def __init__(self, about: StepSidecar, speaks: Language, graph: StepGraph, device: str) -> None:
        self.language, self.model, self.device = speaks, about.model, device
        self._window = Window(about.shape.context, about.shape.opening)
        self._graph = graph
        kind = States if about.shape.state else Cache
        self._caches = [kind(graph) for _ in range(2 if about.shape.context else 1)]
        self._heard: list[int] = []

    @property
    def heard(self) -> tuple[int, ...]:
        """The tokens that it has heard, drawn ones included."""
        return tuple(self._heard)

    def listen(self, tokens: Sequence[int]) -> None:
        """Have it hear exactly `tokens`. Blocks for a step a token that is new to it.

        Raises LoopwrightError for a token that it does not know.
        """
        if any(not 0 <= token < self.language.size for token in tokens):
            raise LoopwrightError("the melody model was told a token that it does not know")
        new = max(len(tokens) - len(self._heard), 0)
        self._heard = list(tokens)
        if tokens:
            self._current()
            self._prepare(AHEAD * new)

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        """Draw the next token, have it heard, and return it with its log-probability. Blocks.

        Raises LoopwrightError where nothing was heard, or nothing may come.
        """
        self._graph.tell(bias, uniform)
        return self._next(sampling)

    def foretell(self, token: int) -> float:
        """Have it hear a token; return the log-probability that it had for that. Blocks.

        Raises LoopwrightError where nothing was heard before, for measures alone.
        """
        self._graph.force(token)
        likely = self._next(EAGER)[1]
        self._graph.force()
        return likely

    def _next(self, sampling: Sampling) -> tuple[int, float]:
        """Have the latest token heard, and add the one that comes of it."""
        if not self._heard:
            raise LoopwrightError("a melody model has to hear something before it goes on")
        cache = self._current()
        self._graph.sample(sampling)
        cache.hear(self._heard[-1:])
        token, likely = self._graph.drawn()
        self._heard.append(token)
        self._prepare(AHEAD)
        return token, likely

    def _current(self) -> Cache:
        """Return the cache that serves now; all but the last token are heard in it."""
        base = self._window.base(len(self._heard))
        cache = self._with(base)
        self._caches.sort(key=lambda one: one is not cache)
        cache.follow(self._window.heard(self._heard, base)[:-1])
        return cache

    def _prepare(self, most: int) -> None:
        """Have the cache that comes next hear some tokens, once the end of this one is near."""
        following = self._window.following(len(self._heard))
        if following is not None and len(self._caches) > 1:
            heard = self._window.heard(self._heard, following)[:-1]
            self._with(following).follow(heard, most)

    def _with(self, base: int) -> Cache:
        """Return the cache that begins at a base, or the one that served less lately made so."""
        for cache in self._caches:
            if cache.base == base:
                return cache
        cache = self._caches[-1]
        cache.begin(base)
        return cache

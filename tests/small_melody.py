"""A melody model in small: a language of 192 tokens, and models that are one function each.

A token is a pitch (0-127), then how many steps it sounds (1-32), or a rest of so many steps. One
note at a time; what is still to be said of a note is its length.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.compose import Sampling
from loopwright.engine.keys import Key
from loopwright.engine.language import Bias, Language
from loopwright.engine.melody import Limits
from loopwright.engine.notes import Note, Part
from loopwright.engine.time import TICKS_PER_QUARTER, TICKS_PER_STEP

LONGEST = 32
LENGTHS, RESTS, SIZE = range(128, 160), range(160, 192), 192

Logits = Callable[[tuple[int, ...]], NDArray[np.float64]]


@dataclass(frozen=True)
class SmallTelling:
    """Steps told, the pitch that waits for its length, and notes from tick `start` on.

    A rest is told as one token where it fits into one, as `encode` tells it.
    """

    start: int
    step: int = 0
    pitch: int | None = None
    notes: tuple[Note, ...] = ()
    resting: bool = False

    @property
    def reached(self) -> int:
        return self.step * TICKS_PER_STEP

    def after(self, token: int) -> "SmallTelling":
        if token < LENGTHS.start:
            return replace(self, pitch=token, resting=False)
        if token in RESTS:
            steps = token - RESTS.start + 1
            return replace(self, step=self.step + steps, pitch=None, resting=steps < LONGEST)
        if self.pitch is None:
            return self
        steps = token - LENGTHS.start + 1
        note = Note(self.reached, steps * TICKS_PER_STEP, self.pitch, 0, Part.MELODY)
        notes = (*self.notes, note) if self.reached >= self.start else self.notes
        return replace(self, step=self.step + steps, pitch=None, notes=notes)

    def bias(self, limits: Limits) -> Bias:
        bias = np.full(SIZE, -np.inf, np.float32)
        if self.pitch is not None:
            bias[LENGTHS] = 0
            return bias
        sounding = [p for p in range(limits.low, limits.high + 1) if self.sounds(p, limits)]
        bias[sounding] = 0
        silence = max([self.start, *(n.tick + n.length for n in self.notes)])
        left = 0 if self.resting else LONGEST
        if limits.rest:
            left = min((limits.rest - (self.reached - silence)) // TICKS_PER_STEP, left)
        bias[RESTS[: max(left, 0 if sounding else 1)]] = 0
        return bias

    def sounds(self, pitch: int, limits: Limits) -> bool:
        beat = self.reached // TICKS_PER_QUARTER
        begun = sum(n.tick // TICKS_PER_QUARTER == beat for n in self.notes)
        free = not limits.density or begun < limits.density
        return free and (not limits.classes or pitch % 12 in limits.classes)


@dataclass(frozen=True)
class SmallLanguage:
    size: int = SIZE
    vocabulary: str = "small"
    styles: tuple[str, ...] = ()

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        tokens: list[int] = []
        step, last = 0, -(-until // TICKS_PER_STEP)
        line = {round(n.tick / TICKS_PER_STEP): n for n in sorted(notes)}
        for begins, note in sorted(line.items()):
            if begins < step:
                continue
            tokens += rest(begins - step)
            later = [other for other in line if other > begins]
            room = min([*later, begins + LONGEST]) - begins
            steps = min(max(round(note.length / TICKS_PER_STEP), 1), room)
            tokens += (note.pitch, LENGTHS[steps - 1])
            step = begins + steps
        return (*tokens, *rest(last - step))

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> SmallTelling:
        del reached  # no token goes back in time
        telling = SmallTelling(start)
        for token in tokens:
            telling = telling.after(token)
        return telling


def rest(steps: int) -> list[int]:
    """Return the tokens of a rest."""
    whole, more = divmod(max(steps, 0), LONGEST)
    return [RESTS[-1]] * whole + ([RESTS[more - 1]] if more else [])


@dataclass
class SmallStepper:
    """A model whose logits are a function of the tokens so far; it counts the tokens it met."""

    logits: Logits
    language: Language = field(default_factory=SmallLanguage)
    heard: tuple[int, ...] = ()
    met: int = 0
    model: str = "ab" * 32
    device: str = "cpu"

    def listen(self, tokens: Sequence[int]) -> None:
        same = 0
        for ours, theirs in zip(tokens, self.heard, strict=False):
            if ours != theirs:
                break
            same += 1
        self.met += len(tokens) - same
        self.heard = tuple(tokens)

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        chances = shares(self.logits(self.heard), bias, sampling)
        found = int(np.searchsorted(np.cumsum(chances), uniform, "right"))
        token = min(found, int(np.flatnonzero(chances)[-1]))
        self.met += 1
        self.heard = (*self.heard, token)
        return token, float(np.log(chances[token]))

    def foretell(self, token: int) -> float:
        logits = self.logits(self.heard)
        self.heard = (*self.heard, token)
        return float(logits[token] - np.log(np.exp(logits).sum()))


def shares(logits: NDArray[np.float64], bias: Bias, sampling: Sampling) -> NDArray[np.float64]:
    """Return the chance of each token: masked, tempered, then top-k, then top-p."""
    cold = (logits + bias) / sampling.temperature
    chances = np.exp(cold - cold.max())
    order = np.argsort(-chances, kind="stable")
    if sampling.top_k:
        chances[order[sampling.top_k :]] = 0
    sums = np.cumsum(chances[order]) / chances.sum()
    chances[order[1:][sums[:-1] >= sampling.top_p]] = 0
    return chances / chances.sum()


def any_of(size: int) -> Logits:
    """Return the logits of a model of `size` tokens that wanders."""
    return lambda tokens: np.random.default_rng(tokens[-3:]).normal(0, 2, size)


def wandering(tokens: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the logits of a model that likes something else after every two tokens."""
    return np.random.default_rng(tokens[-2:]).normal(0, 2, SIZE)


def stubborn(tokens: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the logits of a model that wants one note for ever, a step long."""
    logits = np.random.default_rng(tokens[-2:]).normal(0, 1, SIZE)
    logits[60] += 14
    logits[LENGTHS[0]] += 14
    return logits


def mute(tokens: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the logits of a model that would rather rest."""
    logits = np.random.default_rng(tokens[-2:]).normal(0, 1, SIZE)
    logits[RESTS] += 12
    return logits

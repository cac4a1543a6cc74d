"""What a melody model speaks: notes as tokens and back, whichever tokens they are.

A language is a value, made of a sidecar's table alone (no MidiTok, no torch). A `Telling` is a fold
over tokens: it knows which notes they have told, how far they reach, and what may come next. Ticks
count from a bar line. Biases are what masks and limits come in as at a step graph: one float32 a
token, minus infinity where the token may not be drawn.
"""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.keys import Key
from loopwright.engine.melody import Limits
from loopwright.engine.notes import Note

Bias = NDArray[np.float32]


class Telling(Protocol):
    """What tokens have told so far: a frozen value."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that are told to their end, in order of time.

        Their velocity is 0 where the tokens tell of none.
        """
        ...

    @property
    def reached(self) -> int:
        """The tick before which no other note can begin."""
        ...

    def after(self, token: int) -> Self:
        """Return what is told once `token` has come, too; one that breaks the grammar is passed."""
        ...

    def bias(self, limits: Limits) -> Bias:
        """Return what may come next, [vocabulary]: 0 where it may, minus infinity elsewhere.

        One token at least may always come.
        """
        ...


class Language(Protocol):
    """The tokens of a model, and how notes become them."""

    @property
    def size(self) -> int:
        """How many tokens there are."""
        ...

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what each token means: graphs and tables that differ in it do not fit."""
        ...

    @property
    def styles(self) -> tuple[str, ...]:
        """The words that a request may name a style with; empty where there are none."""
        ...

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        """Return the tokens of notes (ticks from a bar line), told up to tick `until`.

        Nothing that may come after these tokens lies before `until`. `key` and `style` condition
        models that know of them, and are passed over by others.
        """
        ...

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> Telling:
        """Return the telling after `tokens`; only notes from tick `start` on count.

        No other note can begin before tick `reached`, which is `start` where that is later.
        """
        ...

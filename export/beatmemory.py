"""What a beat model's steps remember: the columns of the latest eight steps. b loops, n draws."""

from dataclasses import dataclass

import numpy as np

from loopwright.engine.beatcodes import BACK, HEARD, ROUNDS, WRITTEN
from loopwright.export.beatweights import MEMORY, STREAMS, Ints
from loopwright.export.graph import Graph, Value

DRAWS = len(WRITTEN)


@dataclass(frozen=True, slots=True)
class Memory:
    """Columns (b, ...) of the latest eight steps, and of this one as far as it is written."""

    columns: Value

    def candidates(self, b: Graph, n: int) -> Value:
        """Return the columns (n, b, L) that the draws of a round may repeat."""
        places = np.array([repeated(draw) for draw in ROUNDS[n]])
        return b("Transpose", b("Gather", self.columns, b.constant(places), axis=1), perm=[1, 0, 2])

    def after(self, b: Graph, columns: Value) -> "Memory":
        """Return the memory after a round has written columns (n, b)."""
        return Memory(b("Concat", self.columns, b("Transpose", columns, perm=[1, 0]), axis=1))


def repeated(draw: int) -> list[int]:
    """Return where in the memory the columns lie that a draw may repeat."""
    if draw < STREAMS:
        return [at(steps, draw) for steps in BACK]
    return [at(0, draw - STREAMS), *(at(steps, draw) for steps in BACK if steps != 2)]


def heard_places() -> Ints:
    """Return where in the memory the codes of the beats lie that are heard."""
    return np.array([at(back, half * STREAMS + stream) for back, half in HEARD
                     for stream in range(STREAMS)])  # fmt: skip


def at(back: int, draw: int) -> int:
    """Return where in the memory the column of a draw lies, some steps before."""
    return (MEMORY - back) * DRAWS + WRITTEN.index(draw)

"""The order of time and the order of writing, inside a beat model's graph.

b loops, t = 128 codes a loop in order of time, n codes of a round, K codes.
"""

import numpy as np

from loopwright.engine.beatcodes import PITCH, ROUNDS, WRITTEN
from loopwright.export.beatweights import POSITIONS, STEPS, STREAMS
from loopwright.export.graph import Graph, Value
from loopwright.export.loops import Chances

CODES = POSITIONS * STREAMS


def parts_of(chances: Chances) -> tuple[Value, Value, Value]:
    """Return uniforms, forced codes and bias."""
    return chances.uniforms, chances.forced, chances.bias


def widened(g: Graph, bias: Value, batch: Value) -> Value:
    """Return the bias (t, K) for each of b loops: (t, b, K)."""
    wide = g("Concat", g.integers(CODES), batch, g.integers(-1), axis=0)
    wide = g("Where", g("Less", wide, g.integer(0)), g.integer(1), wide)
    return g("Expand", g("Unsqueeze", bias, g.integers(1)), wide)


def in_rows(g: Graph, value: Value, n: int) -> Value:
    """Return what belongs to a round, (t, b, ...) as (16, n * b, ...)."""
    index = g.constant(np.array([[place(draw, s) for draw in ROUNDS[n]] for s in range(STEPS)]))
    rows = g("Gather", value, index, axis=0)
    shape = g("Shape", rows, start=3)
    return g("Reshape", rows, g("Concat", g.integers(0, -1), shape, axis=0))


def place(draw: int, step: int) -> int:
    """Return which of the codes, in order of time, a draw of a step writes."""
    half, stream = divmod(draw, STREAMS)
    return (half * STEPS + step) * STREAMS + stream


def in_time(g: Graph, rounds: list[Value]) -> Value:
    """Return what the rounds wrote, (16, n, b) each, in order of time: (t, b)."""
    together = g("Concat", *rounds, axis=1)
    flat = g("Reshape", together, g.integers(CODES, -1))
    written = np.array([place(draw, step) for step in range(STEPS) for draw in WRITTEN])
    return g("Gather", flat, g.constant(np.argsort(written)), axis=0)


def replaced(g: Graph, rows: Value, row: Value) -> Value:
    """Return rows (t, b) with the first pitch's replaced by `row` (1, b)."""
    before, _, after = g.many("Split", 3, rows, g.integers(PITCH, 1, CODES - PITCH - 1), axis=0)
    return g("Concat", before, row, after, axis=0)

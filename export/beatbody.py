"""The inside of a beat model's scan: one step, which writes a beat of both halves.

Four rounds of draws, n codes each, as n * b rows of K. A code stands as a column: for a pitch that
is its interval from the loop's first. b loops, H hidden units, L places to repeat from.
"""

from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.export.beatweights import (
    BACK,
    HEARD,
    LAGS,
    MEMORY,
    PITCH,
    ROUNDS,
    STREAMS,
    WRITTEN,
    BeatWeights,
    Draws,
    Ints,
)
from loopwright.export.chances import Boldness, Chance, Drawn, draw
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.layers import Matrix, State, remember
from loopwright.export.quantise import Precision

DRAWS = len(WRITTEN)


@dataclass(frozen=True, slots=True)
class Steps:
    """What holds for all steps: the column (b, K) of each code of a pitch, and of all others."""

    weights: BeatWeights
    bold: Boldness
    precision: Precision
    pitches: Value
    others: Value

    def columns(self, g: Graph, places: tuple[int, ...]) -> Value:
        """Return the columns (n * b, K) of the codes of a round."""
        rows = [self.pitches if place % STREAMS == PITCH else self.others for place in places]
        return rows[0] if len(rows) == 1 else g("Concat", *rows, axis=0)


@dataclass(frozen=True, slots=True)
class Told:
    """What a round leaves: its columns (n, b), and which (n, b, L) came again."""

    columns: Value
    again: Value


def body(g: Graph, steps: Steps) -> onnx.GraphProto:
    """Return the inside of the scan: states, and one step's chances in; states, codes, shares out.

    `memory` (b, 64) holds the columns of the latest eight steps, `again` (b, 32) what came again in
    the last one.
    """
    b, weights = g.body(), steps.weights
    state = hear(b, steps)
    inner = Matrix(weights.inner, weights.inner_bias, steps.precision).times(b, state.output)
    layers = b("Transpose", b("Reshape", inner, b.integers(0, DRAWS, -1)), perm=[1, 0, 2])
    sizes = b.integers(*(len(places) for places in ROUNDS))
    parts = b.many("Split", len(ROUNDS), layers, sizes, axis=0)
    written: list[Told] = []
    drawn: list[Drawn] = []
    so_far = ""
    for n, (draws, layer) in enumerate(zip(weights.rounds, parts, strict=True)):
        before = candidates(b, n, written)
        one, told = written_round(b, steps, n, (layer, so_far, before))
        drawn.append(one)
        written.append(told)
        if n + 1 < len(ROUNDS):
            so_far = said(b, draws, told, so_far)
    return closed(b, steps, state, (written, drawn))


def closed(
    b: Graph, steps: Steps, state: State, done: tuple[list[Told], list[Drawn]]
) -> onnx.GraphProto:
    """Return the body with its inputs and outputs, after all rounds."""
    written, drawn = done
    weights = steps.weights
    columns = b("Transpose", b("Concat", *(t.columns for t in written), axis=0), perm=[1, 0])
    kept = b("Slice", "memory", b.integers(DRAWS), b.integers(2**62), b.integers(1))
    memory = b("Concat", kept, columns, axis=1)
    again = b("Transpose", b("Concat", *(t.again for t in written), axis=0), perm=[1, 0, 2])
    flat = b("Reshape", again, b.integers(0, DRAWS * LAGS))
    of_state = Typed(FLOAT, ["batch", weights.hidden])
    of_memory = Typed(INT64, ["batch", MEMORY * DRAWS])
    of_again = Typed(FLOAT, ["batch", DRAWS * LAGS])
    states = {"output": of_state, "cell": of_state, "memory": of_memory, "again": of_again}
    inputs = {**states, "place": Typed(FLOAT, [4 * weights.hidden])}
    outputs = dict(zip((state.output, state.cell, memory, flat), states.values(), strict=True))
    for n, one in enumerate(drawn):
        rows = f"rows_of_{n}"
        inputs[f"uniform_{n}"] = Typed(FLOAT, [rows, 1])
        inputs[f"forced_{n}"] = Typed(INT64, [rows])
        inputs[f"bias_{n}"] = Typed(FLOAT, [rows, weights.codes])
        outputs[b("Identity", one.code)] = Typed(INT64, [rows])
        outputs[b("Identity", one.shares)] = Typed(FLOAT, [rows, weights.codes])
    return b.inside("step", inputs, outputs)


def hear(b: Graph, steps: Steps) -> State:
    """Return the LSTM's state after the beats that a step hears."""
    weights = steps.weights
    rows = b("Gather", "memory", b.constant(heard_places()), axis=1)
    offsets = np.tile(np.arange(STREAMS) * (weights.codes + 1), len(HEARD))
    entries = b("Gather", b.constant(weights.heard, "heard"), b("Add", rows, b.constant(offsets)))
    beats = b("Reshape", entries, b.integers(0, -1))
    x = b("Concat", beats, "again", "output", axis=1)
    gates = Matrix(weights.cell, None, steps.precision).times(b, x, "place")
    return remember(b, gates, "cell", weights.hidden)


def heard_places() -> Ints:
    """Return where in the memory the codes of the beats lie that are heard."""
    return np.array([at(back, half * STREAMS + stream) for back, half in HEARD
                     for stream in range(STREAMS)])  # fmt: skip


def at(back: int, draw: int) -> int:
    """Return where in the memory the column of a draw lies, some steps before."""
    return (MEMORY - back) * DRAWS + WRITTEN.index(draw)


def candidates(b: Graph, n: int, written: list[Told]) -> Value:
    """Return the columns (n, b, L) that the draws of a round may repeat."""
    parts = [candidate(b, draw, written) for draw in ROUNDS[n]]
    return parts[0] if len(parts) == 1 else b("Concat", *parts, axis=0)


def candidate(b: Graph, draw: int, written: list[Told]) -> Value:
    """Return the columns (1, b, L) that a draw may repeat: earlier ones, and the first half's."""
    second = draw >= STREAMS
    back = [at(steps, draw) for steps in BACK if not (second and steps == 2)]
    earlier = b("Unsqueeze", b("Gather", "memory", b.constant(np.array(back)), axis=1),
                b.integers(0))  # fmt: skip
    if not second:
        return earlier
    n = next(n for n, places in enumerate(ROUNDS) if draw - STREAMS in places)
    place = b.integers(ROUNDS[n].index(draw - STREAMS))
    first = b("Unsqueeze", b("Gather", written[n].columns, place, axis=0), b.integers(2))
    return b("Concat", first, earlier, axis=2)


def written_round(
    b: Graph, steps: Steps, n: int, from_: tuple[Value, Value, Value]
) -> tuple[Drawn, Told]:
    """Return what a round draws, and its columns.

    From each draw's layer (n, b, inner), what was said so far (b, inner), and the columns that it
    may repeat (n, b, L).
    """
    layer, so_far, before = from_
    draws, codes = steps.weights.rounds[n], steps.weights.codes
    inner = b("Relu", b("Add", layer, so_far) if so_far else layer)
    logits = b("Add", b("MatMul", inner, b.constant(draws.head)), b.constant(draws.head_bias))
    both = b("ScatterElements", logits, before, sliced(b, logits, codes, codes + LAGS), axis=2,
             reduction="add")  # fmt: skip
    own = sliced(b, both, 0, codes)
    rows = b("Reshape", own, b.integers(-1, codes))
    columns = steps.columns(b, draws.places)
    pitched = any(place % STREAMS == PITCH for place in draws.places)
    rows = b("GatherElements", rows, columns, axis=1) if pitched else rows
    drawn = draw(b, rows, steps.bold, Chance(f"uniform_{n}", f"forced_{n}", f"bias_{n}"))
    one = b("Unsqueeze", drawn.code, b.integers(1))
    column = b("GatherElements", columns, one, axis=1) if pitched else one
    here = b("Reshape", column, b.integers(len(draws.places), -1))
    again = b("Equal", before, b("Unsqueeze", here, b.integers(2)))
    return drawn, Told(here, b("Cast", again, to=FLOAT))


def sliced(b: Graph, x: Value, first: int, end: int) -> Value:
    """Return x (n, b, ...) from one column to another."""
    return b("Slice", x, b.integers(first), b.integers(end), b.integers(2))


def said(b: Graph, draws: Draws, told: Told, so_far: Value) -> Value:
    """Return what later rounds are told (b, inner): the sum over what was drawn."""
    codes = len(draws.told) // len(draws.places)
    offsets = codes * np.arange(len(draws.places))[:, None]
    entries = b("Add", told.columns, b.constant(offsets)) if len(offsets) > 1 else told.columns
    words = b("Gather", b.constant(draws.told), entries)
    same = b("MatMul", told.again, b.constant(draws.told_same))
    total = b("ReduceSum", b("Add", words, same), b.integers(0), keepdims=0)
    return b("Add", total, so_far) if so_far else total

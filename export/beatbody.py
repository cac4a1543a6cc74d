"""The inside of a beat model's scan: one step, which writes a beat of both halves.

Four rounds of draws, n codes each, as n * b rows of K. A code stands as a column: for a pitch that
is its interval from the loop's first. b loops, H hidden units, L places to repeat from.
"""

from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.engine.beatcodes import HEARD, LAGS, PITCH, ROUNDS
from loopwright.export.beatmemory import DRAWS, Memory, heard_places
from loopwright.export.beatweights import MEMORY, STREAMS, BeatWeights, Draws
from loopwright.export.chances import Boldness, Chance, Drawn, draw
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.layers import Matrix, State, remember
from loopwright.export.quantise import Precision


@dataclass(frozen=True, slots=True)
class Steps:
    """What holds for all steps: for each round the column (n * b, K) of each code."""

    weights: BeatWeights
    bold: Boldness
    precision: Precision
    columns: tuple[Value, ...]


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
    state_of = Memory("memory")
    drawn: list[Drawn] = []
    again: list[Value] = []
    so_far = ""
    for n, (draws, layer) in enumerate(zip(weights.rounds, parts, strict=True)):
        before = state_of.candidates(b, n)
        one, told = written_round(b, steps, n, (layer, so_far, before))
        state_of = state_of.after(b, told.columns)
        drawn.append(one)
        again.append(told.again)
        if n + 1 < len(ROUNDS):
            so_far = said(b, draws, told, so_far)
    return closed(b, steps, (state, state_of, again), drawn)


def closed(
    b: Graph, steps: Steps, left: tuple[State, Memory, list[Value]], drawn: list[Drawn]
) -> onnx.GraphProto:
    """Return the body with its inputs and outputs, after all rounds."""
    (state, written, repeats), weights = left, steps.weights
    memory = b("Slice", written.columns, b.integers(DRAWS), b.integers(2**62), b.integers(1))
    again = b("Transpose", b("Concat", *repeats, axis=0), perm=[1, 0, 2])
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
        outputs[one.code] = Typed(INT64, [rows])
        outputs[one.shares] = Typed(FLOAT, [rows, weights.codes])
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
    columns = steps.columns[n]
    pitched = any(place % STREAMS == PITCH for place in draws.places)
    rows = b("GatherElements", rows, columns, axis=1) if pitched else rows
    drawn = draw(b, rows, steps.bold, Chance(f"uniform_{n}", f"forced_{n}", f"bias_{n}"))
    column = drawn.code
    if pitched:
        column = b("GatherElements", columns, b("Unsqueeze", column, b.integers(1)), axis=1)
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

"""Between a beat model's codes and the cells of a roll, inside a graph. b loops, K codes."""

import numpy as np

from loopwright.engine.beatcodes import LEANS, METALS, REST, RESTS, SILENT, SKINS, SOUNDS
from loopwright.engine.roll import BASS_PITCHES, COLUMNS, DRUMS
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.export.beatweights import POSITIONS, BeatWeights
from loopwright.export.graph import FLOAT, INT32, INT64, Graph, Value
from loopwright.export.weights import Floats

STEPS = STEPS_PER_LOOP // POSITIONS


def logits_of(g: Graph, weights: BeatWeights, codes: Value) -> Value:
    """Return the logits (b, 128, 93) of codes (b, 128)."""
    streams = g("Reshape", codes, g.integers(0, POSITIONS, -1))
    skins, metals, shape, pitch = g.many("Split", 4, streams, axis=2, num_outputs=4)
    parts = [
        g("Reshape", g("Gather", g.constant(book * (SOUNDS - RESTS) + RESTS), code),
          g.integers(0, STEPS_PER_LOOP, len(columns)))
        for book, code, columns in ((weights.skins, skins, SKINS), (weights.metals, metals, METALS))
    ]  # fmt: skip
    order = np.argsort(np.array((*SKINS, *METALS)))
    drums = g("Gather", g("Concat", *parts, axis=2), g.constant(order), axis=2)
    shapes = g("Reshape", g("Gather", g.constant(weights.shapes), shape),
               g.integers(0, STEPS_PER_LOOP, 1))  # fmt: skip
    firsts = g("Reshape", g("Expand", pitch, g.integers(1, 1, STEPS)),
               g.integers(0, STEPS_PER_LOOP, 1))  # fmt: skip
    return g("Concat", drums, bass_of(g, shapes, firsts), axis=2)


def bass_of(g: Graph, shapes: Value, firsts: Value) -> Value:
    """Return the bass's logits (b, 128, 84) of intervals and first pitches (b, 128, 1)."""
    rests = g("Equal", shapes, g.integer(REST))
    silent = g("Or", rests, g("GreaterOrEqual", firsts, g.integer(SILENT)))
    cells = g("Where", silent, g.integer(-1), g("Add", shapes, firsts))
    pitches = g.constant(np.arange(BASS_PITCHES, dtype=np.int64))
    leans = g("Where", g("Equal", firsts, pitches), g.number(LEANS), g.number(RESTS))
    return g("Where", g("Equal", cells, pitches), g.number(SOUNDS), leans)


def codes_of(g: Graph, weights: BeatWeights, roll: Value) -> Value:
    """Return the codes (b, 128) of rolls (b, 128, 93)."""
    sizes = g.integers(DRUMS, COLUMNS - DRUMS)
    drums, bass = g.many("Split", 2, g("Cast", roll, to=FLOAT), sizes, axis=2)
    near = [
        nearest(g, g("Gather", drums, g.constant(np.array(columns, np.int64)), axis=2), book)
        for columns, book in ((SKINS, weights.skins), (METALS, weights.metals))
    ]
    codes = g("Concat", *near, *bass_codes(g, weights, bass), axis=2)
    return g("Reshape", codes, g.integers(0, -1))


def nearest(g: Graph, bits: Value, book: Floats) -> Value:
    """Return which pattern (b, 32, 1) of a book (K, c) differs least from bits (b, 128, c / 4)."""
    beats = g("Reshape", bits, g.integers(0, POSITIONS, -1))
    near = g("MatMul", beats, g.constant(-2 * book.T))
    return g("ArgMin", g("Add", near, g.constant(book.sum(1))), axis=2, keepdims=1)


def bass_codes(g: Graph, weights: BeatWeights, bass: Value) -> tuple[Value, Value]:
    """Return the shape and the first pitch (b, 32, 1) of bass cells (b, 128, 84)."""
    loudest = g("ReduceMax", bass, g.integers(2), keepdims=0)
    beats = g.integers(0, POSITIONS, STEPS)
    sounds = g("Reshape", g("Greater", loudest, g.number(0.0)), beats)
    pitch = g("Reshape", g("ArgMax", bass, axis=2, keepdims=0), beats)
    begins = g("ArgMax", g("Cast", sounds, to=INT32), axis=2, keepdims=1)
    first = g("GatherElements", pitch, begins, axis=2)
    shape = g("Where", sounds, g("Sub", pitch, first), g.integer(REST))
    some = g("ReduceMax", g("Cast", sounds, to=INT64), g.integers(2), keepdims=1)
    pitches = g("Where", g("Greater", some, g.integer(0)), first, g.integer(SILENT))
    return alike(g, weights, shape), pitches


def alike(g: Graph, weights: BeatWeights, shape: Value) -> Value:
    """Return which shape (b, 32, 1) of the book differs in the fewest cells from (b, 32, 4)."""
    ours, book = g("Unsqueeze", shape, g.integers(2)), g.constant(weights.shapes)
    rests = g("Or", g("Equal", ours, g.integer(REST)), g("Equal", book, g.integer(REST)))
    wrong = g("Where", rests, g.number(1.0), g.number(2.0))
    apart = g("Where", g("Equal", ours, book), g.number(0.0), wrong)
    total = g("ReduceSum", apart, g.integers(3), keepdims=0)
    return g("ArgMin", total, axis=2, keepdims=1)

"""The graphs of a beat model: one that draws and decodes whole loops, one that encodes them.

b loops, t = 128 codes a loop (32 beats of four), K codes.
"""

import numpy as np
import onnx

from loopwright.engine.beatcodes import LAGS, MIDDLE, OFFSET, PITCH, QUIET, ROUNDS, SILENT
from loopwright.export.beatbody import DRAWS, Steps, body
from loopwright.export.beatcells import codes_of, logits_of
from loopwright.export.beatorder import CODES, in_rows, in_time, parts_of, replaced, widened
from loopwright.export.beatweights import MEMORY, STEPS, STREAMS, BeatWeights, Ints
from loopwright.export.chances import Chance, boldness, draw, share_of
from loopwright.export.graph import BOOL, FLOAT, INT64, Graph, Typed, Value
from loopwright.export.loops import ROLL, Chances, all_chances, likelihood, roll_of
from loopwright.export.quantise import Precision

CLOSED = -1e4


def loop_graph(weights: BeatWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the graph that draws codes and decodes them (see docs/models.md)."""
    g, k = Graph(), weights.codes
    bold = boldness(g, "temperature", "top_k", "top_p", k)
    chances = opened(g, all_chances(g), k)
    now = Chance(*(g("Gather", v, g.integer(PITCH)) for v in parts_of(chances)))
    wide = g("Concat", g("Shape", now.forced), g.integers(1), axis=0)
    first = draw(g, g("Expand", g.constant(weights.first[None], "first"), wide), bold, now)
    pitches, others = columns_of(g, first.code, k), g("Expand", g.constant(identity(k)), wide)
    steps = Steps(weights, bold, precision, in_rounds(g, pitches, others))
    codes, likely = drawn(g, steps, chances, first.code)
    whole = g("Unsqueeze", first.code, g.integers(0))
    of_first = share_of(g, whole, g("Unsqueeze", first.shares, g.integers(0)))
    g.called(codes, "codes")
    shares = g("Transpose", replaced(g, likely, of_first), perm=[1, 0])
    g.called(shares, "probabilities")
    g.called(likelihood(g, shares), "log_probability")
    g.called(roll_of(g, logits_of(g, weights, codes)), "roll")
    of_codes = Typed(INT64, ["batch", CODES])
    inputs = {
        "uniforms": Typed(FLOAT, ["batch", CODES]), "temperature": Typed(FLOAT, []),
        "top_k": Typed(INT64, []), "top_p": Typed(FLOAT, []), "prefix": of_codes,
        "mask": Typed(BOOL, [CODES, k]), "plain": Typed(BOOL, []),
    }  # fmt: skip
    outputs = {
        "codes": of_codes, "roll": ROLL, "log_probability": Typed(FLOAT, ["batch"]),
        "probabilities": Typed(FLOAT, ["batch", CODES]),
    }  # fmt: skip
    return g.model("loop", inputs, outputs)


def encoder_graph(weights: BeatWeights) -> onnx.ModelProto:
    """Return the graph from roll (b, 128, 93) to codes (b, t)."""
    g = Graph()
    g.called(codes_of(g, weights, "roll"), "codes")
    return g.model("encoder", {"roll": ROLL}, {"codes": Typed(INT64, ["batch", CODES])})


def opened(g: Graph, chances: Chances, codes: int) -> Chances:
    """Return the chances with a bias against what is no pitch."""
    closed = np.zeros((CODES, codes), np.float32)
    closed[PITCH::STREAMS, SILENT + 1 :] = CLOSED
    return Chances(chances.uniforms, chances.forced, g("Add", chances.bias, g.constant(closed)))


def columns_of(g: Graph, first: Value, codes: int) -> Value:
    """Return the column (b, K) of each code of a pitch, seen from the loop's first (b)."""
    heard = g("Less", first, g.integer(SILENT))
    anchor = g("Unsqueeze", g("Where", heard, first, g.integer(MIDDLE)), g.integers(1))
    code = np.arange(codes)[None]
    away = g("Sub", g.constant(code + OFFSET), anchor)
    return g("Where", g.constant(code < SILENT), away, g.integer(QUIET))


def in_rounds(g: Graph, pitches: Value, others: Value) -> tuple[Value, ...]:
    """Return the columns (n * b, K) of the codes of each round, of pitches and of all others."""
    rows = [[pitches if place % STREAMS == PITCH else others for place in places]
            for places in ROUNDS]  # fmt: skip
    return tuple(g("Concat", *parts, axis=0) for parts in rows)


def identity(codes: int) -> Ints:
    """Return codes (1, K) as they are."""
    return np.arange(codes, dtype=np.int64)[None]


def drawn(g: Graph, steps: Steps, chances: Chances, first: Value) -> tuple[Value, Value]:
    """Return the codes (b, t) and their probabilities (t, b); the first pitch is `first` (b)."""
    prefix = replaced(g, chances.forced, g("Unsqueeze", first, g.integers(0)))
    batch = g("Shape", first)
    told = Chances(chances.uniforms, prefix, widened(g, chances.bias, batch))
    rounds = [in_rows(g, value, n) for n in range(len(ROUNDS)) for value in parts_of(told)]
    count = 4 + 2 * len(ROUNDS)
    places = g.constant(steps.weights.cell_bias)
    inside = body(g, steps)
    out = g.many("Scan", count, *empty(g, steps, batch), places, *rounds, body=inside,
                 num_scan_inputs=1 + len(rounds))  # fmt: skip
    shapes = [g("Concat", g.integers(STEPS, len(places)), batch, axis=0) for places in ROUNDS]
    codes = [g("Reshape", out[4 + 2 * n], shape) for n, shape in enumerate(shapes)]
    likely = [likely_of(g, out[4 + 2 * n], out[5 + 2 * n], shape) for n, shape in enumerate(shapes)]
    return g("Transpose", in_time(g, codes), perm=[1, 0]), in_time(g, likely)


def likely_of(g: Graph, codes: Value, shares: Value, shape: Value) -> Value:
    """Return the probabilities (16, n, b) of a round's codes (16, n * b)."""
    return g("Reshape", share_of(g, codes, shares), shape)


def empty(g: Graph, steps: Steps, batch: Value) -> list[Value]:
    """Return the states before the first step: nothing was heard, nothing came again."""
    weights = steps.weights
    sizes = (weights.hidden, weights.hidden, MEMORY * DRAWS, DRAWS * LAGS)
    values = (g.number(0.0), g.number(0.0), g.integer(weights.codes), g.number(0.0))
    return [g("Expand", value, g("Concat", batch, g.integers(size), axis=0))
            for value, size in zip(values, sizes, strict=True)]  # fmt: skip

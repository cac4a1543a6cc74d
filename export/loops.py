"""The graphs of a loop model: one that draws and decodes whole loops, one that encodes them."""

from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.engine.roll import BASS_PITCHES, COLUMNS, DRUMS, Drum
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.export.chances import (
    BELOW_ONE,
    NEVER,
    Boldness,
    Chance,
    boldness,
    draw,
    forced,
    share_of,
)
from loopwright.export.graph import BOOL, FLOAT, INT64, UINT8, Graph, Typed, Value
from loopwright.export.layers import Cell, Matrix, State, convolve, remember
from loopwright.export.quantise import Precision
from loopwright.export.weights import Prior, Weights

ROLL = Typed(UINT8, ["batch", STEPS_PER_LOOP, COLUMNS])


@dataclass(frozen=True, slots=True)
class Chances:
    """The chances of all positions: uniforms (t, b, 1), forced (t, b), bias (t, K)."""

    uniforms: Value
    forced: Value
    bias: Value

    def moved(self, g: Graph, order: tuple[int, ...]) -> "Chances":
        """Return the chances of the positions in the order that they are written in."""
        return Chances(*(moved(g, v, order) for v in (self.uniforms, self.forced, self.bias)))

    def parted(self, g: Graph) -> tuple[Chance, tuple[Value, Value, Value]]:
        """Return the chance of the first position, and those of all later ones."""
        all_ = (self.uniforms, self.forced, self.bias)
        now = Chance(*(g("Gather", value, g.integer(0)) for value in all_))
        end, one = g.integers(2**62), g.integers(1)
        uniforms, forced, bias = (g("Slice", v, one, end, g.integers(0)) for v in all_)
        return now, (uniforms, forced, bias)


def moved(g: Graph, rows: Value, order: tuple[int, ...]) -> Value:
    """Return rows (t, ...) in another order."""
    if order == tuple(sorted(order)):
        return rows
    return g("Gather", rows, g.constant(np.array(order, np.int64)), axis=0)


def loop_graph(weights: Weights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the graph that draws codes and decodes them (see docs/models.md)."""
    g = Graph()
    t, k = weights.positions, weights.codes
    bold = boldness(g, "temperature", "top_k", "top_p", k)
    chances = all_chances(g).moved(g, weights.prior.order)
    turns = drawn(g, Steps(weights.prior, bold, precision), chances)
    rows = (moved(g, turn, weights.prior.turns) for turn in turns)
    codes, shares = (g("Transpose", row, perm=[1, 0]) for row in rows)
    g.called(codes, "codes")
    g.called(shares, "probabilities")
    g.called(likelihood(g, shares), "log_probability")
    g.called(roll_of(g, decoded(g, codes, weights)), "roll")
    of_codes = ["batch", t]
    inputs = {
        "uniforms": Typed(FLOAT, of_codes), "temperature": Typed(FLOAT, []),
        "top_k": Typed(INT64, []), "top_p": Typed(FLOAT, []), "prefix": Typed(INT64, of_codes),
        "mask": Typed(BOOL, [t, k]), "plain": Typed(BOOL, []),
    }  # fmt: skip
    outputs = {
        "codes": Typed(INT64, of_codes), "roll": ROLL, "log_probability": Typed(FLOAT, ["batch"]),
        "probabilities": Typed(FLOAT, of_codes),
    }  # fmt: skip
    return g.model("loop", inputs, outputs)


def encoder_graph(weights: Weights) -> onnx.ModelProto:
    """Return the graph from roll (b, 128, 93) to codes (b, t): the nearest in the codebook."""
    g = Graph()
    roll = g("Transpose", g("Cast", "roll", to=FLOAT), perm=[0, 2, 1])
    vectors = g("Transpose", convolve(g, roll, weights.encoder), perm=[0, 2, 1])
    book = weights.codebook
    near = g("MatMul", vectors, g.constant(-2 * book.T))
    far = g("Add", near, g.constant(np.square(book).sum(1)))
    g.called(g("ArgMin", far, axis=2, keepdims=0), "codes")
    codes = Typed(INT64, ["batch", weights.positions])
    return g.model("encoder", {"roll": ROLL}, {"codes": codes})


def all_chances(g: Graph) -> Chances:
    """Return the inputs with positions first; where a mask allows nothing, all is allowed."""
    first = g("Transpose", "uniforms", perm=[1, 0])
    uniforms = g("Clip", first, g.number(0.0), g.number(BELOW_ONE))
    some = g("ReduceMax", g("Cast", "mask", to=INT64), g.integers(1), keepdims=1)
    allowed = g("Or", "mask", g("Equal", some, g.integer(0)))
    bias = g("Where", allowed, g.number(0.0), g.number(NEVER))
    forced = g("Transpose", "prefix", perm=[1, 0])
    return Chances(g("Unsqueeze", uniforms, g.integers(2)), forced, bias)


@dataclass(frozen=True, slots=True)
class Steps:
    """How each code is drawn from those before it."""

    prior: Prior
    bold: Boldness
    precision: Precision


def drawn(g: Graph, steps: Steps, chances: Chances) -> tuple[Value, Value]:
    """Return the codes and their probabilities, each (t, b): the first, then a scan.

    The scan is not inside an If: onnxruntime packs constants for one level of bodies only.
    """
    prior = steps.prior
    now, later = chances.parted(g)
    batch = g("Shape", now.forced)
    wide = g("Concat", batch, g.integers(1), axis=0)
    first = draw(g, g("Expand", g.constant(prior.first[None], "first"), wide), steps.bold, now)
    empty = g("Expand", g.number(0.0), g("Concat", batch, g.integers(prior.hidden), axis=0))
    states = [empty] * (2 * len(prior.layers))
    body, count = scan_body(g, steps), len(states) + 3
    out = g.many("Scan", count, first.code, *states, *later, body=body, num_scan_inputs=3)
    codes, one = forced(g, out[-2], later[1]), g.integers(0)
    code, shares = g("Unsqueeze", first.code, one), g("Unsqueeze", first.shares, one)
    likely = (share_of(g, code, shares), share_of(g, codes, out[-1]))
    return g("Concat", code, codes, axis=0), g("Concat", *likely, axis=0)


def scan_body(g: Graph, steps: Steps) -> onnx.GraphProto:
    """Return the inside of the scan over positions: the code before this one in, this one out."""
    b, prior = g.body(), steps.prior
    states = [State(f"output_{n}", f"cell_{n}") for n in range(len(prior.layers))]
    logits, after = advance(b, prior, "code", states, precision=steps.precision)
    drawn = draw(b, logits, steps.bold, Chance("uniform", "forced", "bias"))
    of_state, of_code = Typed(FLOAT, ["batch", prior.hidden]), Typed(INT64, ["batch"])
    of_bias, of_shares = Typed(FLOAT, [prior.codes]), Typed(FLOAT, ["batch", prior.codes])
    before = {name: of_state for s in states for name in (s.output, s.cell)}
    later = {name: of_state for s in after for name in (s.output, s.cell)}
    chance = {"uniform": Typed(FLOAT, ["batch", 1]), "forced": of_code, "bias": of_bias}
    inputs = {"code": of_code, **before, **chance}
    outputs = {drawn.code: of_code, **later, drawn.drawn: of_code, drawn.shares: of_shares}
    return b.inside("position", inputs, outputs)


def advance(
    g: Graph, prior: Prior, code: Value, states: list[State], *, precision: Precision
) -> tuple[Value, list[State]]:
    """Return the next code's logits (b, K) and the states, after `code` (b)."""
    x = g("Gather", g.constant(prior.table, "table"), code)
    after: list[State] = []
    for layer, state in zip(prior.layers, states, strict=True):
        cell = Cell(layer, precision)
        gates = cell.later(g, x, state) if after else cell.first(g, x, state)
        after.append(remember(g, gates, state.cell, prior.hidden))
        x = after[-1].output
    return Matrix(prior.head, prior.head_bias, precision).times(g, x), after


def likelihood(g: Graph, shares: Value) -> Value:
    """Return the log probability (b) of the codes that were free, from shares (b, t)."""
    free = g("Less", "prefix", g.integer(0))
    logs = g("Where", free, g("Log", shares), g.number(0.0))
    return g("ReduceSum", logs, g.integers(1), keepdims=0)


def decoded(g: Graph, codes: Value, weights: Weights) -> Value:
    """Return the logits (b, 128, 93) of codes (b, t)."""
    vectors = g("Gather", g.constant(weights.codebook, "codebook"), codes)
    channels = convolve(g, g("Transpose", vectors, perm=[0, 2, 1]), weights.decoder)
    return g("Transpose", channels, perm=[0, 2, 1])


def roll_of(g: Graph, logits: Value) -> Value:
    """Return the roll (b, 128, 93): by the rules of a loop, or cell by cell if `plain`."""
    cells = g("GreaterOrEqual", logits, g.number(0.0))
    drums, _ = g.many("Split", 2, cells, g.integers(DRUMS, BASS_PITCHES), axis=2)
    _, bass = g.many("Split", 2, logits, g.integers(DRUMS, BASS_PITCHES), axis=2)
    kick = np.zeros((STEPS_PER_LOOP, DRUMS), np.bool_)
    kick[0, Drum.KICK] = True
    ruled = g("Concat", g("Or", drums, g.constant(kick)), one_choice(g, bass), axis=2)
    return g("Where", "plain", g("Cast", cells, to=UINT8), g("Cast", ruled, to=UINT8))


def one_choice(g: Graph, bass: Value) -> Value:
    """Return the bass (b, 128, 84) with the likeliest pitch a step, or a rest, whose logit is 0.

    Step 0 never rests.
    """
    first = np.zeros((STEPS_PER_LOOP, 1), np.bool_)
    first[0] = True
    best = g("ArgMax", bass, axis=2, keepdims=1)
    sounds = g("Greater", g("ReduceMax", bass, g.integers(2), keepdims=1), g.number(0.0))
    here = g("Equal", best, g.constant(np.arange(BASS_PITCHES, dtype=np.int64)))
    return g("And", here, g("Or", sounds, g.constant(first)))

"""Drawing a code inside a graph: mask, temperature, top-k, top-p, then the inverse CDF."""

from dataclasses import dataclass

import numpy as np

from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value

BELOW_ONE = float(np.float32(1) - np.float32(2) ** -23)
"""The largest uniform used: rounding its product with a total never reaches the total."""

COLDEST, LEAST = 1e-4, 1e-6
"""The least temperature and top-p: at these the likeliest code is all that is left."""

NEVER = -1e9
"""Added to the logit of what a mask excludes: a probability of exactly 0."""


@dataclass(frozen=True, slots=True)
class Boldness:
    """Values that hold for a whole loop, made before its first code."""

    cool: Value  # 1 / temperature
    narrow: Value  # whether top-k or top-p cuts anything
    keep: Value  # (1) how many codes have to be sorted
    top_p: Value


@dataclass(frozen=True, slots=True)
class Chance:
    """Values for one position: uniform (b, 1), forced code or -1 (b), logits' bias (K)."""

    uniform: Value
    forced: Value
    bias: Value


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code (b), what was drawn before forcing (b), and the shares (b, K) drawn from."""

    code: Value
    drawn: Value
    shares: Value


def boldness(g: Graph, temperature: Value, top_k: Value, top_p: Value, codes: int) -> Boldness:
    """Return what temperature, top_k and top_p (scalars) mean for the draws."""
    whole = g.integer(codes)
    few = g("And", g("Greater", top_k, g.integer(0)), g("Less", top_k, whole))
    likely = g("Less", top_p, g.number(1.0))
    keep = g("Where", few, top_k, whole)
    cool = g("Reciprocal", g("Max", temperature, g.number(COLDEST)))
    some = g("Max", top_p, g.number(LEAST))
    return Boldness(cool, g("Or", few, likely), g("Unsqueeze", keep, g.integers(0)), some)


def draw(g: Graph, logits: Value, bold: Boldness, chance: Chance) -> Drawn:
    """Return the code drawn from logits (b, K), or forced."""
    warm = g("Add", g("Mul", logits, bold.cool), chance.bias)
    shares = narrowed(g, g("Softmax", warm, axis=-1), bold)
    edges = g("CumSum", shares, g.integer(1))
    total = g("Gather", edges, g.integers(-1), axis=1)
    below = g("LessOrEqual", edges, g("Mul", chance.uniform, total))
    drawn = g("ReduceSum", g("Cast", below, to=INT64), g.integers(1), keepdims=0)
    return Drawn(forced(g, drawn, chance.forced), drawn, shares)


def forced(g: Graph, drawn: Value, prefix: Value) -> Value:
    """Return the drawn codes where the prefix, of the same shape, has -1, and else the prefix."""
    return g("Where", g("Less", prefix, g.integer(0)), drawn, prefix)


def share_of(g: Graph, codes: Value, shares: Value) -> Value:
    """Return the probability (n, b) of codes (n, b) among shares (n, b, K)."""
    chosen = g("GatherElements", shares, g("Unsqueeze", codes, g.integers(2)), axis=2)
    total = g("ReduceSum", shares, g.integers(2), keepdims=1)
    return g("Squeeze", g("Div", chosen, total), g.integers(2))


def narrowed(g: Graph, shares: Value, bold: Boldness) -> Value:
    """Return shares (b, K) with 0 for what top-k and top-p cut; sorts only if they cut."""
    yes, no = g.body(), g.body()
    cut = yes("Less", shares, threshold(yes, shares, bold))
    left, same = yes("Where", cut, yes.number(0.0), shares), no("Identity", shares)
    # A name of its own: onnxruntime takes sizes of one name for the same, and reuses their memory.
    typed = Typed(FLOAT, [f"rows_{next(g.numbers)}", "codes"])
    return g(
        "If",
        bold.narrow,
        then_branch=yes.inside("narrow", {}, {left: typed}),
        else_branch=no.inside("wide", {}, {same: typed}),
    )


def threshold(g: Graph, shares: Value, bold: Boldness) -> Value:
    """Return the least share (b, 1) that both cuts let pass; equal shares pass together.

    Top-p keeps the likeliest codes, up to the one with which they reach `top_p` of what top-k
    left.
    """
    likeliest = g.many("TopK", 2, shares, bold.keep, axis=1)[0]
    before = g("CumSum", likeliest, g.integer(1), exclusive=1)
    left = g("ReduceSum", likeliest, g.integers(1), keepdims=1)
    enough = g("GreaterOrEqual", before, g("Mul", left, bold.top_p))
    kept = g("Where", enough, g.number(2.0), likeliest)
    return g("ReduceMin", kept, g.integers(1), keepdims=1)

"""The piano paper's Transformer as a step graph: one token a call, a cache of `context` in place.

Attention's scores are query times key, plus query times the distance's vector, plus the scores of
the layer before: the last two come in as a bias of onnxruntime's own attention, which gives out the
sum for the next layer. Source: piano paper, 4.2. h heads of s numbers, n tokens heard, C of room.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import onnx

from loopwright.engine.stepsidecar import LAST, TOTAL, after, cache_of
from loopwright.export.graph import INT64, Graph, Typed, Value
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.pianoscore import block
from loopwright.export.quantise import Precision
from loopwright.export.stepattention import COUNTS, caches
from loopwright.export.stepends import Memory, step_model
from loopwright.export.weights import Floats


class Scoring(Protocol):
    """A layer's attention, which hands its scores on to the next."""

    def heard(self, layer: int, x: Value, before: Value) -> tuple[Value, Value]:
        """Return what the heads heard of x (1, 1, width), and the scores so far.

        `before` are the scores of the layer before, empty in the first.
        """
        ...


def piano_step(
    weights: NamedWeights, context: int, precision: Precision = Precision.FP32
) -> onnx.ModelProto:
    """Return the step graph of a model, with onnxruntime's own attention."""
    at = Layers(Graph(), weights, precision)
    return ended(at, Relative(at, nearness(at, context)), context)


def ended(at: Layers, attention: Scoring, context: int) -> onnx.ModelProto:
    """Return the step graph of a model with some attention."""
    vocabulary, width = at.weights.tensors["embedding.weight"].shape
    x, scores = at.embedded(), ""
    for layer in range(at.weights.layers):
        mixed, scores = attention.heard(layer, x, scores)
        x = block(at, f"layers.{layer}", x, mixed)
    logits = at.linear("logits", at.g("Squeeze", x, at.g.integers(1)))
    room = (at.weights.heads, context, width // at.weights.heads)
    memory = Memory(caches(at.weights.layers, room), COUNTS)
    return step_model(at.g, logits, memory, Typed(INT64, (1, 1)), vocabulary)


def nearness(at: Layers, context: int) -> list[Value]:
    """Return for each layer the vectors (s, n) of the distances from n - 1 to 0."""
    g, layers = at.g, at.weights.layers
    tables = [spread(at.weights.tensors[distance(n)], context) for n in range(layers)]
    first = g("Sub", g.small(context - 1), LAST)
    return [g("Slice", g.constant(t), first, g.small(context), g.small(1)) for t in tables]


def distance(layer: int) -> str:
    """Return the name of a layer's vectors."""
    return f"layers.{layer}.attention.distance"


def spread(table: Floats, context: int) -> Floats:
    """Return the vectors (s, C) of distances from C - 1 to 0, scaled as a query is.

    `table` (n, s) has them in the same order; its first serves all that lie further away.
    """
    places = np.maximum(np.arange(len(table) - context, len(table)), 0)
    return np.ascontiguousarray(table[places].T * np.float32(table.shape[1] ** -0.5))


@dataclass(frozen=True, slots=True)
class Relative:
    """GroupQueryAttention with the distances' share of the scores as a bias."""

    at: Layers
    near: list[Value]

    def heard(self, layer: int, x: Value, before: Value) -> tuple[Value, Value]:
        """Return what the heads heard of x (1, 1, width), and the scores (1, h, 1, n) so far.

        `before` are the scores of the layer before, empty in the first.
        """
        at, g, heads = self.at, self.at.g, self.at.weights.heads
        name = f"layers.{layer}.attention"
        projected = at.linear(f"{name}.project", x)
        bias = self.bias(layer, projected)
        bias = g("Add", bias, before) if before else bias
        (keys, values), outputs = cache_of(layer), (f"heard_{layer}", f"scores_{layer}")
        g.into(
            (outputs[0], after(keys), after(values), outputs[1]),
            "GroupQueryAttention",
            *(projected, "", "", keys, values, LAST, TOTAL, "", "", "", bias),
            **{"num_heads": heads, "kv_num_heads": heads, "qk_output": 1},
        )
        g.microsofts()
        return at.linear(f"{name}.out", outputs[0]), outputs[1]

    def bias(self, layer: int, projected: Value) -> Value:
        """Return query times the distances' vectors (1, h, 1, n)."""
        g, heads = self.at.g, self.at.weights.heads
        width = len(self.at.weights.tensors[f"layers.{layer}.attention.out.weight"])
        query = g("Slice", projected, g.integers(0), g.integers(width), g.integers(2))
        apart = g("Reshape", query, g.integers(1, heads, 1, width // heads))
        return g("MatMul", apart, self.near[layer])

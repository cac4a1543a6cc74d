"""Scoring graphs: tokens (batch, length) to the log-probabilities of the token after each.

Any batch and length. b sequences, t tokens, h heads of s numbers.
"""

from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.engine.stepsidecar import TOKENS
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.pianoscore import LOGARITHMS, future
from loopwright.export.quantise import Precision
from loopwright.export.stepattention import BASE
from loopwright.export.stepmusic import through, tied


def music_score(weights: NamedWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a MusicTransformer."""
    at = Layers(Graph(), weights, precision)
    logits = tied(at, through(at, whole(at)))
    at.g.called(at.g("LogSoftmax", logits, axis=-1), LOGARITHMS)
    vocabulary = len(weights.tensors["embedding.weight"])
    inputs = {TOKENS: Typed(INT64, ("batch", "length"))}
    outputs = {LOGARITHMS: Typed(FLOAT, ("batch", "length", vocabulary))}
    return at.g.model("score", inputs, outputs)


@dataclass(frozen=True, slots=True)
class Whole:
    """Causal attention within the sequences alone: nothing is remembered."""

    g: Graph
    heads: int
    turns: tuple[Value, Value]
    shut: Value

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (b, t, h s), of query, key and value (b, t, 3 h s)."""
        del layer
        g = self.g
        apart = g("Reshape", projected, g.integers(0, 0, 3, self.heads, -1))
        parts = g.many("Split", 3, g("Transpose", apart, perm=[2, 0, 3, 1, 4]), num_outputs=3)
        query, key, value = (g("Squeeze", part, g.integers(0)) for part in parts)
        query, key = self.turned(query), self.turned(key)
        scores = g("MatMul", query, g("Transpose", key, perm=[0, 1, 3, 2]))
        mixed = g("MatMul", g("Softmax", g("Add", scores, self.shut), axis=-1), value)
        return g("Reshape", g("Transpose", mixed, perm=[0, 2, 1, 3]), g.integers(0, 0, -1))

    def turned(self, x: Value) -> Value:
        """Return x (b, h, t, s) turned by RoPE."""
        g, (cosines, sines) = self.g, self.turns
        first, second = g.many("Split", 2, x, axis=-1, num_outputs=2)
        ahead = g("Sub", g("Mul", first, cosines), g("Mul", second, sines))
        across = g("Add", g("Mul", second, cosines), g("Mul", first, sines))
        return g("Concat", ahead, across, axis=-1)


def whole(at: Layers) -> Whole:
    """Return the attention for sequences of any length; queries are scaled by their turns."""
    g, heads = at.g, at.weights.heads
    size = at.weights.tensors["embedding.weight"].shape[1] // heads
    steps = g("Squeeze", g("Shape", TOKENS, start=1, end=2))
    places = g("Range", g.integer(0), steps, g.integer(1))
    slower = (BASE ** (-np.arange(0, size, 2, dtype=np.float32) / size)).astype(np.float32)
    column = g("Unsqueeze", g("Cast", places, to=FLOAT), g.integers(1))
    angles = g("Mul", column, g.constant(slower))
    scale = g.number(float(size**-0.25))  # of query and key both
    turns = g("Mul", g("Cos", angles), scale), g("Mul", g("Sin", angles), scale)
    return Whole(g, heads, turns, future(g, places))

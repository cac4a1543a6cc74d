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
from loopwright.export.recurrence import recurrence
from loopwright.export.stepattention import BASE
from loopwright.export.steplstm import listened
from loopwright.export.stepmusic import through, tied
from loopwright.export.stepplain import turned


def music_score(weights: NamedWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a MusicTransformer."""
    at = Layers(Graph(), weights, precision)
    size = weights.tensors["embedding.weight"].shape[1] // weights.heads
    return ended(at, tied(at, through(at, whole(at, size, turning=True))))


def lstm_score(weights: NamedWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a MelodyLSTM."""
    at = Layers(Graph(), weights, precision)
    x = at.embedded()
    for layer in range(weights.layers):
        x = recurrence(at, f"lstm.{layer}", x)
    if weights.heads:
        width = len(weights.tensors["attention.norm.weight"])
        x = listened(at, whole(at, width // weights.heads, turning=False), x)
    return ended(at, at.linear("logits", x))


def ended(at: Layers, logits: Value) -> onnx.ModelProto:
    """Return the graph that ends with logits (b, t, V)."""
    at.g.called(at.g("LogSoftmax", logits, axis=-1), LOGARITHMS)
    vocabulary = len(at.weights.tensors["embedding.weight"])
    inputs = {TOKENS: Typed(INT64, ("batch", "length"))}
    outputs = {LOGARITHMS: Typed(FLOAT, ("batch", "length", vocabulary))}
    return at.g.model("score", inputs, outputs)


@dataclass(frozen=True, slots=True)
class Whole:
    """Causal attention within the sequences alone: nothing is remembered."""

    g: Graph
    heads: int
    size: int
    shut: Value
    turns: tuple[Value, Value] | None

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (b, t, h s), of query, key and value (b, t, 3 h s)."""
        del layer
        g = self.g
        apart = g("Reshape", projected, g.integers(0, 0, 3, self.heads, self.size))
        parts = g.many("Split", 3, g("Transpose", apart, perm=[2, 0, 3, 1, 4]), num_outputs=3)
        query, key, value = (g("Squeeze", part, g.integers(0)) for part in parts)
        if self.turns:
            query, key = turned(g, query, self.turns), turned(g, key, self.turns)
        scores = g("MatMul", query, g("Transpose", key, perm=[0, 1, 3, 2]))
        scaled = g("Mul", scores, g.number(float(self.size**-0.5)))
        mixed = g("MatMul", g("Softmax", g("Add", scaled, self.shut), axis=-1), value)
        joined = g.integers(0, 0, self.heads * self.size)
        return g("Reshape", g("Transpose", mixed, perm=[0, 2, 1, 3]), joined)


def whole(at: Layers, size: int, *, turning: bool) -> Whole:
    """Return the attention for sequences of any length, with RoPE or without."""
    g = at.g
    steps = g("Squeeze", g("Shape", TOKENS, start=1, end=2))
    places = g("Range", g.integer(0), steps, g.integer(1))
    turns = angles(g, places, size) if turning else None
    return Whole(g, at.weights.heads, size, future(g, places), turns)


def angles(g: Graph, places: Value, size: int) -> tuple[Value, Value]:
    """Return RoPE's cosines and sines (t, s / 2) of places (t)."""
    slower = (BASE ** (-np.arange(0, size, 2, dtype=np.float32) / size)).astype(np.float32)
    column = g("Unsqueeze", g("Cast", places, to=FLOAT), g.integers(1))
    turns = g("Mul", column, g.constant(slower))
    return g("Cos", turns), g("Sin", turns)

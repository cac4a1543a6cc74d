"""The piano models as scoring graphs: tokens (batch, length) to the log-probabilities of the next.

Any batch and length. Tensor names are those of the trained model's state in torch. t tokens,
h heads, s numbers a head.
"""

import numpy as np
import onnx

from loopwright.engine.pianotokens import VOCABULARY
from loopwright.engine.stepsidecar import TOKENS
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.quantise import Precision
from loopwright.export.recurrence import recurrence
from loopwright.export.weights import Floats

PianoWeights = NamedWeights
LOGARITHMS = "log_probabilities"


def score_graph(weights: PianoWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a model."""
    at = Layers(Graph(), weights, precision)
    logits = transformer(at) if weights.heads else lstm(at)
    at.g.called(at.g("LogSoftmax", logits, axis=-1), LOGARITHMS)
    inputs = {TOKENS: Typed(INT64, ("batch", "length"))}
    outputs = {LOGARITHMS: Typed(FLOAT, ("batch", "length", VOCABULARY))}
    return at.g.model("piano_score", inputs, outputs)


def lstm(at: Layers) -> Value:
    """Return the LSTM's logits (b, t, 153)."""
    x = at.embedded()
    for layer in range(at.weights.layers):
        x = recurrence(at, f"lstm.{layer}", x)
    return head(at, x)


def head(at: Layers, x: Value) -> Value:
    """Return the LSTM's logits (…, 153) of its last layer's output (…, hidden)."""
    for place in (0, 4):  # in torch's sequence: linear, norm, ReLU, dropout, and again
        x = at.g("Relu", at.norm(f"head.{place + 1}", at.linear(f"head.{place}", x)))
    return at.linear("head.8", x)


def transformer(at: Layers) -> Value:
    """Return the Transformer's logits (b, t, 153)."""
    x = at.embedded()
    steps = at.g("Squeeze", at.g("Shape", TOKENS, start=1, end=2))
    places = at.g("Range", at.g.integer(0), steps, at.g.integer(1))
    scores = future(at.g, places)
    for layer in range(at.weights.layers):
        name = f"layers.{layer}"
        mixed, scores = attention(at, f"{name}.attention", (x, scores), (steps, places))
        x = block(at, name, x, mixed)
    return at.linear("logits", x)


def future(g: Graph, places: Value) -> Value:
    """Return (t, t): minus infinity where the key lies after the query, else 0."""
    query, key = g("Unsqueeze", places, g.integers(1)), g("Unsqueeze", places, g.integers(0))
    return g("Where", g("Greater", key, query), g.number(-np.inf), g.number(0.0))


def block(at: Layers, name: str, x: Value, mixed: Value) -> Value:
    """Return x (b, t, width) after a layer whose heads gave `mixed`."""
    x = at.norm(f"{name}.first_norm", at.g("Add", x, mixed))
    inner = at.g("Relu", at.linear(f"{name}.inner", x))
    return at.norm(f"{name}.second_norm", at.g("Add", x, at.linear(f"{name}.outer", inner)))


def attention(
    at: Layers, name: str, given: tuple[Value, Value], time: tuple[Value, Value]
) -> tuple[Value, Value]:
    """Return the heads' outputs (b, t, width), and the scores with this layer's added."""
    g, (x, before) = at.g, given
    table = at.weights.tensors[f"{name}.distance"]
    heads, size = at.weights.heads, table.shape[1]
    apart = g("Reshape", at.linear(f"{name}.project", x), g.integers(0, 0, 3, heads, size))
    parts = g.many("Split", 3, apart, axis=2, num_outputs=3)
    query, key, value = (g("Squeeze", part, g.integers(2)) for part in parts)
    query, value = (g("Transpose", v, perm=[0, 2, 1, 3]) for v in (query, value))
    query = g("Mul", query, g.number(float(size**-0.5)))
    near = g("MatMul", query, g("Transpose", vectors(g, table, time), perm=[1, 0]))
    far = g("MatMul", query, g("Transpose", key, perm=[0, 2, 3, 1]))
    scores = g("Add", before, g("Add", far, skewed(g, near, time[0])))
    heard = g("MatMul", g("Softmax", scores, axis=-1), value)
    joined = g("Reshape", g("Transpose", heard, perm=[0, 2, 1, 3]), g.integers(0, 0, heads * size))
    return at.linear(f"{name}.out", joined), scores


def vectors(g: Graph, table: Floats, time: tuple[Value, Value]) -> Value:
    """Return the vector (t, s) of each distance from t - 1 to 0; the first serves all beyond."""
    steps, places = time
    first = g("Sub", g.integer(len(table)), steps)
    return g("Gather", g.constant(table), g("Max", g("Add", places, first), g.integer(0)))


def skewed(g: Graph, near: Value, steps: Value) -> Value:
    """Return (b, h, t, t) by query and distance as by query and key: pad, fold, drop a row."""
    padded = g("Pad", near, g.integers(0, 0, 0, 1, 0, 0, 0, 0))
    one = g("Unsqueeze", steps, g.integers(0))
    shape = g("Concat", g.integers(0, 0), g("Add", one, g.integers(1)), one, axis=0)
    return g(
        "Slice", g("Reshape", padded, shape), g.integers(1), g.integers(1 << 31), g.integers(2)
    )

"""An LSTM layer over whole sequences, for the graphs that hear all at once.

In eight bits its weights are those of the step graph, rounded in the same blocks; onnxruntime
unfolds them once, when it opens the graph.
"""

import numpy as np

from loopwright.export.graph import FLOAT, Graph, Value
from loopwright.export.layers import LSTM_TENSORS, as_onnx
from loopwright.export.named import Layers
from loopwright.export.quantise import ZERO, Blocks, Precision, quantise
from loopwright.export.weights import Floats


def recurrence(at: Layers, name: str, x: Value) -> Value:
    """Return x (b, t, in) through an LSTM layer that begins with zeros: (b, t, hidden)."""
    own = {key: as_onnx(at.weights.tensors[f"{name}.{key}_l0"]) for key in LSTM_TENSORS}
    weights = in_bits(at, own["weight_ih"], own["weight_hh"])
    biases = at.g.constant(np.concatenate([own["bias_ih"], own["bias_hh"]])[None])
    in_time = at.g("Transpose", x, perm=[1, 0, 2])
    out = at.g("LSTM", in_time, *weights, biases, hidden_size=own["weight_hh"].shape[1])
    return at.g("Transpose", at.g("Squeeze", out, at.g.integers(1)), perm=[1, 0, 2])


def in_bits(at: Layers, inputs: Floats, state: Floats) -> tuple[Value, Value]:
    """Return a layer's weights (1, 4 H, in) and (1, 4 H, H), kept at the graph's precision."""
    if at.precision is Precision.FP32:
        return at.g.constant(inputs[None]), at.g.constant(state[None])
    both = np.concatenate([inputs, state], axis=1)
    rows, cut = unfolded(at.g, quantise(both.T)), inputs.shape[1]
    return columns(at.g, rows, 0, cut), columns(at.g, rows, cut, both.shape[1])


def unfolded(g: Graph, blocks: Blocks) -> Value:
    """Return the rows (1, outputs, inputs and what fills the last block) that blocks stand for."""
    steps = g("Sub", g("Cast", g.constant(blocks.bytes), to=FLOAT), g.number(float(ZERO)))
    scaled = g("Mul", steps, g.constant(blocks.scales[..., None]))
    return g("Reshape", scaled, g.integers(1, len(blocks.bytes), -1))


def columns(g: Graph, rows: Value, begin: int, end: int) -> Value:
    """Return some columns of rows (1, n, m)."""
    return g("Slice", rows, g.integers(begin), g.integers(end), g.integers(2))

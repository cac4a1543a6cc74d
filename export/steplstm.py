"""LSTM models as step graphs: one token a call, the states of all layers in one row of numbers.

Each layer's output comes first, then its cell, layer after layer. H hidden units.
"""

import numpy as np
import onnx

from loopwright.engine.stepsidecar import STATE, after
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.layers import Matrix, remember
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.pianoscore import head
from loopwright.export.quantise import Precision
from loopwright.export.stepends import Memory, step_model
from loopwright.export.weights import Floats


def lstm_step(weights: NamedWeights, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the step graph of the piano paper's LSTM."""
    at = Layers(Graph(), weights, precision)
    x = recurrent(at, at.g("Squeeze", at.embedded(), at.g.integers(1)))
    memory = Memory({STATE: Typed(FLOAT, (1, 2 * sum(hidden(weights))))})
    vocabulary = len(weights.tensors["embedding.weight"])
    return step_model(at.g, head(at, x), memory, Typed(INT64, (1, 1)), vocabulary)


def hidden(weights: NamedWeights) -> list[int]:
    """Return H of each layer."""
    shapes = [weights.tensors[f"lstm.{n}.weight_hh_l0"].shape for n in range(weights.layers)]
    return [shape[1] for shape in shapes]


def recurrent(at: Layers, x: Value) -> Value:
    """Return x (1, in) after all layers: (1, H). Their states are read and written."""
    g, sizes = at.g, hidden(at.weights)
    cuts = g.integers(*(size for size in sizes for _ in range(2)))
    held = g.many("Split", 2 * len(sizes), STATE, cuts, axis=1)
    states: list[Value] = []
    for layer, size in enumerate(sizes):
        output, cell = held[2 * layer : 2 * layer + 2]
        gates = matrix(at, layer).times(g, g("Concat", x, output, axis=1))
        new = remember(g, gates, cell, size)
        x = new.output
        states += [new.output, new.cell]
    g.into([after(STATE)], "Concat", *states, axis=1)
    return x


def matrix(at: Layers, layer: int) -> Matrix:
    """Return what input and output before (1, in + H) become a layer's gates (1, 4 H) by."""
    own = {key: by_gate(at.weights.tensors[f"lstm.{layer}.{key}_l0"]) for key in TENSORS}
    both = np.concatenate([own["weight_ih"], own["weight_hh"]], 1).T
    bias = own["bias_ih"] + own["bias_hh"]
    return Matrix(np.ascontiguousarray(both), bias, at.precision)


TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def by_gate(tensor: Floats) -> Floats:
    """Return rows (4 H, …) in the order input, forget, output, cell; torch has the cell third."""
    take, keep, cell, show = np.split(tensor, 4)
    return np.concatenate([take, keep, show, cell])

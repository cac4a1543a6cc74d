"""LSTM models as step graphs: one token a call, the states of all layers in one row of numbers.

Each layer's output comes first, then its cell, layer after layer. H hidden units.
"""

import numpy as np
import onnx

from loopwright.engine.stepsidecar import STATE, after
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value
from loopwright.export.layers import LSTM_TENSORS, Matrix, remember, sigmoids_first
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.pianoscore import head
from loopwright.export.quantise import Precision
from loopwright.export.stepattention import COUNTS, Attention, Fused, caches
from loopwright.export.stepends import Memory, step_model
from loopwright.export.stepplain import PlainHearing, plain


def lstm_step(
    weights: NamedWeights, context: int, precision: Precision = Precision.FP32
) -> onnx.ModelProto:
    """Return the step graph of an LSTM; one whose outputs are listened to has a cache of them."""
    at = Layers(Graph(), weights, precision)
    return ended(at, Fused(at.g, weights.heads), context)


def plain_lstm_step(weights: NamedWeights, context: int) -> onnx.ModelProto:
    """Return the step graph of an LSTM that is listened to, by standard operators, in fp32."""
    at = Layers(Graph(), weights, Precision.FP32)
    return ended(at, PlainHearing(plain(at, context, hidden(weights)[-1])), context)


def ended(at: Layers, attention: Attention, context: int) -> onnx.ModelProto:
    """Return the step graph of an LSTM, with some attention where it has heads."""
    weights, heads = at.weights, at.weights.heads
    x = recurrent(at, at.g("Squeeze", at.embedded(), at.g.integers(1)))
    held, counts = dict[Value, Typed](), dict[Value, Typed]()
    if heads:
        x = listened(at, attention, at.g("Unsqueeze", x, at.g.integers(1)))
        x = at.g("Squeeze", x, at.g.integers(1))
        held = caches(1, (heads, context, hidden(weights)[-1] // heads))
        counts = COUNTS
    memory = Memory(held | {STATE: Typed(FLOAT, (1, 2 * sum(hidden(weights))))}, counts)
    logits = head(at, x) if "head.0.weight" in weights.tensors else at.linear("logits", x)
    vocabulary = len(weights.tensors["embedding.weight"])
    return step_model(at.g, logits, memory, Typed(INT64, (1, 1)), vocabulary)


def listened(at: Layers, attention: Attention, x: Value) -> Value:
    """Return outputs (b, t, H) with what was heard before in them (melody paper, 4.1)."""
    projected = at.projected("attention.heads.in_proj_", x)
    heard = at.linear("attention.heads.out_proj", attention.heard(0, projected))
    return at.norm("attention.norm", at.g("Add", x, heard))


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
    tensors = at.weights.tensors
    own = {key: sigmoids_first(tensors[f"lstm.{layer}.{key}_l0"]) for key in LSTM_TENSORS}
    both = np.concatenate([own["weight_ih"], own["weight_hh"]], 1).T
    bias = own["bias_ih"] + own["bias_hh"]
    return Matrix(np.ascontiguousarray(both), bias, at.precision)

"""Convolutions and LSTM layers, as nodes of a graph; and the orders that an LSTM's gates stand in.

torch has them as input, forget, cell, output.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loopwright.export.graph import Graph, Value
from loopwright.export.quantise import BITS, BLOCK, Precision, quantise
from loopwright.export.weights import Convolution, Doubling, Floats, Layer, Recurrence


def convolve(g: Graph, x: Value, layers: Sequence[Layer]) -> Value:
    """Return x (b, channels, steps) after all the layers."""
    for layer in layers:
        if isinstance(layer, Convolution):
            x = convolution(g, x, layer)
        elif isinstance(layer, Doubling):
            x = doubled(g, x)
        else:
            x = g("Add", x, convolve(g, x, (layer.first, layer.second)))
    return x


def convolution(g: Graph, x: Value, layer: Convolution) -> Value:
    """Return x (b, in, steps) as (b, out, steps / stride)."""
    pad = layer.weight.shape[2] // 2
    weight, bias = g.constant(layer.weight), g.constant(layer.bias)
    y = g("Conv", x, weight, bias, strides=[layer.stride], pads=[pad, pad])
    return y if layer.slope is None else g("LeakyRelu", y, alpha=layer.slope)


def doubled(g: Graph, x: Value) -> Value:
    """Return x (b, channels, steps) with every step twice."""
    apart = g("Unsqueeze", x, g.integers(3))
    twice = g("Concat", apart, apart, axis=3)
    return g("Reshape", twice, g.integers(0, 0, -1))


@dataclass(frozen=True, slots=True)
class Matrix:
    """A weight (inputs, outputs) and bias (outputs) that vectors are multiplied with."""

    weight: Floats
    bias: Floats | None
    precision: Precision

    def times(self, g: Graph, x: Value, add: Value = "") -> Value:
        """Return x (b, inputs) times the weight, plus the bias or `add` (b, outputs)."""
        plus = add if self.bias is None else g.constant(self.bias)
        if self.precision is Precision.FP32:
            return g("Gemm", x, g.constant(self.weight), *filter(None, [plus]))
        product = self.quantised(g, x, "" if self.bias is None else plus)
        return g("Add", product, add) if self.bias is None and add else product

    def quantised(self, g: Graph, x: Value, bias: Value) -> Value:
        """Return the same product with weights of eight bits, scaled in blocks."""
        blocks = quantise(self.weight)
        inputs, outputs = self.weight.shape
        optional = ["", "", bias] if bias else []
        return g.microsoft(
            "MatMulNBits", x, g.constant(blocks.bytes), g.constant(blocks.scales), *optional,
            K=inputs, N=outputs, bits=BITS, block_size=BLOCK, accuracy_level=4,
        )  # fmt: skip


LSTM_TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # as torch names a layer's


def sigmoids_first(tensor: Floats) -> Floats:
    """Return torch's rows (4H, …) in the order of `remember`: input, forget, output, cell."""
    take, keep, cell, show = np.split(tensor, 4)
    return np.concatenate([take, keep, show, cell])


def as_onnx(tensor: Floats) -> Floats:
    """Return torch's rows (4H, …) in the order of ONNX's LSTM: input, output, forget, cell."""
    take, keep, cell, show = np.split(tensor, 4)
    return np.concatenate([take, show, keep, cell])


@dataclass(frozen=True, slots=True)
class State:
    """An LSTM layer's output and cell, each (b, H)."""

    output: Value
    cell: Value


def remember(g: Graph, gates: Value, cell: Value, hidden: int) -> State:
    """Return the state after gates (b, 4H), in the order input, forget, output, cell."""
    three, candidate = g.many("Split", 2, gates, g.integers(3 * hidden, hidden), axis=1)
    take, keep, show = g.many("Split", 3, g("Sigmoid", three), axis=1, num_outputs=3)
    cell = g("Add", g("Mul", keep, cell), g("Mul", take, g("Tanh", candidate)))
    return State(g("Mul", show, g("Tanh", cell)), cell)


@dataclass(frozen=True, slots=True)
class Cell:
    """An LSTM layer with its weights kept at `precision`."""

    layer: Recurrence
    precision: Precision

    def first(self, g: Graph, inputs: Value, state: State) -> Value:
        """Return the first layer's gates (b, 4H); `inputs` (b, 4H) are looked up already."""
        return Matrix(self.layer.weight, None, self.precision).times(g, state.output, inputs)

    def later(self, g: Graph, inputs: Value, state: State) -> Value:
        """Return a later layer's gates (b, 4H) from the layer before it (b, H) and its state."""
        both = g("Concat", inputs, state.output, axis=1)
        return Matrix(self.layer.weight, self.layer.bias, self.precision).times(g, both)

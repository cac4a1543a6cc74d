"""A trained model's tensors by name, and the layers that melody models are made of.

b sequences, t tokens.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loopwright.engine.stepsidecar import TOKENS
from loopwright.export.graph import Graph, Value
from loopwright.export.layers import Matrix
from loopwright.export.quantise import Precision
from loopwright.export.weights import Floats


@dataclass(frozen=True, slots=True, eq=False)
class NamedWeights:
    """A model's tensors by name, its layers, and its heads; an LSTM has none."""

    tensors: Mapping[str, Floats]
    layers: int
    heads: int
    model: str  # SHA-256 of the tensors


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers that the models are made of, looked up by name and added to a graph."""

    g: Graph
    weights: NamedWeights
    precision: Precision

    def constant(self, name: str) -> Value:
        """Return one of the model's tensors."""
        return self.g.constant(self.weights.tensors[name], name)

    def linear(self, name: str, x: Value) -> Value:
        """Return x (b, t, in) through a linear layer: (b, t, out). It may have no bias."""
        return self.projected(f"{name}.", x)

    def projected(self, prefix: str, x: Value) -> Value:
        """Return the same for tensors of other names: `prefix` and weight, `prefix` and bias."""
        weight = self.weights.tensors[f"{prefix}weight"].T
        return self.product(weight, self.weights.tensors.get(f"{prefix}bias"), x)

    def product(self, weight: Floats, bias: Floats | None, x: Value) -> Value:
        """Return x (b, t, in) times a weight (in, out), plus a bias (out) if there is one."""
        weight = np.ascontiguousarray(weight)
        if self.precision is Precision.INT8:
            return Matrix(weight, bias, self.precision).times(self.g, x)
        product = self.g("MatMul", x, self.g.constant(weight))
        return product if bias is None else self.g("Add", product, self.g.constant(bias))

    def norm(self, name: str, x: Value) -> Value:
        """Return x (b, t, n) with each row normalised."""
        scale, shift = self.constant(f"{name}.weight"), self.constant(f"{name}.bias")
        return self.g("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-5)

    def embedded(self) -> Value:
        """Return the embedding (b, t, n) of the tokens."""
        return self.g("Gather", self.constant("embedding.weight"), TOKENS)

"""Attention of step graphs by standard operators alone, for providers without onnxruntime's own.

One token a call. All of the cache is looked at, and what nobody has said yet is shut out. h heads
of s numbers, C tokens of cache.
"""

from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.engine.stepsidecar import LAST, after, cache_of
from loopwright.export.graph import INT64, Graph, Value
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.quantise import Precision
from loopwright.export.steppiano import distance, ended, spread


@dataclass(frozen=True, slots=True)
class Plain:
    """What both kinds of attention do: part, remember, mix. `shut` is (1, 1, 1, C)."""

    g: Graph
    heads: int
    size: int
    place: Value  # (1, h, 1, s), all the place of the token
    shut: Value

    def parts(self, projected: Value) -> list[Value]:
        """Return query, key and value, each (1, h, 1, s), of (1, 1, 3 h s)."""
        apart = self.g("Reshape", projected, self.g.integers(3, self.heads, 1, self.size))
        return self.g.many("Split", 3, apart, axis=0, num_outputs=3)

    def remembered(self, layer: int, key: Value, value: Value) -> tuple[Value, Value]:
        """Return the keys and values of a layer (1, h, C, s) with a token's in their place."""
        for name, new in zip(cache_of(layer), (key, value), strict=True):
            self.g.into([after(name)], "ScatterElements", name, self.place, new, axis=2)
        keys, values = cache_of(layer)
        return after(keys), after(values)

    def far(self, query: Value, keys: Value) -> Value:
        """Return query times keys (1, h, 1, C), scaled."""
        product = self.g("MatMul", query, self.g("Transpose", keys, perm=[0, 1, 3, 2]))
        return self.g("Mul", product, self.g.number(float(self.size**-0.5)))

    def mixed(self, scores: Value, values: Value) -> Value:
        """Return what the heads heard (1, 1, h s)."""
        heard = self.g("MatMul", self.g("Softmax", scores, axis=-1), values)
        return self.g("Reshape", heard, self.g.integers(1, 1, self.heads * self.size))


def plain(at: Layers, context: int, width: int) -> Plain:
    """Return what attention over `width` numbers needs for a cache of `context` tokens."""
    g, heads = at.g, at.weights.heads
    size = width // heads
    last = g("Cast", LAST, to=INT64)
    place = g("Expand", last, g.integers(1, heads, 1, size))
    later = g("Greater", g.constant(np.arange(context)[None, None, None]), last)
    shut = g("Where", later, g.number(-np.inf), g.number(0.0))
    return Plain(g, heads, size, place, shut)


@dataclass(frozen=True, slots=True)
class PlainHearing:
    """Attention that knows of no positions."""

    plain: Plain

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (1, 1, h s), of query, key and value (1, 1, 3 h s)."""
        of = self.plain
        query, key, value = of.parts(projected)
        keys, values = of.remembered(layer, key, value)
        return of.mixed(of.g("Add", of.far(query, keys), of.shut), values)


@dataclass(frozen=True, slots=True)
class PlainTurning:
    """Attention with RoPE; cosines and sines (1, s / 2) are those of the token's place."""

    plain: Plain
    turns: tuple[Value, Value]

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (1, 1, h s), of query, key and value (1, 1, 3 h s)."""
        of, g = self.plain, self.plain.g
        query, key, value = of.parts(projected)
        keys, values = of.remembered(layer, turned(g, key, self.turns), value)
        scores = of.far(turned(g, query, self.turns), keys)
        return of.mixed(g("Add", scores, of.shut), values)


def turned(g: Graph, x: Value, turns: tuple[Value, Value]) -> Value:
    """Return x (…, t, s) turned by cosines and sines (t, s / 2)."""
    cosines, sines = turns
    first, second = g.many("Split", 2, x, axis=-1, num_outputs=2)
    ahead = g("Sub", g("Mul", first, cosines), g("Mul", second, sines))
    across = g("Add", g("Mul", second, cosines), g("Mul", first, sines))
    return g("Concat", ahead, across, axis=-1)


def plain_piano_step(weights: NamedWeights, context: int) -> onnx.ModelProto:
    """Return the step graph of a piano model by standard operators alone, in fp32."""
    at = Layers(Graph(), weights, Precision.FP32)
    of = plain(at, context, weights.tensors["embedding.weight"].shape[1])
    return ended(at, PlainRelative(at, of, nearness(at, context)), context)


@dataclass(frozen=True, slots=True)
class PlainRelative:
    """Attention with relative positions, whose scores go on from layer to layer."""

    at: Layers
    plain: Plain
    near: list[Value]  # of each layer, the vectors (1, s, C) of each place's distance

    def heard(self, layer: int, x: Value, before: Value) -> tuple[Value, Value]:
        """Return what the heads heard of x (1, 1, width), and the scores (1, h, 1, C) so far."""
        of, g, name = self.plain, self.at.g, f"layers.{layer}.attention"
        query, key, value = of.parts(self.at.linear(f"{name}.project", x))
        keys, values = of.remembered(layer, key, value)
        here = g("Add", of.far(query, keys), g("MatMul", query, self.near[layer]))
        scores = g("Add", here, before or of.shut)
        return self.at.linear(f"{name}.out", of.mixed(scores, values)), scores


def nearness(at: Layers, context: int) -> list[Value]:
    """Return for each layer the vectors (1, s, C) of each place's distance; 0 after the token."""
    g, layers = at.g, at.weights.layers
    tables = np.stack([spread(at.weights.tensors[distance(n)], context) for n in range(layers)])
    wide = np.pad(tables, ((0, 0), (0, 0), (0, context - 1)))
    first = g("Sub", g.small(context - 1), LAST)
    end = g("Add", first, g.small(context))
    own = g("Slice", g.constant(wide), first, end, g.small(2))
    return g.many("Split", layers, own, axis=0, num_outputs=layers)

"""MusicTransformer as a step graph: any number of tokens a call, a cache of `context` in place.

The position of a token is its place in the cache. Tensor names are those of the trained model's
state in torch. t tokens a call, h heads of s numbers.
"""

import onnx

from loopwright.engine.stepsidecar import LAST
from loopwright.export.graph import INT64, Graph, Typed, Value
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.quantise import Precision
from loopwright.export.stepattention import COUNTS, Attention, Fused, caches, turning
from loopwright.export.stepends import Memory, step_model
from loopwright.export.stepplain import PlainTurning, plain

EPSILON = 1e-6


def music_step(
    weights: NamedWeights, context: int, precision: Precision = Precision.FP32
) -> onnx.ModelProto:
    """Return the step graph of a model, with onnxruntime's own attention."""
    at = Layers(Graph(), weights, precision)
    attention = Fused(at.g, weights.heads, turning(at.g, context, size(weights)))
    return ended(at, attention, context, "length")


def plain_music_step(weights: NamedWeights, context: int) -> onnx.ModelProto:
    """Return the step graph of a model by standard operators alone, in fp32; one token a call."""
    at = Layers(Graph(), weights, Precision.FP32)
    cosines, sines = (
        at.g("Gather", table, LAST, axis=0) for table in turning(at.g, context, size(weights))
    )
    of = plain(at, context, weights.tensors["embedding.weight"].shape[1])
    return ended(at, PlainTurning(of, (cosines, sines)), context, 1)


def size(weights: NamedWeights) -> int:
    """Return the numbers of a head."""
    return weights.tensors["embedding.weight"].shape[1] // weights.heads


def ended(at: Layers, attention: Attention, context: int, length: int | str) -> onnx.ModelProto:
    """Return the step graph of a model with some attention; `length` is its tokens a call."""
    last = at.g("Gather", through(at, attention), at.g.integer(-1), axis=1)
    logits = tied(at, last)
    room = (at.weights.heads, context, size(at.weights))
    memory = Memory(caches(at.weights.layers, room), COUNTS)
    vocabulary = len(at.weights.tensors["embedding.weight"])
    return step_model(at.g, logits, memory, Typed(INT64, (1, length)), vocabulary)


def through(at: Layers, attention: Attention) -> Value:
    """Return the tokens (b, t) as vectors (b, t, width) after all layers, normalised."""
    x = at.embedded()
    normed = root_norm(at, names(at)[0], x)
    for layer, after in enumerate(names(at)[1:]):
        x, normed = block(at, attention, layer, (x, normed), after)
    return normed


def tied(at: Layers, x: Value) -> Value:
    """Return the logits (…, V) of vectors (…, width): the embedding is the projection, too."""
    return at.product(at.weights.tensors["embedding.weight"].T, None, x)


def names(at: Layers) -> list[str]:
    """Return the norms that stand before each layer, and the one after the last."""
    return [*(f"layers.{layer}.first_norm" for layer in range(at.weights.layers)), "norm"]


def block(
    at: Layers, attention: Attention, layer: int, given: tuple[Value, Value], after: str
) -> tuple[Value, Value]:
    """Return x (b, t, width) after a layer, and the same normalised for what comes next.

    `given` are both before it.
    """
    (x, normed), name = given, f"layers.{layer}"
    mixed = attention.heard(layer, at.linear(f"{name}.project", normed))
    x, normed = added(at, f"{name}.second_norm", x, at.linear(f"{name}.out", mixed))
    gate, value = at.g.many("Split", 2, at.linear(f"{name}.inner", normed), axis=-1, num_outputs=2)
    gated = at.g("Mul", at.g("Mul", gate, at.g("Sigmoid", gate)), value)
    return added(at, after, x, at.linear(f"{name}.outer", gated))


def added(at: Layers, name: str, x: Value, more: Value) -> tuple[Value, Value]:
    """Return x + more, and that normalised."""
    x = at.g("Add", x, more)
    return x, root_norm(at, name, x)


def root_norm(at: Layers, name: str, x: Value) -> Value:
    """Return x (b, t, n), each row divided by its root mean square, times a weight.

    onnxruntime makes one kernel of it, and of a sum before it.
    """
    g, weight = at.g, at.constant(f"{name}.weight")
    mean = g("ReduceMean", g("Pow", x, g.number(2.0)), g.integers(-1), keepdims=1)
    root = g("Sqrt", g("Add", mean, g.number(EPSILON)))
    return g("Mul", g("Div", x, root), weight)

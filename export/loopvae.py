"""The graphs of the loop paper's continuous VAEs: one draws and decodes loops, one encodes them.

A latent is n numbers of the normal distribution. Each is told by its place there, cut into 2^24
pieces of the same chance: that is its code, so that a loop comes back from its codes, and a uniform
is a code by its 24 bits. b loops, n numbers of a latent, H hidden units.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx

from loopwright.engine.roll import COLUMNS
from loopwright.engine.sidecar import LOOP_AR, LOOP_CNN, PLACES
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.export.chances import forced
from loopwright.export.graph import BOOL, FLOAT, INT64, Graph, Typed, Value
from loopwright.export.layers import (
    LSTM_TENSORS,
    Matrix,
    State,
    as_onnx,
    convolve,
    remember,
    sigmoids_first,
)
from loopwright.export.loops import ROLL, roll_of
from loopwright.export.named import Layers, NamedWeights
from loopwright.export.normal import place_of, quantile
from loopwright.export.quantise import Precision
from loopwright.export.recurrence import recurrence
from loopwright.export.weights import Doubling, Floats, Layer

HALF = PLACES // 2


@dataclass(frozen=True, slots=True, eq=False)
class VaeWeights:
    """A VAE's tensors by name, and the CNN's convolutions with their batch norms folded in."""

    kind: str
    latent: int
    tensors: Mapping[str, Floats]
    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]
    model: str  # SHA-256 of the tensors

    def layers(self, g: Graph) -> Layers:
        """Return its layers, to be added to a graph by name."""
        named = NamedWeights(self.tensors, 1, 0, self.model)
        return Layers(g, named, Precision.FP32)


def vae_graph(weights: VaeWeights) -> onnx.ModelProto:
    """Return the graph that draws latents and decodes them (see docs/models.md)."""
    g = Graph()
    codes = g.called(codes_of(g), "codes")
    z = g("Mul", normal(g, codes), g("Max", "temperature", g.number(0.0)))
    g.called(roll_of(g, logits_of(g, weights, z)), "roll")
    of_codes = Typed(INT64, ["batch", weights.latent])
    inputs = {
        "uniforms": Typed(FLOAT, ["batch", weights.latent]), "temperature": Typed(FLOAT, []),
        "prefix": of_codes, "plain": Typed(BOOL, []),
    }  # fmt: skip
    return g.model("loop", inputs, {"codes": of_codes, "roll": ROLL})


def encoder_graph(weights: VaeWeights) -> onnx.ModelProto:
    """Return the graph from roll (b, 128, 93) to the codes (b, n) of its latent's mean."""
    g = Graph()
    roll = g("Cast", "roll", to=FLOAT)
    features = convolved(g, roll, weights) if weights.kind == LOOP_CNN else heard(g, roll, weights)
    at = weights.layers(g)
    mean = at.norm("encoder.gauss.norm", at.linear("encoder.gauss.mean", features))
    places = g("Floor", g("Mul", place_of(g, mean), g.number(float(PLACES))))
    whole = g("Cast", places, to=INT64)
    g.called(g("Clip", whole, g.integer(0), g.integer(PLACES - 1)), "codes")
    return g.model("encoder", {"roll": ROLL}, {"codes": Typed(INT64, ["batch", weights.latent])})


def codes_of(g: Graph) -> Value:
    """Return the codes (b, n): those of the uniforms, or forced."""
    last = g.integer(PLACES - 1)
    chance = g("Clip", "uniforms", g.number(0.0), g.number(1.0))
    drawn = g("Cast", g("Mul", chance, g.number(float(PLACES))), to=INT64)
    return forced(g, g("Min", drawn, last), g("Min", "prefix", last))


def normal(g: Graph, codes: Value) -> Value:
    """Return the numbers of the normal distribution (b, n) in the middle of each code's piece.

    Counted from the middle, where a float32 has room for the half.
    """
    whole = g("Cast", g("Sub", codes, g.integer(HALF)), to=FLOAT)
    middle = g("Div", g("Add", whole, g.number(0.5)), g.number(float(HALF)))
    return quantile(g, middle)


def logits_of(g: Graph, weights: VaeWeights, z: Value) -> Value:
    """Return the logits (b, 128, 93) of latents (b, n)."""
    if weights.kind == LOOP_CNN:
        return deconvolved(g, weights, z)
    if weights.kind == LOOP_AR:
        return written(g, weights, z)
    at = weights.layers(g)
    every = g("Expand", g("Unsqueeze", z, g.integers(1)), g.integers(1, STEPS_PER_LOOP, 1))
    return at.linear("decoder.head", recurrence(at, "decoder.lstm", every))


def deconvolved(g: Graph, weights: VaeWeights, z: Value) -> Value:
    """Return the CNN's logits (b, 128, 93)."""
    steps = STEPS_PER_LOOP >> sum(isinstance(layer, Doubling) for layer in weights.decoder)
    first = weights.layers(g).linear("decoder.first", z)
    x = g("Reshape", first, g.integers(0, -1, steps))
    return g("Transpose", convolve(g, x, weights.decoder), perm=[0, 2, 1])


def convolved(g: Graph, roll: Value, weights: VaeWeights) -> Value:
    """Return what the CNN's encoder makes (b, features) of rolls (b, 128, 93)."""
    x = convolve(g, g("Transpose", roll, perm=[0, 2, 1]), weights.encoder)
    return g("Flatten", x, axis=1)


def heard(g: Graph, roll: Value, weights: VaeWeights) -> Value:
    """Return the last outputs (b, 2 H) of an LSTM that reads rolls (b, 128, 93) both ways."""
    ways = [
        [as_onnx(weights.tensors[f"encoder.lstm.{key}_l0{way}"]) for key in LSTM_TENSORS]
        for way in ("", "_reverse")
    ]
    both = [np.stack(pair) for pair in zip(*ways, strict=True)]
    constants = [g.constant(a) for a in (both[0], both[1], np.concatenate(both[2:], 1))]
    in_time, hidden = g("Transpose", roll, perm=[1, 0, 2]), both[1].shape[2]
    last = "last"
    g.into(["", last], "LSTM", in_time, *constants, hidden_size=hidden, direction="bidirectional")
    return g("Flatten", g("Transpose", last, perm=[1, 0, 2]), axis=1)


def written(g: Graph, weights: VaeWeights, z: Value) -> Value:
    """Return the AR model's logits (b, 128, 93): each step hears the bits of the one before.

    On the first step it hears nothing but zeros.
    """
    hears = np.ones((STEPS_PER_LOOP, 1), np.float32)
    hears[0] = 0
    silent = g("Expand", g.number(0.0), g("Concat", batch_of(g, z), g.integers(COLUMNS), axis=0))
    out = g.many("Scan", 4, z, z, silent, g.constant(hears), body=step(g, weights, z),
                 num_scan_inputs=1)  # fmt: skip
    return g("Transpose", out[-1], perm=[1, 0, 2])


def batch_of(g: Graph, z: Value) -> Value:
    """Return how many latents (b, n) there are, as a vector of one number."""
    return g("Shape", z, start=0, end=1)


def step(g: Graph, weights: VaeWeights, z: Value) -> onnx.GraphProto:
    """Return the inside of the scan over steps: states and bits in, states, bits and logits out."""
    b = g.body()
    x = b("Mul", b("Concat", "bits", z, axis=1), "hears")
    gates = cell(weights).times(b, b("Concat", x, "output", axis=1))
    new = remember(b, gates, "cell", weights.latent)
    logits = Matrix(*head(weights), Precision.FP32).times(b, new.output)
    bits = b("Cast", b("GreaterOrEqual", logits, b.number(0.0)), to=FLOAT)
    of_state, of_bits = (Typed(FLOAT, ["batch", n]) for n in (weights.latent, COLUMNS))
    before = State("output", "cell")
    inputs = {before.output: of_state, before.cell: of_state, "bits": of_bits,
              "hears": Typed(FLOAT, [1])}  # fmt: skip
    outputs = {new.output: of_state, new.cell: of_state, bits: of_bits, logits: of_bits}
    return b.inside("step", inputs, outputs)


def cell(weights: VaeWeights) -> Matrix:
    """Return what heard step, latent and output before become the gates by."""
    own = [sigmoids_first(weights.tensors[f"decoder.cell.{key}"]) for key in LSTM_TENSORS]
    both = np.ascontiguousarray(np.concatenate(own[:2], 1).T)
    return Matrix(both, own[2] + own[3], Precision.FP32)


def head(weights: VaeWeights) -> tuple[Floats, Floats]:
    """Return the weight (H, 93) and the bias (93) of the AR model's logits."""
    weight = weights.tensors["decoder.head.weight"]
    return np.ascontiguousarray(weight.T), weights.tensors["decoder.head.bias"]

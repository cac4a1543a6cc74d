"""The yardsticks for one loop: torch step by step, and a step graph called once a code.

Both do what the loop graph does: mask, temperature, forced codes, the draw, the decoding by rule.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from loopwright.engine.roll import DRUMS, Drum
from loopwright.export.graph import BOOL, FLOAT, INT64, Graph, Typed
from loopwright.export.layers import State
from loopwright.export.loops import ROLL, advance, decoded, roll_of
from loopwright.export.quantise import Precision
from loopwright.export.running import Arrays, Runner
from loopwright.export.weights import Weights
from loopwright.training.model import LoopPrior, LoopVQVAE

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Eager:
    """The trained model in torch, eagerly, one LSTM step a code."""

    vqvae: LoopVQVAE
    prior: LoopPrior
    bias: Tensor  # (t, K): 0 where a code is allowed
    temperature: float = 1.0

    @torch.no_grad()
    def __call__(self, chance: Floats) -> NDArray[np.uint8]:
        """Return rolls (b, 128, 93) for uniforms (b, t)."""
        u = torch.from_numpy(chance)
        first, *later = (int(position) for position in self.prior.order)
        code = self.drawn(self.prior.first.expand(len(u), -1), u[:, first], first)
        codes, state = [code], None
        for n in later:
            out, state = self.prior.lstm(self.prior.embedding(code)[:, None], state)
            code = self.drawn(self.prior.head(out[:, 0]), u[:, n], n)
            codes.append(code)
        return ruled(self.vqvae.decode(torch.stack(codes, 1)[:, self.prior.turn])).numpy()

    def drawn(self, logits: Tensor, u: Tensor, position: int) -> Tensor:
        """Return the code (b) that uniforms (b) draw from logits (b, K)."""
        shares = torch.softmax(logits / self.temperature + self.bias[position], -1).cumsum(-1)
        return (shares <= u[:, None] * shares[:, -1:]).sum(1)


def ruled(logits: Tensor) -> Tensor:
    """Return the roll of logits (b, 128, 93), by the rules of a loop."""
    roll = torch.zeros(logits.shape, dtype=torch.uint8)
    roll[..., :DRUMS] = logits[..., :DRUMS] >= 0
    roll[:, 0, Drum.KICK] = 1
    best = logits[..., DRUMS:].max(-1, keepdim=True)
    sounds = best.values > 0
    sounds[:, 0] = True
    roll[..., DRUMS:].scatter_(-1, best.indices, sounds.to(torch.uint8))
    return roll


class Stepwise:
    """Two graphs, of one step and of the decoder, with the draws in numpy between the calls."""

    def __init__(self, weights: Weights, temperature: float = 1.0) -> None:
        self.prior, self.temperature = weights.prior, temperature
        self.bias = np.zeros((weights.positions, weights.codes), np.float32)
        self.step, self.decode = step_graph(weights), decoder_graph(weights)

    def __call__(self, chance: Floats) -> NDArray[np.uint8]:
        """Return rolls (b, 128, 93) for uniforms (b, t)."""
        first, *later = self.prior.order
        code = self.drawn(np.tile(self.prior.first, (len(chance), 1)), chance[:, first], first)
        codes = [code]
        empty = np.zeros((len(chance), self.prior.hidden), np.float32)
        states: Arrays = {name: empty for name in names(len(self.prior.layers))}
        for n in later:
            out = self.step(code=code, **states)
            states = {name: out[f"{name}_after"] for name in states}
            code = self.drawn(cast(Floats, out["logits"]), chance[:, n], n)
            codes.append(code)
        in_time = np.stack(codes, 1)[:, self.prior.turns]
        return cast(NDArray[np.uint8], self.decode(codes=in_time, plain=NO)["roll"])

    def drawn(self, logits: Floats, u: Floats, position: int) -> Codes:
        """Return the code (b) that uniforms (b) draw from logits (b, K)."""
        warm = logits / self.temperature + self.bias[position]
        shares = np.exp(warm - warm.max(1, keepdims=True)).cumsum(1)
        return (shares <= u[:, None] * shares[:, -1:]).sum(1)


NO = np.array(False)


def names(layers: int) -> list[str]:
    """Return what the states of an LSTM are called."""
    return [f"{what}_{n}" for n in range(layers) for what in ("output", "cell")]


def step_graph(weights: Weights) -> Runner:
    """Return the graph of one step: code and states in, logits and states out."""
    g, prior = Graph(), weights.prior
    states = [State(f"output_{n}", f"cell_{n}") for n in range(len(prior.layers))]
    logits, after = advance(g, prior, "code", states, precision=Precision.FP32)
    g.called(logits, "logits")
    state = Typed(FLOAT, ["batch", prior.hidden])
    for name, value in zip(
        names(len(states)), [v for s in after for v in (s.output, s.cell)], strict=True
    ):
        g.called(value, f"{name}_after")
    inputs = {"code": Typed(INT64, ["batch"]), **{n: state for n in names(len(states))}}
    outputs = {f"{n}_after": state for n in names(len(states))}
    logits_type = Typed(FLOAT, ["batch", prior.codes])
    return Runner(g.model("step", inputs, {"logits": logits_type, **outputs}).SerializeToString())


def decoder_graph(weights: Weights) -> Runner:
    """Return the graph from codes (b, t) to the roll."""
    g = Graph()
    g.called(roll_of(g, decoded(g, "codes", weights)), "roll")
    inputs = {"codes": Typed(INT64, ["batch", weights.positions]), "plain": Typed(BOOL, [])}
    return Runner(g.model("decoder", inputs, {"roll": ROLL}).SerializeToString())

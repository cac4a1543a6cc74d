"""Both ends of every step graph: the tokens that go in, and the draw of the one that comes out.

One call hears `tokens` and draws the next: bias, temperature, top-k, top-p, then the inverse of the
cumulative distribution at one uniform number. V tokens in the vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import onnx

from loopwright.engine.stepsidecar import DRAW, DRAWN, TOKENS, after
from loopwright.export.chances import BELOW_ONE, Chance, boldness, draw
from loopwright.export.graph import FLOAT, INT64, Graph, Typed, Value

BIAS, UNIFORM, FORCED, TEMPERATURE, TOP_K, TOP_P = DRAW
TOKEN, LOG_PROBABILITY, LOGITS = DRAWN


@dataclass(frozen=True, slots=True)
class Memory:
    """What a graph remembers from call to call: tensors in, which come out as NAME_after.

    `counts` are the inputs that say how much of it counts.
    """

    held: Mapping[Value, Typed]
    counts: Mapping[Value, Typed] = field(default_factory=dict[Value, Typed])


def step_model(
    g: Graph, logits: Value, memory: Memory, tokens: Typed, vocabulary: int
) -> onnx.ModelProto:
    """Return the graph of which all but the draw is in `g`, logits (1, V) being the last of it."""
    g.called(logits, LOGITS)
    bold = boldness(g, TEMPERATURE, TOP_K, TOP_P, vocabulary)
    chance = g("Min", UNIFORM, g.number(BELOW_ONE))
    drawn = draw(g, LOGITS, bold, Chance(chance, FORCED, BIAS))
    token = g.called(g("Unsqueeze", drawn.code, g.integers(1)), TOKEN)
    chosen = g("GatherElements", drawn.shares, token, axis=1)
    total = g("ReduceSum", drawn.shares, g.integers(1), keepdims=1)
    g.called(g("Log", g("Div", chosen, total)), LOG_PROBABILITY)
    inputs = {TOKENS: tokens, **memory.counts, **draws(vocabulary), **memory.held}
    outputs = {
        TOKEN: Typed(INT64, (1, 1)),
        LOG_PROBABILITY: Typed(FLOAT, (1, 1)),
        LOGITS: Typed(FLOAT, (1, vocabulary)),
        **{after(name): typed for name, typed in memory.held.items()},
    }
    return g.model("step", inputs, outputs)


def draws(vocabulary: int) -> dict[Value, Typed]:
    """Return the inputs that a draw has: `forced` is a token that is not drawn, or -1."""
    return {
        BIAS: Typed(FLOAT, (1, vocabulary)),
        UNIFORM: Typed(FLOAT, (1, 1)),
        FORCED: Typed(INT64, (1,)),
        TEMPERATURE: Typed(FLOAT, ()),
        TOP_K: Typed(INT64, ()),
        TOP_P: Typed(FLOAT, ()),
    }

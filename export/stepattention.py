"""Attention with a cache, as a step graph has it: onnxruntime's own kernel.

The same tensor is given as a cache before and after the call, so that only a row is written. t
tokens a call, h heads of s numbers, C tokens of cache.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from loopwright.engine.stepsidecar import LAST, TOTAL, after, cache_of
from loopwright.export.graph import FLOAT, INT32, Graph, Typed, Value

COUNTS: dict[Value, Typed] = {LAST: Typed(INT32, (1,)), TOTAL: Typed(INT32, ())}
BASE = 10_000.0  # of RoPE's wavelengths, in tokens


class Attention(Protocol):
    """A layer's attention over what was heard before and what is heard now."""

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (b, t, h s), of query, key and value (b, t, 3 h s)."""
        ...


def caches(layers: int, shape: tuple[int, int, int]) -> dict[Value, Typed]:
    """Return the keys and values of each layer, each (1, h, C, s); `shape` is (h, C, s)."""
    typed = Typed(FLOAT, (1, *shape))
    return {name: typed for layer in range(layers) for name in cache_of(layer)}


def turning(g: Graph, context: int, size: int) -> tuple[Value, Value]:
    """Return RoPE's cosines and sines (C, s / 2)."""
    slower = BASE ** (-np.arange(0, size, 2, dtype=np.float32) / size)
    angles = (np.arange(context, dtype=np.float32)[:, None] * slower).astype(np.float32)
    return g.constant(np.cos(angles), "cosines"), g.constant(np.sin(angles), "sines")


@dataclass(frozen=True, slots=True)
class Fused:
    """GroupQueryAttention, which turns if there is RoPE, remembers and listens in one kernel."""

    g: Graph
    heads: int
    turns: tuple[Value, ...] = ()

    def heard(self, layer: int, projected: Value) -> Value:
        """Return what the heads heard (1, t, h s), of query, key and value (1, t, 3 h s)."""
        keys, values = cache_of(layer)
        name = f"heard_{layer}"
        self.g.into(
            (name, after(keys), after(values)),
            "GroupQueryAttention",
            *(projected, "", "", keys, values, LAST, TOTAL, *self.turns),
            **{"num_heads": self.heads, "kv_num_heads": self.heads},
            do_rotary=int(bool(self.turns)),
        )
        self.g.microsofts()
        return name

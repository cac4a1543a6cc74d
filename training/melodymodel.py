"""The melody paper's Transformer, 4.2: RoPE, SwiGLU, RMSNorm first, tied weights, causal.

It has no biases: so its 8 layers of width 512 come to the paper's 34 million numbers. b sequences,
t tokens, p tokens heard before them, h heads of s numbers each.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from loopwright.training.melodysettings import MusicShape

BASE = 10_000.0  # of RoPE's wavelengths, in tokens
SPREAD = 0.02  # of the weights at first

Past = tuple[Tensor, Tensor]
"""Keys and values (b, h, p, s) of a layer."""


class MusicTransformer(nn.Module):
    """Decoder-only attention; embedding and output projection are one matrix."""

    def __init__(self, shape: MusicShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.drop = nn.Dropout(shape.dropout)
        self.turn = Rotation(shape.width // shape.heads, shape.context)
        self.layers = nn.ModuleList(MusicLayer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=1e-6)
        self.apply(modest)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (b, t, vocabulary) for the token after each of `tokens` (b, t)."""
        return self.after([], tokens)[0]

    def after(self, past: list[Past], tokens: Tensor) -> tuple[Tensor, list[Past]]:
        """Return the logits of `tokens` heard after `past`, and the past with them in it.

        An empty past is the beginning. The paper empties it when it reaches `context`.
        """
        x = self.drop(self.embedding(tokens))
        before = past[0][0].shape[2] if past else 0
        turns = self.turn(before, before + tokens.shape[1])
        present: list[Past] = []
        for n, layer in enumerate(self.layers):
            x, held = layer(x, turns, past[n] if past else None)
            present.append(held)
        return F.linear(self.norm(x), self.embedding.weight), present


def modest(module: nn.Module) -> None:
    """Begin with small weights, as a matrix that is embedding and projection both needs."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=SPREAD)


class Rotation(nn.Module):
    """RoPE's cosines and sines (positions, s / 2), for as many positions as were asked for."""

    def __init__(self, size: int, positions: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("turns", angles(positions, size), persistent=False)

    def forward(self, first: int, end: int) -> tuple[Tensor, Tensor]:
        """Return cosines and sines (end - first, s / 2)."""
        if end > len(self.turns):
            self.turns = angles(2 * end, self.size).to(self.turns.device)
        here = self.turns[first:end]
        return here.cos(), here.sin()


def angles(positions: int, size: int) -> Tensor:
    """Return by how much each pair of numbers is turned at each position, in radians."""
    slower = BASE ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    return torch.arange(positions, dtype=torch.float32)[:, None] * slower


def turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Return x (b, h, t, s) with number n and number n + s / 2 turned as a pair."""
    cos, sin = turns
    first, second = x.float().chunk(2, -1)
    both = (first * cos - second * sin, second * cos + first * sin)
    return torch.cat(both, -1).to(x.dtype)


class MusicLayer(nn.Module):
    """Attention, then a gated inner layer; each has RMSNorm before it and x added after it."""

    def __init__(self, shape: MusicShape) -> None:
        super().__init__()
        if shape.width % (2 * shape.heads):
            raise ValueError(f"{shape.width} is not a multiple of twice {shape.heads} heads")
        self.heads, self.dropout = shape.heads, shape.dropout
        self.first_norm = nn.RMSNorm(shape.width, eps=1e-6)
        self.second_norm = nn.RMSNorm(shape.width, eps=1e-6)
        self.project = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)
        self.inner = nn.Linear(shape.width, 2 * shape.inner, bias=False)  # W1 and W3, one matrix
        self.outer = nn.Linear(shape.inner, shape.width, bias=False)
        self.drop = nn.Dropout(shape.dropout)

    def forward(
        self, x: Tensor, turns: tuple[Tensor, Tensor], past: Past | None
    ) -> tuple[Tensor, Past]:
        """Return x (b, t, width) transformed, and the past with it."""
        mixed, present = self.attend(self.first_norm(x), turns, past)
        x = x + self.drop(self.out(mixed))
        gate, value = self.inner(self.second_norm(x)).chunk(2, -1)
        return x + self.drop(self.outer(F.silu(gate) * value)), present

    def attend(
        self, x: Tensor, turns: tuple[Tensor, Tensor], past: Past | None
    ) -> tuple[Tensor, Past]:
        """Return what the heads heard (b, t, width), and the past with it."""
        split = self.project(x).unflatten(-1, (3, self.heads, -1))
        query, key, value = split.permute(2, 0, 3, 1, 4)  # each (b, h, t, s)
        query, key = turned(query, turns), turned(key, turns)
        if past is not None:
            key, value = torch.cat((past[0], key), 2), torch.cat((past[1], value), 2)
        heard = F.scaled_dot_product_attention(
            query, key, value,
            attn_mask=None if past is None else seen(query, key),
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=past is None,
        )  # fmt: skip
        return heard.transpose(1, 2).flatten(-2), (key, value)


def seen(query: Tensor, key: Tensor) -> Tensor | None:
    """Return which keys (t, p + t) each of the last t tokens may look at; None for all."""
    new, all_ = query.shape[2], key.shape[2]
    if new == 1:
        return None
    return torch.ones(new, all_, dtype=torch.bool, device=query.device).tril(all_ - new)

"""The melody paper's LSTM, 4.1: three layers and a linear one, with attention over them if asked.

Tokens (b, t) become logits (b, t, vocabulary) for the token after each.
"""

import torch
from torch import Tensor, nn

from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodyversions import LstmShape, Shape


class MelodyLSTM(nn.Module):
    """V1-V6. V1-V5 hear a token as one number, which is an embedding that does not learn."""

    def __init__(self, shape: LstmShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = embedding_of(shape)
        inputs = [shape.embedding or 1, *shape.hidden[:-1]]
        # One module a layer: their sizes differ.
        self.lstm = nn.ModuleList(
            nn.LSTM(n, h, batch_first=True) for n, h in zip(inputs, shape.hidden, strict=True)
        )
        for layer in self.lstm:
            begun(layer)
        self.drop = nn.Dropout(shape.dropout)
        self.attention = Attention(shape.hidden[-1], shape.heads) if shape.heads else None
        self.logits = nn.Linear(shape.hidden[-1], shape.vocabulary)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (b, t, vocabulary) for the token after each of `tokens` (b, t)."""
        x = self.embedding(tokens)
        for layer in self.lstm:
            x = self.drop(layer(x)[0])
        return self.logits(x if self.attention is None else self.attention(x))


def begun(layer: nn.Module) -> None:
    """Let a layer begin as Keras has it, with which V1-V5 were trained: it remembers at first."""
    for name, weight in layer.named_parameters():
        if "weight_hh" in name:
            nn.init.orthogonal_(weight)
        elif "weight_ih" in name:
            nn.init.xavier_uniform_(weight)
        else:
            gates = weight.detach().zero_().chunk(4)  # in, forget, cell, out
            gates[1].fill_(1.0 if "bias_ih" in name else 0.0)


def embedding_of(shape: LstmShape) -> nn.Embedding:
    """Return an embedding that learns, or each token's share of the vocabulary."""
    if shape.embedding:
        return nn.Embedding(shape.vocabulary, shape.embedding)
    shares = torch.arange(shape.vocabulary, dtype=torch.float32)[:, None] / shape.vocabulary
    return nn.Embedding.from_pretrained(shares, freeze=True)


class Attention(nn.Module):
    """Each output looks back over those before it; what it finds is added and normalised."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return outputs (b, t, width) with what was heard before in them."""
        shut = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        heard, _ = self.heads(x, x, x, attn_mask=shut, need_weights=False)
        return self.norm(x + heard)


def model_of(shape: Shape) -> MelodyLSTM | MusicTransformer:
    """Return an untrained model of a shape."""
    return MelodyLSTM(shape) if isinstance(shape, LstmShape) else MusicTransformer(shape)

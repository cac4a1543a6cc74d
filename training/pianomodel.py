"""The piano paper's two models, 4.2: an LSTM and a Transformer of some four million parameters.

Both turn tokens (b, t) into logits (b, t, 153) for the token after each; nothing sees what comes
later. The paper leaves some things open; they are settled by its parameter counts: biases
everywhere, one table of 240 relative positions in each layer, shared between its heads, and a key
further away than 239 tokens read with the vector of 239.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from loopwright.engine.pianotokens import VOCABULARY
from loopwright.training.dropout import Dropout
from loopwright.training.pianosettings import LstmShape, Shape, TransformerShape


class PianoLSTM(nn.Module):
    """Embedding, LSTM layers, two linear layers with layer norm and ReLU, and the logits."""

    def __init__(self, shape: LstmShape | None = None) -> None:
        super().__init__()
        self.shape = at = shape or LstmShape()
        self.embedding = nn.Embedding(VOCABULARY, at.embedding)
        inputs = [at.embedding] + [at.hidden] * (at.layers - 1)
        # One module a layer: oneDNN refuses several with dropout between them in bfloat16.
        self.lstm = nn.ModuleList(nn.LSTM(n, at.hidden, batch_first=True) for n in inputs)
        self.drop = Dropout(at.dropout)
        self.head = nn.Sequential(
            *dense(at.hidden, at.wide, at.dropout),
            *dense(at.wide, at.narrow, at.dropout),
            nn.Linear(at.narrow, VOCABULARY),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (b, t, 153) for the token after each of `tokens` (b, t)."""
        x = self.embedding(tokens)
        for layer in self.lstm:
            x = self.drop(layer(x)[0])
        return self.head(x)


def dense(inputs: int, outputs: int, dropout: float) -> tuple[nn.Module, ...]:
    """Return a linear layer, layer norm, ReLU and dropout."""
    return nn.Linear(inputs, outputs), nn.LayerNorm(outputs), nn.ReLU(), Dropout(dropout)


class PianoTransformer(nn.Module):
    """Causal self-attention with relative positions, scores handed on from layer to layer."""

    def __init__(self, shape: TransformerShape | None = None) -> None:
        super().__init__()
        self.shape = shape or TransformerShape()
        self.embedding = nn.Embedding(VOCABULARY, self.shape.width)
        self.layers = nn.ModuleList(PianoLayer(self.shape) for _ in range(self.shape.layers))
        self.logits = nn.Linear(self.shape.width, VOCABULARY)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (b, t, 153) for the token after each of `tokens` (b, t)."""
        x = self.embedding(tokens)
        scores = future(tokens.shape[1], x)
        for layer in self.layers:
            x, scores = layer(x, scores)
        return self.logits(x)


class PianoLayer(nn.Module):
    """Attention and two linear layers, each with dropout, residual link, then layer norm."""

    def __init__(self, shape: TransformerShape) -> None:
        super().__init__()
        self.attention = RelativeAttention(shape)
        self.inner = nn.Linear(shape.width, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.width)
        self.first_norm, self.second_norm = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.drop = Dropout(shape.dropout)

    def forward(self, x: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Return x (b, t, width) transformed, and the scores (b * heads, t, t) to hand on."""
        mixed, scores = self.attention(x, scores)
        x = self.first_norm(x + self.drop(mixed))
        return self.second_norm(x + self.drop(self.outer(F.relu(self.inner(x))))), scores


class RelativeAttention(nn.Module):
    """Heads whose scores are query times key, plus query times the distance's vector."""

    def __init__(self, shape: TransformerShape) -> None:
        super().__init__()
        if shape.width % shape.heads:
            raise ValueError(f"{shape.width} is not a multiple of {shape.heads} heads")
        self.heads, self.size = shape.heads, shape.width // shape.heads
        self.project = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.distance = nn.Parameter(0.02 * torch.randn(shape.positions, self.size))

    def forward(self, x: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Return the heads' outputs (b, t, width), and the scores so far with these added.

        Scores are as precise as the products: under autocast, most of a step would be their casts.
        """
        split = self.project(x).unflatten(-1, (3, self.heads, self.size))
        query, key, value = split.permute(2, 0, 3, 1, 4).flatten(1, 2)  # (b * heads, t, size)
        query = query * self.size**-0.5
        before = scores.to(query.dtype) + folded(query, self.distance)
        scores = torch.baddbmm(before, query, key.mT)
        with torch.autocast(x.device.type, enabled=False):
            share = scores.softmax(-1)
        heard = (share @ value).unflatten(0, (len(x), self.heads))
        return self.out(heard.transpose(1, 2).flatten(-2)), scores


def future(steps: int, like: Tensor) -> Tensor:
    """Return (steps, steps): minus infinity where the key lies after the query, else 0.

    The first layer's scores begin with it, and the later ones' take it over.
    """
    shut = torch.full((steps, steps), -torch.inf, device=like.device, dtype=torch.float32)
    return shut.triu(1)


def vectors(distance: Tensor, steps: int) -> Tensor:
    """Return the vector (steps, size) of each distance from steps - 1 down to 0.

    `distance` (n, size) has its vectors in the same order; the first serves all beyond.
    """
    missing = max(steps - len(distance), 0)
    return torch.cat((distance[:1].expand(missing, -1), distance[-steps:]))


def folded(query: Tensor, distance: Tensor) -> Tensor:
    """Return (..., t, t): what each query (..., t, size) has to say of each key's distance.

    A product by query and distance has distance t - 1 - j in column j; folding gives it key k's in
    column k. What lands above the diagonal means nothing. Music Transformer's way (a column of
    zeros, another row length, a row less), with the zeros as a vector, so that nothing is copied.
    """
    steps, size = query.shape[-2:]
    ahead = torch.cat((distance.new_zeros(1, size), vectors(distance, steps)))
    near = query @ ahead.T
    return near.reshape(*near.shape[:-2], steps + 1, steps)[..., 1:, :]


def model_of(shape: Shape) -> PianoLSTM | PianoTransformer:
    """Return an untrained model of a shape."""
    return PianoLSTM(shape) if isinstance(shape, LstmShape) else PianoTransformer(shape)

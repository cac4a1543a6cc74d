"""The loop model: a VQ-VAE over piano rolls and an LSTM prior over its codes.

Layers follow the loop paper, appendix A, table (d), and "Music VQ-VAE". Shapes stand beside the
lines that make them: b loops, 128 steps, 93 columns, t codes a loop, L numbers a code, K codes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from loopwright.engine.roll import COLUMNS
from loopwright.engine.time import STEPS_PER_LOOP

SLOPE = 0.2


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How many codes a loop has (t), how long each is (L), and how many there are (K)."""

    positions: int = 32
    width: int = 16
    codes: int = 512


@dataclass(frozen=True, slots=True)
class PriorShape:
    """The prior's hidden size, layers, dropout, and the order in which it writes the codes.

    In time, as in the paper; or in pairs, both halves of the loop at once: code 0, 16, 1, 17 and
    so on, so that what must come again is one code away and not sixteen.
    """

    hidden: int = 512
    layers: int = 2
    dropout: float = 0.2
    in_pairs: bool = False


def conv_block(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return conv1d, batch norm and leaky ReLU, padded to keep steps / stride steps."""
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2),
        nn.BatchNorm1d(outputs),
        nn.LeakyReLU(SLOPE),
    )


class ResBlock(nn.Module):
    """x + (conv, batch norm, leaky ReLU, conv, batch norm)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(channels, channels, 3, 1, 1),
            nn.BatchNorm1d(channels),
            nn.LeakyReLU(SLOPE),
            nn.Conv1d(channels, channels, 3, 1, 1),
            nn.BatchNorm1d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return x (b, channels, steps) with the body added."""
        return x + self.body(x)


class Codebook(nn.Module):
    """K vectors that follow, by moving average, the encoder outputs nearest to them.

    A code that is hardly used is moved onto a random encoder output of the batch, so that none
    stays dead.
    """

    vectors: Tensor
    counts: Tensor
    sums: Tensor

    def __init__(self, shape: CodeShape, decay: float = 0.99, alive: float = 0.5) -> None:
        super().__init__()
        self.decay, self.alive = decay, alive
        vectors = torch.randn(shape.codes, shape.width)
        self.register_buffer("vectors", vectors)
        self.register_buffer("counts", torch.ones(shape.codes))
        self.register_buffer("sums", vectors.clone())

    def nearest(self, z: Tensor) -> Tensor:
        """Return the index of the nearest vector to each z: (..., L) -> (...)."""
        flat = z.reshape(-1, z.shape[-1]).float()
        distance = self.vectors.square().sum(1) - 2 * flat @ self.vectors.T
        return distance.argmin(1).reshape(z.shape[:-1])

    @torch.no_grad()
    def follow(self, z: Tensor, codes: Tensor) -> None:
        """Move each vector towards the mean of the z (n, L) that chose it; revive unused ones."""
        z = z.float()
        ones = torch.zeros_like(self.counts).index_add_(0, codes, torch.ones_like(z[:, 0]))
        sums = torch.zeros_like(self.sums).index_add_(0, codes, z)
        self.counts.lerp_(ones, 1 - self.decay)
        self.sums.lerp_(sums, 1 - self.decay)
        dead = self.counts < self.alive
        chosen = torch.randint(0, len(z), (len(self.counts),), device=z.device)
        self.counts[dead] = 1.0
        self.sums[dead] = z[chosen[dead]]
        self.vectors.copy_(self.sums / self.counts[:, None])


class LoopVQVAE(nn.Module):
    """Rolls (b, 128, 93) to codes (b, t) and back to logits (b, 128, 93)."""

    def __init__(self, shape: CodeShape | None = None) -> None:
        super().__init__()
        self.shape = shape or CodeShape()
        halvings = (STEPS_PER_LOOP // self.shape.positions).bit_length() - 1
        width = self.shape.width
        encoder: list[nn.Module] = [conv_block(COLUMNS, 64, 1), conv_block(64, 32, 1)]
        for _ in range(halvings):
            encoder += [conv_block(32, 32, 3, stride=2), ResBlock(32)]
        encoder += [conv_block(32, width, 3), ResBlock(width)]
        decoder: list[nn.Module] = [conv_block(width, 32, 3)]
        for _ in range(halvings):
            decoder += [nn.Upsample(scale_factor=2, mode="nearest"), ResBlock(32)]
        decoder += [conv_block(32, 64, 1), nn.Conv1d(64, COLUMNS, 3, 1, 1)]
        self.encoder = nn.Sequential(*encoder)
        self.decoder = nn.Sequential(*decoder)
        self.codebook = Codebook(self.shape)
        self.apply(he_init)

    def embed(self, rolls: Tensor) -> Tensor:
        """Return encoder outputs (b, t, L) before they are quantised."""
        return self.encoder(rolls.transpose(1, 2)).transpose(1, 2)

    def encode(self, rolls: Tensor) -> Tensor:
        """Return the codes (b, t) of rolls (b, 128, 93)."""
        return self.codebook.nearest(self.embed(rolls))

    def decode(self, codes: Tensor) -> Tensor:
        """Return the logits (b, 128, 93) of codes (b, t)."""
        return self.decode_vectors(self.codebook.vectors[codes])

    def decode_vectors(self, z: Tensor) -> Tensor:
        """Return the logits (b, 128, 93) of quantised vectors (b, t, L)."""
        return self.decoder(z.transpose(1, 2)).transpose(1, 2)

    def forward(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (b, 128, 93) and the commitment loss; in training, move the codebook."""
        z = self.embed(rolls).float()
        # In bfloat16 a third of the codes would not be the nearest.
        with torch.autocast(z.device.type, enabled=False):
            codes = self.codebook.nearest(z)
        if self.training:
            self.codebook.follow(z.detach().flatten(0, 1), codes.flatten())
        quantised = self.codebook.vectors[codes]
        commitment = F.mse_loss(z, quantised.detach())
        straight_through = z + (quantised - z).detach()
        return self.decode_vectors(straight_through), commitment


class LoopPrior(nn.Module):
    """A distribution over codes: the empirical first code, then an LSTM given those before.

    "Music VQ-VAE" of the loop paper. `first` (K) holds the logarithms of the first code's shares.
    """

    first: Tensor
    order: Tensor  # (t) the position that each turn writes
    turn: Tensor  # (t) the turn that writes each position

    def __init__(self, codes: CodeShape | None = None, shape: PriorShape | None = None) -> None:
        super().__init__()
        self.codes = codes or CodeShape()
        self.shape = shape or PriorShape()
        hidden, k = self.shape.hidden, self.codes.codes
        self.embedding = nn.Embedding(k, hidden)
        self.lstm = nn.LSTM(hidden, hidden, self.shape.layers, batch_first=True,
                            dropout=self.shape.dropout)  # fmt: skip
        self.drop = nn.Dropout(self.shape.dropout)
        self.head = nn.Linear(hidden, k)
        self.register_buffer("first", torch.full((k,), -torch.tensor(float(k)).log().item()))
        order = torch.arange(self.codes.positions)
        if self.shape.in_pairs:
            order = order.reshape(2, -1).T.flatten()
        self.register_buffer("order", order)
        self.register_buffer("turn", order.argsort())

    def forward(self, codes: Tensor) -> Tensor:
        """Return logits (b, t, K) for each position, given the codes (b, t) written before it."""
        before = codes[:, self.order[:-1]]
        hidden, _ = self.lstm(self.drop(self.embedding(before)))
        later = self.head(self.drop(hidden))
        first = self.first.expand(len(codes), 1, -1).to(later.dtype)
        return torch.cat([first, later], 1)[:, self.turn]


def he_init(module: nn.Module) -> None:
    """Draw a convolution's weights as He et al. do (loop paper, "Experiment details")."""
    if isinstance(module, nn.Conv1d):
        nn.init.kaiming_normal_(module.weight, a=SLOPE)
        assert module.bias is not None
        nn.init.zeros_(module.bias)

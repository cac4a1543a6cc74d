"""The loop paper's three continuous VAEs, its yardsticks for the VQ-VAE.

Layers follow its appendix A, tables (a), (b) and (c), and "Music Continuous VAE". Where the tables
leave something open it is said beside the line. b loops, 128 steps, 93 columns, n numbers of a
latent, H hidden units.
"""

from typing import Protocol, cast

import torch
from torch import Tensor, nn

from loopwright.engine.roll import COLUMNS
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.training.loopvaesettings import Vae
from loopwright.training.model import SLOPE, ResBlock, conv_block

HIDDEN = 128  # of an LSTM, each way
LATENT = 128  # of the LSTM models
CHANNELS, CNN_STEPS = 32, 16  # the CNN's latent is 16 steps of 32 channels
CNN_LATENT = CHANNELS * CNN_STEPS
# Of torch.lstm: biases, one layer, no dropout, as in training, one way, time before loops.
ONE_LAYER = (True, 1, 0.0, True, False, False)


class Gauss(nn.Module):
    """Features (b, f) to the mean and the log variance (b, n) of a latent.

    The mean is layer-normalised. The tables' sigma comes straight from a linear layer, and a
    variance is not negative: it is read as its logarithm.
    """

    def __init__(self, features: int, latent: int) -> None:
        super().__init__()
        self.mean = nn.Linear(features, latent)
        self.norm = nn.LayerNorm(latent)
        self.spread = nn.Linear(features, latent)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (b, n)."""
        return self.norm(self.mean(x)), self.spread(x)


class LstmEncoder(nn.Module):
    """Rolls (b, 128, 93) through an LSTM in both directions to a latent's mean and log variance."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(COLUMNS, HIDDEN, batch_first=True, bidirectional=True)
        self.gauss = Gauss(2 * HIDDEN, LATENT)

    def forward(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (b, n)."""
        _, (hidden, _) = self.lstm(rolls)
        return self.gauss(hidden.transpose(0, 1).flatten(1))


class ArDecoder(nn.Module):
    """An LSTM whose states begin as the latent, and that hears the step before and the latent.

    On the first step it hears nothing but zeros.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(COLUMNS + LATENT, HIDDEN)
        self.head = nn.Linear(HIDDEN, COLUMNS)

    def forward(self, z: Tensor, rolls: Tensor | None = None, heard: Tensor | None = None
                ) -> Tensor:  # fmt: skip
        """Return logits (b, 128, 93) of latents (b, n).

        Where `heard` (b, 128) is True, the step after hears that of `rolls` (b, 128, 93); else, and
        without rolls, what the model says itself, as bits. Bits have no gradient: so all is written
        without one, and then gone through at once with what each step hears known.
        """
        with torch.no_grad():
            logits, said = self.written(z, rolls, heard)
        if not torch.is_grad_enabled():
            return logits
        hears = torch.cat([said[:-1], z.expand(len(said) - 1, -1, -1)], 2)
        first = hears.new_zeros(1, *hears.shape[1:])
        weights = [self.cell.weight_ih, self.cell.weight_hh, self.cell.bias_ih, self.cell.bias_hh]
        out, *_ = torch.lstm(torch.cat([first, hears]), (z[None], z[None]), weights, *ONE_LAYER)
        return self.head(out).transpose(0, 1)

    def written(self, z: Tensor, rolls: Tensor | None, heard: Tensor | None
                ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Return logits (b, 128, 93), and the bits (128, b, 93) that each next step hears."""
        hidden, cell = z, z
        x = z.new_zeros(len(z), COLUMNS + LATENT)
        logits: list[Tensor] = []
        said: list[Tensor] = []
        for step in range(STEPS_PER_LOOP):
            hidden, cell = self.cell(x, (hidden, cell))
            logits.append(self.head(hidden))
            bits = (logits[-1] >= 0).to(z.dtype)
            if rolls is not None and heard is not None:
                bits = torch.where(heard[:, step, None], rolls[:, step].to(z.dtype), bits)
            said.append(bits)
            x = torch.cat([bits, z], 1)
        return torch.stack(logits, 1), torch.stack(said)


class NonArDecoder(nn.Module):
    """An LSTM that hears the latent at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(LATENT, 2 * HIDDEN, batch_first=True)
        self.head = nn.Linear(2 * HIDDEN, COLUMNS)

    def forward(self, z: Tensor) -> Tensor:
        """Return logits (b, 128, 93) of latents (b, n)."""
        out, _ = self.lstm(z[:, None].expand(-1, STEPS_PER_LOOP, -1))
        return self.head(out)


class CnnEncoder(nn.Module):
    """Rolls (b, 128, 93) through convolutions to a latent's mean and log variance."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_block(COLUMNS, CHANNELS, 3),
            conv_block(CHANNELS, CHANNELS, 3, stride=2),
            ResBlock(CHANNELS),
            conv_block(CHANNELS, CHANNELS, 3, stride=2),
            ResBlock(CHANNELS),
        )
        self.gauss = Gauss(CHANNELS * STEPS_PER_LOOP // 4, CNN_LATENT)

    def forward(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (b, n)."""
        return self.gauss(self.body(rolls.transpose(1, 2)).flatten(1))


class CnnDecoder(nn.Module):
    """A latent, as 16 steps of 32 channels, doubled three times over to the steps of a loop.

    The last convolution has no norm and no ReLU, for what follows is a sigmoid.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(CNN_LATENT, CNN_LATENT)
        self.body = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            ResBlock(CHANNELS),
            nn.Upsample(scale_factor=2, mode="nearest"),
            ResBlock(CHANNELS),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv1d(CHANNELS, COLUMNS, 7, 1, 3),
        )

    def forward(self, z: Tensor) -> Tensor:
        """Return logits (b, 128, 93) of latents (b, n)."""
        x = self.first(z).reshape(-1, CHANNELS, CNN_STEPS)
        return self.body(x).transpose(1, 2)


class Encoder(Protocol):
    """From rolls to a latent's mean and log variance."""

    def __call__(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (b, n), of rolls (b, 128, 93)."""
        ...


class LoopVae(nn.Module):
    """One of the three: its encoder, its decoder, and the length of its latent."""

    def __init__(self, kind: Vae) -> None:
        super().__init__()
        self.kind = kind
        cnn = kind is Vae.CNN
        self.latent = CNN_LATENT if cnn else LATENT
        self.encoder = CnnEncoder() if cnn else LstmEncoder()
        self.decoder = DECODERS[kind]()
        for module in self.modules():
            he_weights(module)
        if isinstance(self.encoder, LstmEncoder):
            remember_long(self.encoder.lstm)

    def encode(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, each (b, n), of rolls (b, 128, 93)."""
        return cast(Encoder, self.encoder)(rolls)

    def decode(self, z: Tensor) -> Tensor:
        """Return logits (b, 128, 93) of latents (b, n)."""
        return self.decoder(z)

    def last(self) -> nn.Linear | nn.Conv1d:
        """Return the layer whose outputs are the logits."""
        if isinstance(self.decoder, CnnDecoder):
            return cast(nn.Conv1d, self.decoder.body[-1])
        return cast(ArDecoder | NonArDecoder, self.decoder).head


DECODERS: dict[Vae, type[nn.Module]] = {
    Vae.AR: ArDecoder,
    Vae.NONAR: NonArDecoder,
    Vae.CNN: CnnDecoder,
}


def he_weights(module: nn.Module) -> None:
    """Draw the weights of a layer of its own as He et al. do; biases begin at 0."""
    if not isinstance(module, nn.Linear | nn.Conv1d | nn.LSTM | nn.LSTMCell):
        return
    slope = SLOPE if isinstance(module, nn.Conv1d) else 0.0
    for value in module.parameters(recurse=False):
        if value.dim() > 1:
            nn.init.kaiming_normal_(value, a=slope)
        else:
            nn.init.zeros_(value)


@torch.no_grad()
def remember_long(lstm: nn.LSTM) -> None:
    """Let each cell begin with a memory of some 1 to 127 steps (Tallec and Ollivier, 2018).

    What an encoder says of a loop is its last state: with biases of 0 half of what a cell holds is
    gone after a step, and the beginning of a loop is never heard of.
    """
    for name, bias in lstm.named_parameters():
        if name.startswith("bias_ih"):
            opened = torch.empty(lstm.hidden_size).uniform_(1, STEPS_PER_LOOP - 1).log()
            inputs, forget = bias.chunk(4)[:2]
            inputs.copy_(-opened)
            forget.copy_(opened)


def sampled(mean: Tensor, spread: Tensor) -> Tensor:
    """Return latents (b, n) drawn from means and log variances."""
    return mean + torch.randn_like(mean) * (spread / 2).exp()


def divergence(mean: Tensor, spread: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence (b) from the standard normal, in nats a loop."""
    return (mean.square() + spread.exp() - 1 - spread).sum(1) / 2

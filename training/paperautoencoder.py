"""A trained VQ-VAE alone, of any shape, for the table that compares shapes."""

from pathlib import Path

import numpy as np
import torch

from loopwright.training.checkpoint import load_vqvae
from loopwright.training.decoding import threshold_bits
from loopwright.training.measures import Rolls
from loopwright.training.model import LoopVQVAE

AT_ONCE = 512


class TorchAutoencoder:
    """A VQ-VAE in torch."""

    def __init__(self, model: LoopVQVAE) -> None:
        self.model = model

    @property
    def shape(self) -> tuple[int, int, int]:
        """t, L and K."""
        shape = self.model.shape
        return shape.positions, shape.width, shape.codes

    @torch.no_grad()
    def rebuilt(self, rolls: Rolls) -> Rolls:
        """Return rolls (n, 128, 93) through encoder and decoder, cell by cell."""
        parts = torch.split(torch.from_numpy(rolls), AT_ONCE)
        again = [threshold_bits(self.model.decode(self.model.encode(p.float()))) for p in parts]
        return torch.cat(again).numpy().astype(np.uint8)


def opened(path: Path) -> TorchAutoencoder:
    """Return the VQ-VAE in a file. Raises SettingError."""
    return TorchAutoencoder(load_vqvae(path))

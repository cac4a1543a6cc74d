"""The beat model's coder: rolls to codes and back, by the patterns of its books.

It has no network and nothing that is trained by gradients. b loops, 32 beats of 4 codes, which are
t = 128 codes a loop, K codes.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from loopwright.engine.beatcodes import LEANS, METALS, REST, RESTS, SILENT, SKINS, SOUNDS
from loopwright.engine.roll import BASS_PITCHES, DRUMS
from loopwright.training.beatbooks import BEATS, STEPS, Books
from loopwright.training.model import CodeShape


class BeatCoder(nn.Module):
    """Rolls (b, 128, 93) to codes (b, 128), beat by beat, and back to logits (b, 128, 93)."""

    skins: Tensor  # (K, 20)
    metals: Tensor  # (K, 16)
    shapes: Tensor  # (K, 4)

    def __init__(self, codes: int = 512) -> None:
        super().__init__()
        self.shape = CodeShape(positions=4 * BEATS, width=1, codes=codes)
        self.used = (codes, codes, codes)
        self.register_buffer("skins", torch.zeros(codes, STEPS * len(SKINS)))
        self.register_buffer("metals", torch.zeros(codes, STEPS * len(METALS)))
        self.register_buffer("shapes", torch.zeros(codes, STEPS, dtype=torch.int64))

    @classmethod
    def of(cls, books: Books) -> "BeatCoder":
        """Return the coder with these books."""
        coder = cls(len(books.skins))
        for name in ("skins", "metals", "shapes"):
            told = torch.from_numpy(getattr(books, name))
            getattr(coder, name).copy_(told)
        coder.used = books.used
        return coder

    def encode(self, rolls: Tensor) -> Tensor:
        """Return the codes (b, 128) of rolls (b, 128, 93)."""
        drums = [
            nearest(rolls[..., list(columns)].reshape(len(rolls), BEATS, -1), book)
            for columns, book in ((SKINS, self.skins), (METALS, self.metals))
        ]
        shapes, pitches = self.bass(rolls)
        shape = self.apart(shapes).argmin(-1)
        return torch.stack([*drums, shape, pitches], -1).flatten(1)

    def bass(self, rolls: Tensor) -> tuple[Tensor, Tensor]:
        """Return the shapes (b, 32, 4) and pitches (b, 32) of the bass of rolls (b, 128, 93)."""
        bass = rolls[..., DRUMS:].reshape(len(rolls), BEATS, STEPS, BASS_PITCHES) > 0
        sounds, pitch = bass.any(3), bass.int().argmax(3)
        first = pitch.gather(2, sounds.int().argmax(2, keepdim=True))
        shapes = torch.where(sounds, pitch - first, REST)
        return shapes, torch.where(sounds.any(2), first[..., 0], SILENT)

    def apart(self, shapes: Tensor) -> Tensor:
        """Return in how many cells shapes (b, 32, 4) differ from each of the book: (b, 32, K)."""
        ours, book = shapes[:, :, None], self.shapes
        one_rests = (ours == REST) | (book == REST)
        wrong = torch.where(one_rests, 1, 2) * (ours != book)
        return wrong.sum(-1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the logits (b, 128, 93) of codes (b, 128)."""
        skins, metals, shape, pitch = codes.reshape(len(codes), BEATS, 4).unbind(-1)
        drums = codes.new_full((len(codes), BEATS * STEPS, DRUMS), 0, dtype=torch.float32)
        for columns, bits in ((SKINS, self.skins[skins]), (METALS, self.metals[metals])):
            drums[..., list(columns)] = bits.reshape(len(codes), BEATS * STEPS, len(columns))
        bass = self.bass_of(self.shapes[shape], pitch[..., None]).flatten(1, 2)
        return torch.cat([drums * (SOUNDS - RESTS) + RESTS, bass], -1)

    def bass_of(self, shapes: Tensor, pitch: Tensor) -> Tensor:
        """Return the bass's logits (b, 32, 4, 84) of shapes (b, 32, 4) from pitches (b, 32, 1)."""
        silent = (shapes == REST) | (pitch >= SILENT)
        cells = torch.where(silent, -1, pitch + shapes)[..., None]
        columns = torch.arange(BASS_PITCHES, device=pitch.device)
        leans = torch.where(columns == pitch[..., None], LEANS, RESTS)
        return torch.where(columns == cells, SOUNDS, leans)


def nearest(bits: Tensor, book: Tensor) -> Tensor:
    """Return which pattern of a book (K, c) differs least from each of bits (b, 32, c)."""
    return (book.sum(1) - 2 * F.linear(bits.float(), book)).argmin(-1)

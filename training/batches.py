"""Batches of rolls for the optimiser: shuffled, and the bass moved to other keys."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from loopwright.engine.roll import BASS_PITCHES, DRUMS
from loopwright.training.dataset import LoopSet
from loopwright.training.settings import Transposition


@dataclass(frozen=True, slots=True, eq=False)
class Rolls:
    """Rolls (n, 128, 93), one byte a bit, and the lowest and highest bass column (n) of each."""

    bits: Tensor
    low: Tensor
    high: Tensor


def rolls_of(loops: LoopSet, device: torch.device) -> Rolls:
    """Return the rolls of a data set, on `device`."""
    bits = torch.from_numpy(loops.rolls())
    used = bits[..., DRUMS:].any(1).int()
    low = used.argmax(1)
    high = BASS_PITCHES - 1 - used.flip(1).argmax(1)
    return Rolls(bits.to(device), low.to(device), high.to(device))


def draw_shifts(rolls: Rolls, index: Tensor, by: Transposition) -> Tensor:
    """Return a shift in semitones for each loop of `index` (b), held to the range of the roll."""
    drawn = torch.randint(by.lowest, by.highest + 1, (len(index),), device=index.device)
    floor, ceiling = -rolls.low[index], BASS_PITCHES - 1 - rolls.high[index]
    return drawn.clamp(floor, ceiling)


def transposed(bits: Tensor, shifts: Tensor) -> Tensor:
    """Return rolls (b, 128, 93) with the bass of each moved up by its shift (b)."""
    source = torch.arange(BASS_PITCHES, device=bits.device) - shifts[:, None]
    inside = (source >= 0) & (source < BASS_PITCHES)
    at = source.clamp(0, BASS_PITCHES - 1)[:, None].expand(-1, bits.shape[1], -1)
    bass = bits[..., DRUMS:].gather(2, at) * inside[:, None]
    return torch.cat([bits[..., :DRUMS], bass], 2)


def shuffled(rolls: Rolls, batch: int, by: Transposition) -> Iterator[Tensor]:
    """Yield all rolls once in a random order, as float batches (b, 128, 93)."""
    order = torch.randperm(len(rolls.bits)).to(rolls.bits.device)
    for index in torch.split(order, batch):
        yield transposed(rolls.bits[index], draw_shifts(rolls, index, by)).float()

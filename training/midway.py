"""Where in an epoch a run is: what a checkpoint holds so that it goes on there, batch by batch."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from loopwright.training.checkpoint import Held


@dataclass(frozen=True, slots=True)
class Midway:
    """The loss of each batch of an epoch so far, and the state of all chance after the last."""

    epoch: int
    losses: tuple[float, ...]
    chance: Tensor
    chances_on_gpu: tuple[Tensor, ...]

    def restore_chance(self) -> None:
        """Have torch's chance go on from here."""
        torch.set_rng_state(self.chance)
        for number, state in enumerate(self.chances_on_gpu[: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(state, number)


def midway(epoch: int, losses: list[float]) -> Midway:
    """Return where a run is now."""
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return Midway(epoch, tuple(losses), torch.get_rng_state(), tuple(on_gpu))


def packed(at: Midway | None) -> Held | None:
    """Return it as plain values and tensors."""
    if at is None:
        return None
    return {
        "epoch": at.epoch,
        "losses": list(at.losses),
        "chances": [at.chance, *at.chances_on_gpu],
    }


def unpacked(held: object) -> Midway | None:
    """Return what `packed` was given."""
    if held is None:
        return None
    found = cast(Held, held)
    chance, *on_gpu = cast(list[Tensor], found["chances"])
    losses = tuple(cast(list[float], found["losses"]))
    return Midway(cast(int, found["epoch"]), losses, chance, tuple(on_gpu))

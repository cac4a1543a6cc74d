"""How far a training is, as a value that a checkpoint holds."""

from dataclasses import dataclass
from typing import cast

from torch import Tensor, nn

from loopwright.training.checkpoint import Held
from loopwright.training.midway import Midway, unpacked
from loopwright.training.task import Figures

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, and its best weights yet."""

    epoch: int = 0
    seconds: float = 0.0
    best_epoch: int = 0
    best: Figures | None = None
    best_weights: Weights | None = None
    midway: Midway | None = None  # where it is in an epoch that is not done

    def done(self, steps: int) -> float:
        """Return the epochs that are done, of so many batches each."""
        at = self.midway
        return at.epoch + len(at.losses) / steps if at else self.epoch


def restored(state: Held) -> Progress:
    """Return the progress that a checkpoint holds."""
    return Progress(
        epoch=cast(int, state["epoch"]),
        seconds=cast(float, state["seconds"]),
        best_epoch=cast(int, state["best_epoch"]),
        best=cast(Figures, state["best"]),
        best_weights=cast(Weights, state["best_weights"]),
        midway=unpacked(state.get("midway")),
    )


def copied(model: nn.Module) -> Weights:
    """Return a copy of the model's weights that training does not touch."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}

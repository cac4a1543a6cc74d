"""What a beat model's prior knows before it learns, and what is set right when it has learned."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from loopwright.engine.beatcodes import PITCH, QUIET, SILENT
from loopwright.training.beatprior import DRAWS, NEVER, BeatPrior

SMOOTHING = 1e-3  # loops added to every first pitch, so that none is impossible


@torch.no_grad()
def begin_from(model: BeatPrior, codes: Tensor, used: tuple[int, int, int]) -> None:
    """Let a prior know the first pitches' shares, how common each column is, and what is no code.

    `codes` (m, 128) are those of the training loops.
    """
    first = torch.bincount(codes[:, PITCH], minlength=SILENT)[:SILENT].double() + SMOOTHING
    model.first[:SILENT] = (first / first.sum()).log()
    columns = model.columns(codes)[0]
    for draw in range(DRAWS):
        stream = draw % 4
        end = QUIET + 1 if stream == PITCH else used[stream]
        model.closed[draw, end:] = NEVER
        counts = torch.bincount(columns[..., draw].flatten(), minlength=model.codes.codes) + 0.1
        model.head_bias[draw] = (counts / counts.sum()).log()


@torch.no_grad()
def begin_alike(model: BeatPrior, likeness: tuple[NDArray[np.float32], ...]) -> None:
    """Let columns that sound alike begin alike, as what is heard, what is told, and what is drawn.

    `likeness` has rows (K, n) for each stream; each begins as a random projection of them.
    """
    for stream, rows in enumerate(likeness):
        told = torch.from_numpy(rows).to(model.first.device)
        told = evened((told - told.mean(0)) / told.shape[1] ** 0.5)
        for half in (0, 1):
            draw = stream + DRAWS // 2 * half
            model.told[draw] = 0.1 * spread(told, model.shape.inner)
            model.head[draw] = spread(told, model.shape.inner).T / model.shape.inner**0.5
        model.heard[stream, :-1] = 0.5 * spread(told, model.shape.heard)


def spread(rows: Tensor, size: int) -> Tensor:
    """Return rows (K, n) as rows of `size` numbers, of about one each."""
    return evened(rows @ torch.randn(rows.shape[1], size, device=rows.device))


def evened(rows: Tensor) -> Tensor:
    """Return rows with a spread of 1; those that are all alike, as one pattern is, as they are."""
    size = rows.std()
    return rows / size if size > 0 else rows


@torch.no_grad()
def heated(model: BeatPrior, heats: tuple[float, float]) -> None:
    """Let what is drawn at temperature 1 be what would have been at `heats`, one for each half.

    So loops have as many notes as songs have, and repeat as well, where neither comes by itself.
    """
    for half, heat in enumerate(heats):
        draws = slice(half * DRAWS // 2, (half + 1) * DRAWS // 2)
        for learned in (model.head, model.head_bias, model.bonus, model.bonus_bias):
            learned[draws] /= heat

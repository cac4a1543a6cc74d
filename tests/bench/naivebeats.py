"""The yardstick for one loop of a beat model: torch, eagerly, one code at a time."""

from dataclasses import dataclass

import numpy as np
import torch
from bench.naive import ruled
from numpy.typing import NDArray
from torch import Tensor

from loopwright.engine.beatcodes import BACK, HEARD, LAGS, PITCH, QUIET, ROUNDS
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatprior import DRAWS, STEPS, BeatPrior, anchors, pitch_columns

HALF = DRAWS // 2
State = tuple[Tensor, Tensor]


@dataclass
class Written:
    """What is written of some loops so far: codes and columns (b, 16, 8), what came again."""

    codes: Tensor
    columns: Tensor
    same: Tensor  # (b, 8, 4), of the latest step


@dataclass(frozen=True)
class EagerBeats:
    """The trained model in torch: an LSTM step for each two beats, then code after code."""

    coder: BeatCoder
    prior: BeatPrior
    bias: Tensor  # (t, K): 0 where a code is allowed
    temperature: float = 1.0

    @torch.no_grad()
    def __call__(self, chance: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return rolls (b, 128, 93) for uniforms (b, t)."""
        u, count = torch.from_numpy(chance), len(chance)
        first = self.drawn(self.prior.first.expand(count, -1), u, PITCH)
        told = torch.zeros(count, 128, dtype=torch.int64)
        told[:, PITCH] = first
        places = pitch_columns(anchors(told), self.prior.codes.codes)
        blank = torch.full((count, STEPS, DRAWS), self.prior.codes.codes)
        so_far = Written(blank.clone(), blank, torch.zeros(count, DRAWS, LAGS))
        state: State | None = None
        for step in range(STEPS):
            out, state = self.prior.lstm(self.heard(so_far, step)[:, None], state)
            self.write(so_far, step, (self.prior.inner(out[:, 0]), u, places, first))
        codes = so_far.codes.reshape(count, STEPS, 2, HALF).transpose(1, 2).flatten(1)
        return ruled(self.coder.decode(codes)).numpy()

    def heard(self, so_far: Written, step: int) -> Tensor:
        """Return what a step hears (b, n)."""
        none = torch.full_like(so_far.columns[:, 0], self.prior.codes.codes)
        parts: list[Tensor] = []
        for back, half in HEARD:
            row = so_far.columns[:, step - back] if back <= step else none
            parts += [self.prior.heard[i][row[:, half * HALF + i]] for i in range(HALF)]
        place = self.prior.place[step].expand(len(none), -1)
        return torch.cat([*parts, so_far.same.flatten(1), place], 1)

    def write(
        self, so_far: Written, step: int, given: tuple[Tensor, Tensor, Tensor, Tensor]
    ) -> None:
        """Draw the eight codes of a step."""
        inner, u, places, first = given
        layers = inner.reshape(len(inner), DRAWS, -1)
        told: Tensor | int = 0
        for draws in ROUNDS:
            words: Tensor | int = 0
            for j in draws:
                words = words + self.draw(so_far, step, j, (layers[:, j] + told, u, places, first))
            told = told + words

    def draw(
        self, so_far: Written, step: int, j: int, given: tuple[Tensor, Tensor, Tensor, Tensor]
    ) -> Tensor:
        """Draw one code; return what those after it are told (b, inner)."""
        layer, u, places, first = given
        prior, half, stream = self.prior, j // HALF, j % HALF
        inner, before = layer.relu(), self.before(so_far, step, j)
        logits = inner @ prior.head[j] + prior.head_bias[j] + prior.closed[j]
        bonus = (inner @ prior.bonus[j] + prior.bonus_bias[j]) * (before >= 0)
        logits = logits.scatter_add(1, before.clamp(min=0), bonus)
        position = (half * STEPS + step) * HALF + stream
        if stream == PITCH:
            logits = logits.gather(1, places)
        code = first if position == PITCH else self.drawn(logits, u, position)
        pitched = places.gather(1, code[:, None])[:, 0].clamp(max=QUIET)
        column = pitched if stream == PITCH else code
        so_far.codes[:, step, j], so_far.columns[:, step, j] = code, column
        so_far.same[:, j] = (before == column[:, None]).float()
        return prior.told[j][column] + so_far.same[:, j] @ prior.told_same[j]

    def before(self, so_far: Written, step: int, j: int) -> Tensor:
        """Return the columns (b, L) that a draw may repeat, -1 for none."""
        none = torch.full_like(so_far.columns[:, 0, 0], -1)
        back = [so_far.columns[:, step - n, j] if n <= step else none for n in BACK]
        if j >= HALF:
            back = [so_far.columns[:, step, j - HALF], back[0], *back[2:]]
        return torch.stack(back, 1)

    def drawn(self, logits: Tensor, u: Tensor, position: int) -> Tensor:
        """Return the code (b) that a position's uniforms draw from logits (b, K)."""
        warm = logits / self.temperature + self.bias[position]
        shares = torch.softmax(warm, -1).cumsum(-1)
        return (shares <= u[:, position, None] * shares[:, -1:]).sum(1)

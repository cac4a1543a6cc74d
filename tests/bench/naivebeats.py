"""The yardsticks for one loop of a beat model: torch, eagerly, by single codes or by rounds."""

from dataclasses import dataclass
from functools import cached_property

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
Given = tuple[Tensor, Tensor, Tensor, Tensor]  # layers, uniforms, columns of pitches, the first


@dataclass
class Written:
    """What is written of some loops so far: codes and columns (b, 16, 8), what came again."""

    codes: Tensor
    columns: Tensor
    same: Tensor  # (b, 8, 4), of the latest step


class Draws:
    """Codes that are drawn together, and the weights that they are drawn by."""

    def __init__(self, prior: BeatPrior, js: list[int]) -> None:
        self.js = js
        self.head, self.bonus = prior.head[js], prior.bonus[js]
        self.bias = (prior.head_bias + prior.closed)[js][:, None]
        self.bonus_bias = prior.bonus_bias[js][:, None]
        self.told, self.told_same = [prior.told[j] for j in js], prior.told_same[js]
        self.pitches = [n for n, j in enumerate(js) if j % HALF == PITCH]


@dataclass(frozen=True)
class EagerBeats:
    """The trained model in torch: an LSTM step for each two beats, then code after code.

    Or `at_once` all codes of a round, which are independent of each other.
    """

    coder: BeatCoder
    prior: BeatPrior
    bias: Tensor  # (t, K): 0 where a code is allowed
    temperature: float = 1.0
    at_once: bool = False

    @torch.no_grad()
    def __call__(self, chance: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return rolls (b, 128, 93) for uniforms (b, t)."""
        u, count = torch.from_numpy(chance), len(chance)
        first = self.drawn(self.prior.first.expand(1, count, -1), u, [PITCH])[0]
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

    @cached_property
    def rounds(self) -> list[list[Draws]]:
        """The codes of each round: at once, or one after the other."""
        by_round = [[list(js)] if self.at_once else [[j] for j in js] for js in ROUNDS]
        return [[Draws(self.prior, js) for js in some] for some in by_round]

    def write(self, so_far: Written, step: int, given: Given) -> None:
        """Draw the eight codes of a step."""
        inner, u, places, first = given
        layers = inner.reshape(len(inner), DRAWS, -1).transpose(0, 1)
        told = torch.zeros_like(layers[0])
        for some in self.rounds:
            words = torch.zeros_like(told)
            for draws in some:
                layer = layers[draws.js] + told
                words = words + self.draw(so_far, step, draws, (layer, u, places, first))
            told = told + words

    def draw(self, so_far: Written, step: int, draws: Draws, given: Given) -> Tensor:
        """Draw n codes; return what those after them are told (b, inner)."""
        layer, u, places, first = given
        inner, js = layer.relu(), draws.js
        before = torch.stack([self.before(so_far, step, j) for j in js])
        logits = torch.baddbmm(draws.bias, inner, draws.head)
        bonus = torch.baddbmm(draws.bonus_bias, inner, draws.bonus) * (before >= 0)
        logits = logits.scatter_add(2, before.clamp(min=0), bonus)
        for n in draws.pitches:
            logits[n] = logits[n].gather(1, places)
        code = self.drawn(logits, u, [position(step, j) for j in js])
        column = code.clone()
        for n in draws.pitches:
            code[n] = first if position(step, js[n]) == PITCH else code[n]
            column[n] = places.gather(1, code[n][:, None])[:, 0].clamp(max=QUIET)
        so_far.codes[:, step, js], so_far.columns[:, step, js] = code.T, column.T
        same = (before == column[..., None]).float()
        so_far.same[:, js] = same.transpose(0, 1)
        heard = torch.stack([told[c] for told, c in zip(draws.told, column, strict=True)])
        return torch.baddbmm(heard, same, draws.told_same).sum(0)

    def before(self, so_far: Written, step: int, j: int) -> Tensor:
        """Return the columns (b, L) that a draw may repeat, -1 for none."""
        none = torch.full_like(so_far.columns[:, 0, 0], -1)
        back = [so_far.columns[:, step - n, j] if n <= step else none for n in BACK]
        if j >= HALF:
            back = [so_far.columns[:, step, j - HALF], back[0], *back[2:]]
        return torch.stack(back, 1)

    def drawn(self, logits: Tensor, u: Tensor, positions: list[int]) -> Tensor:
        """Return the codes (n, b) that the uniforms of n positions draw from logits (n, b, K)."""
        warm = logits / self.temperature + self.bias[positions][:, None]
        shares = torch.softmax(warm, -1).cumsum(-1)
        return (shares <= u.T[positions][..., None] * shares[..., -1:]).sum(2)


def position(step: int, j: int) -> int:
    """Return the place in a loop of a step's code j."""
    return (j // HALF * STEPS + step) * HALF + j % HALF

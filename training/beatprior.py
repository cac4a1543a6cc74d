"""The beat model's prior: an LSTM over sixteen steps, each of which writes a beat of both halves.

Step s writes beat s and beat s + 16, so that what comes again in bar 5 is written beside what it
repeats, eight codes in four rounds: skins; metals, shape, and the second beat's skins; pitch, and
the second's metals and shape; the second's pitch. A code may be one of four that stand at the same
place earlier (`LAGS`): how likely that is, is learned as a bonus for each, so that to repeat needs
no memory. Pitches are told as intervals from the loop's first pitch, which is drawn before all
else from its shares in the training loops. So the model knows no key. b loops, t = 128 codes, K.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from loopwright.engine.beatcodes import (
    BACK,
    HEARD,
    LAGS,
    MIDDLE,
    OFFSET,
    PITCH,
    QUIET,
    ROUNDS,
    SILENT,
)
from loopwright.training.model import CodeShape

STEPS, DRAWS = 16, 8  # steps of the LSTM, codes that each writes: four of either half
NEVER = -1e4
"""Added to the logit of what cannot be, finite: a mask may leave nothing else."""


@dataclass(frozen=True, slots=True)
class BeatShape:
    """The LSTM's hidden size, the numbers of a code that it hears, and of a draw's own layer."""

    hidden: int = 320
    heard: int = 32
    inner: int = 128
    dropout: float = 0.4


class BeatPrior(nn.Module):
    """A distribution over codes (b, 128) of `BeatCoder`."""

    first: Tensor  # (K) log shares of the first pitch
    closed: Tensor  # (8, K) 0, or NEVER for a column that is no code

    def __init__(self, codes: CodeShape, shape: BeatShape | None = None) -> None:
        super().__init__()
        self.codes, self.shape = codes, shape or BeatShape()
        k, s = codes.codes, self.shape
        self.heard = nn.Parameter(0.5 * torch.randn(DRAWS // 2, k + 1, s.heard))
        self.place = nn.Parameter(0.1 * torch.randn(STEPS, s.heard))
        inputs = len(HEARD) * DRAWS // 2 * s.heard + DRAWS * LAGS + s.heard
        self.lstm = nn.LSTM(inputs, s.hidden, batch_first=True)
        self.drop = nn.Dropout(s.dropout)
        self.inner = nn.Linear(s.hidden, DRAWS * s.inner)
        self.told = nn.Parameter(0.1 * torch.randn(DRAWS, k, s.inner))
        self.told_same = nn.Parameter(0.1 * torch.randn(DRAWS, LAGS, s.inner))
        self.head = nn.Parameter(torch.randn(DRAWS, s.inner, k) / s.inner**0.5)
        self.head_bias = nn.Parameter(torch.zeros(DRAWS, k))
        self.bonus = nn.Parameter(torch.zeros(DRAWS, s.inner, LAGS))
        self.bonus_bias = nn.Parameter(torch.ones(DRAWS, LAGS))
        self.register_buffer("first", torch.full((k,), NEVER))
        self.register_buffer("closed", torch.zeros(DRAWS, k))

    def columns(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes (b, 128) as columns (b, 16, 8), pitches as intervals; and anchors (b)."""
        halves = codes.reshape(len(codes), 2, STEPS, DRAWS // 2).transpose(1, 2)
        anchor = anchors(codes)
        pitch = halves[..., PITCH]
        away = torch.where(pitch < SILENT, pitch - anchor[:, None, None] + OFFSET, QUIET)
        columns = torch.cat([halves[..., :PITCH], away[..., None]], -1)
        return columns.reshape(len(codes), STEPS, DRAWS), anchor

    def column_logits(self, columns: Tensor) -> Tensor:
        """Return logits (b, 16, 8, K) for each column, given those (b, 16, 8) before it."""
        before = candidates(columns)
        same = (before == columns[..., None]).float()
        hidden, _ = self.lstm(self.drop(self.inputs(columns, same)))
        inner = self.inner(self.drop(hidden)).unflatten(-1, (DRAWS, -1))
        inner = self.drop((inner + self.within(columns, same)).relu())
        logits = torch.einsum("bsji,jik->bsjk", inner, self.head) + self.head_bias + self.closed
        bonus = torch.einsum("bsji,jil->bsjl", inner, self.bonus) + self.bonus_bias
        there = bonus * (before >= 0)
        return logits.scatter_add(3, before.clamp(min=0), there)

    def inputs(self, columns: Tensor, same: Tensor) -> Tensor:
        """Return what each step hears (b, 16, n): beats before it, what came again, its place."""
        none = self.codes.codes
        beats = [
            torch.stack(
                [self.heard[i][earlier(columns, back, none)[..., 4 * half + i]] for i in range(4)],
                2,
            ).flatten(2)
            for back, half in HEARD
        ]
        repeats = earlier(same, 1, 0).flatten(2)
        return torch.cat([*beats, repeats, self.place.expand(len(columns), -1, -1)], -1)

    def within(self, columns: Tensor, same: Tensor) -> Tensor:
        """Return what each draw is told of those before it in its step: (b, 16, 8, inner)."""
        told = torch.stack([self.told[j][columns[..., j]] for j in range(DRAWS)], 2)
        told = told + torch.einsum("bsjl,jli->bsji", same, self.told_same)
        so_far = torch.zeros_like(told[:, :, 0])
        out = [so_far] * DRAWS
        for draws in ROUNDS:
            for j in draws:
                out[j] = so_far
            so_far = so_far + told[:, :, list(draws)].sum(2)
        return torch.stack(out, 2)

    def forward(self, codes: Tensor) -> Tensor:
        """Return logits (b, 128, K) for each code, given the codes (b, 128) written before it."""
        columns, anchor = self.columns(codes)
        logits = self.column_logits(columns).reshape(len(codes), STEPS, 2, DRAWS // 2, -1)
        places = pitch_columns(anchor, self.codes.codes)[:, None, None]
        pitches = logits[..., PITCH, :].gather(-1, places.expand(-1, STEPS, 2, -1))
        logits = torch.cat([logits[..., :PITCH, :], pitches[..., None, :]], -2)
        logits = logits.transpose(1, 2).flatten(1, 3)
        first = self.first.expand(len(codes), 1, -1)
        return torch.cat([logits[:, :PITCH], first, logits[:, PITCH + 1 :]], 1)


def anchors(codes: Tensor) -> Tensor:
    """Return the pitch (b) that intervals are from: that of the first beat of codes (b, 128)."""
    first = codes[:, PITCH]
    return torch.where(first < SILENT, first, MIDDLE)


def pitch_columns(anchor: Tensor, codes: int) -> Tensor:
    """Return the column (b, K) of each code of a pitch, seen from anchors (b)."""
    code = torch.arange(codes, device=anchor.device)
    away = code - anchor[:, None] + OFFSET
    # What lies behind QUIET is closed.
    return torch.where(code < SILENT, away, torch.where(code == SILENT, QUIET, QUIET + 1))


def earlier(rows: Tensor, back: int, none: float) -> Tensor:
    """Return rows (b, 16, ...) as they were `back` steps before, `none` before the first."""
    empty = torch.full_like(rows[:, :back], none)
    return torch.cat([empty, rows[:, :-back]], 1)


def candidates(columns: Tensor) -> Tensor:
    """Return the columns (b, 16, 8, 4) that each of columns (b, 16, 8) may repeat, -1 for none.

    In the first half those of some steps before; in the second the first half's, then some before.
    """
    first, second = columns[..., :4], columns[..., 4:]
    of_first = [earlier(first, back, -1) for back in BACK]
    of_second = [first, *(earlier(second, back, -1) for back in BACK if back != 2)]
    return torch.cat([torch.stack(of_first, -1), torch.stack(of_second, -1)], 2)

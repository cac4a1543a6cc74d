"""How well a lead foretells melodies that it has not heard: by style, a token and a note."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.engine.pianotokens import FIRST_DURATION, VOCABULARY
from loopwright.training import leadbatches
from loopwright.training.dataset import Split
from loopwright.training.pianoset import PianoSet

AT_ONCE = 16  # windows
Found = Mapping[str, "tuple[MelodyFigures, ...]"]
"""The figures of each melody, by the graph or run that they are of."""


@dataclass(frozen=True, slots=True)
class MelodyFigures:
    """One melody, or all of a style: nats over all tokens, and how many tokens and notes."""

    name: str
    style: str
    nats: float
    tokens: int
    notes: int

    @property
    def a_token(self) -> float:
        """Nats a token."""
        return self.nats / self.tokens

    @property
    def a_note(self) -> float:
        """Nats a note."""
        return self.nats / self.notes

    def text(self) -> str:
        """Return a row of the table."""
        means = f"{self.a_token:9.4f}{self.a_note:8.3f}"
        return f"{self.style or '-':8}{self.tokens:8}{self.notes:8}{means}"

    def plain(self) -> dict[str, object]:
        """Return the figures as JSON has them."""
        size = {"tokens": self.tokens, "notes": self.notes}
        means = {"a_token": self.a_token, "a_note": self.a_note}
        return {"name": self.name, "style": self.style, **size, **means}


@torch.no_grad()
def measure(
    model: Callable[[Tensor], Tensor], data: PianoSet, split: Split, stride: int
) -> tuple[MelodyFigures, ...]:
    """Return the figures of each `stride`-th melody of a split. Raises SettingError for none."""
    part = data.part(split)
    chosen = list(zip(part.names, part.pieces(), strict=True))[::stride]
    if not chosen:
        raise SettingError(f"the data set has no {split.value} melody")
    return tuple(one_melody(model, *one) for one in tqdm(chosen, desc="melodies"))


def one_melody(
    model: Callable[[Tensor], Tensor], name: str, piece: leadbatches.Tokens
) -> MelodyFigures:
    """Return the figures of a melody, in windows that each open with its style and key."""
    found = torch.from_numpy(np.array(list(leadbatches.windows(piece)), np.int64))
    parts = torch.split(found, AT_ONCE)
    nats = sum(float(leadbatches.nll(model(part[:, :-1]), part).sum()) for part in parts)
    ends = (piece >= FIRST_DURATION) & (piece < VOCABULARY)
    tokens = int(leadbatches.counted(found).sum())
    return MelodyFigures(name, leadbatches.style_of(piece), nats, tokens, int(ends.sum()))


def together(figures: tuple[MelodyFigures, ...]) -> list[MelodyFigures]:
    """Return the sums of each style, and of all."""
    styles = dict.fromkeys(one.style for one in figures)
    groups = {style: [one for one in figures if one.style == style] for style in sorted(styles)}
    return [summed(style, some) for style, some in {**groups, "all": list(figures)}.items()]


def summed(style: str, some: list[MelodyFigures]) -> MelodyFigures:
    """Return the sum of some figures."""
    nats = sum(one.nats for one in some)
    tokens, notes = sum(one.tokens for one in some), sum(one.notes for one in some)
    return MelodyFigures(f"{len(some)} melodies", style, nats, tokens, notes)


def as_text(found: Found) -> str:
    """Return the figures of melodies and styles as a table for a terminal, a graph or run each."""
    tables = {name: "\n".join(table_of(figures)) for name, figures in found.items()}
    if len(tables) == 1:
        return next(iter(tables.values()))
    return "\n\n".join(f"{name}\n{table}" for name, table in tables.items())


def table_of(figures: tuple[MelodyFigures, ...]) -> list[str]:
    """Return the lines of a table: each melody, the styles, all, and how far they are apart."""
    rows = [f"{row.text()}  {row.name}" for row in (*figures, *together(figures))]
    return ["style     tokens   notes  a token  a note  (nats)", *rows, spread(figures)]


def spread(figures: Sequence[MelodyFigures]) -> str:
    """Return a line about the melodies one by one: the best, the worst, the middle."""
    ordered = sorted(figures, key=lambda one: one.a_token)
    best, worst, middle = ordered[0], ordered[-1], median(one.a_token for one in ordered)
    return (
        f"a melody: {best.a_token:.4f} nats a token ({best.name}) to {worst.a_token:.4f} "
        f"({worst.name}), half of them at most {middle:.4f}"
    )


def as_json(found: Found, about: Mapping[str, object]) -> str:
    """Return all figures as JSON: those of the first graph or run, then each by its name."""
    graphs = {name: of_one(figures) for name, figures in found.items()}
    return json.dumps({**about, **next(iter(graphs.values())), "graphs": graphs})


def of_one(figures: tuple[MelodyFigures, ...]) -> dict[str, object]:
    """Return the figures of styles and melodies as JSON has them."""
    styles = [one.plain() for one in together(figures)]
    return {"styles": styles, "melodies": [one.plain() for one in figures]}

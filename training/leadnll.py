"""How well a lead foretells melodies that it has not heard: by style, a token and a note."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class MelodyFigures:
    """One melody, or all of a style: nats over all tokens, and how many tokens and notes."""

    name: str
    style: str
    nats: float
    tokens: int
    notes: int

    def text(self) -> str:
        """Return a row of the table."""
        a_token, a_note = self.nats / self.tokens, self.nats / self.notes
        return f"{self.style or '-':8}{self.tokens:8}{self.notes:8}{a_token:9.4f}{a_note:8.3f}"


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


def as_text(figures: tuple[MelodyFigures, ...]) -> str:
    """Return the figures of the styles as a table for a terminal."""
    rows = [f"{row.text()}  {row.name}" for row in together(figures)]
    return "\n".join(["style     tokens   notes  a token  a note  (nats)", *rows])


def as_json(figures: tuple[MelodyFigures, ...], about: Mapping[str, object]) -> str:
    """Return all figures as JSON."""

    def plain(one: MelodyFigures) -> dict[str, object]:
        means = {"a_token": one.nats / one.tokens, "a_note": one.nats / one.notes}
        size = {"tokens": one.tokens, "notes": one.notes}
        return {"name": one.name, "style": one.style, **size, **means}

    styles = [plain(one) for one in together(figures)]
    return json.dumps({**about, "styles": styles, "melodies": [plain(one) for one in figures]})

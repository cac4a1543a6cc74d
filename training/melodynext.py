"""Which pitch a melody model takes for the next, given the notes before: the same for any tokens.

A model that says more than pitches says where the next note begins before it says which it is. Here
it is told no more than the notes before, so what it might say first is followed along its likeliest
ways, until little is left open. q questions, v tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remitokens import Kind
from loopwright.training.melodywindows import Model

NO_PITCH = -1
ROUNDS = 8  # ways that are followed for a question
LEAST = 0.02  # of all ways, for one to be worth following
AT_ONCE = 16
PITCHES = 128

Way = tuple[float, tuple[int, ...]]
"""How likely some tokens are after the notes, and all tokens up to there."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The share of each pitch (q, 128), and how much of all was left open (q)."""

    shares: NDArray[np.float64]
    open: NDArray[np.float64]


def pitch_of_each(language: PitchStrings | RemiLanguage) -> NDArray[np.int64]:
    """Return the first pitch (v) that each token tells; NO_PITCH where it tells none."""
    if isinstance(language, PitchStrings):
        return np.array(
            [sounds[0] if len(sounds) == 1 else NO_PITCH for sounds in language.sounding]
        )
    return np.array([first_pitch(language, parts) for parts in language.table.parts])


def first_pitch(language: RemiLanguage, parts: Sequence[int]) -> int:
    """Return the first pitch among simple tokens, NO_PITCH without one."""
    told = (language.table.meanings[part] for part in parts)
    return next((int(one.value) for one in told if one.kind is Kind.PITCH), NO_PITCH)


def next_pitches(
    model: Model, language: PitchStrings | RemiLanguage, before: Sequence[Sequence[int]], read: int
) -> Answers:
    """Return what a model that reads `read` tokens says comes after the tokens of each question."""
    pitch = pitch_of_each(language)
    shares = np.zeros((len(before), PITCHES))
    ways: list[list[Way]] = [[(1.0, tuple(tokens))] for tokens in before]
    for _ in range(ROUNDS):
        asked = [q for q, some in enumerate(ways) if some and max(some)[0] >= LEAST]
        for part in (asked[i : i + AT_ONCE] for i in range(0, len(asked), AT_ONCE)):
            likeliest = [taken(ways[q]) for q in part]
            after = following(model, [tokens[-read:] for _, tokens in likeliest])
            for q, way, chances in zip(part, likeliest, after, strict=True):
                told = pitch != NO_PITCH
                np.add.at(shares[q], pitch[told], way[0] * chances[told])
                if isinstance(language, RemiLanguage):
                    ways[q] += onward(way, np.where(told, 0, chances))
    return Answers(shares, 1 - shares.sum(1))


def onward(way: Way, chances: NDArray[np.float64]) -> list[Way]:
    """Return a way with each token (v) that may be worth following, by its chance."""
    mass, tokens = way
    likely = np.flatnonzero(mass * chances >= LEAST).tolist()
    return [(mass * float(chances[token]), (*tokens, token)) for token in likely]


def taken(ways: list[Way]) -> Way:
    """Take the likeliest way out of some, and return it."""
    return ways.pop(ways.index(max(ways)))


@torch.no_grad()
def following(model: Model, contexts: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return how likely each token is (b, v) after contexts of any length."""
    lengths = [len(context) for context in contexts]
    filled = torch.zeros(len(contexts), max(lengths), dtype=torch.int64)
    for row, context in zip(filled, contexts, strict=True):
        row[: len(context)] = torch.tensor(context)
    logits = model(filled)[torch.arange(len(contexts)), torch.tensor(lengths) - 1]
    return logits.double().softmax(-1).numpy()

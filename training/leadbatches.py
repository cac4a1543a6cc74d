"""Windows of leads for a model: stretches of melodies, each opened by its style and its key.

In training, stretches begin at bars drawn anew, are moved to other keys, and follow each other
through windows without a gap; so a model also learns to go on where the opening is out of sight. To
judge, each window holds one stretch. Nobody is asked to guess an opening: it counts for nothing.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.errors import SettingError
from loopwright.engine.leadtokens import FIRST_KEY, FIRST_STYLE, NO_KEY, NO_STYLE, STYLES, TONICS
from loopwright.engine.pianotokens import BAR, VOCABULARY
from loopwright.training.leadset import HEAD
from loopwright.training.leadsettings import WINDOW, LeadRecipe
from loopwright.training.pianoset import PianoSet

Tokens = NDArray[np.uint8]
BODY = WINDOW - HEAD
SHORTEST, LONGEST = BODY // 2, 3 * BODY // 2  # tokens of a stretch in training
UNCOUNTED = -100


def style_of(piece: Tokens) -> str:
    """Return the style that a piece opens with, empty for none."""
    place = int(piece[0]) - FIRST_STYLE
    return STYLES[place] if place >= 0 else ""


def packed(data: PianoSet, recipe: LeadRecipe, chance: np.random.Generator) -> Iterator[Tensor]:
    """Yield batches (b, 257) without end."""
    pieces: list[Tokens] = list(data.pieces())
    weights = np.array([recipe.shares.get(style_of(p), 1.0) * -(-len(p) // BODY) for p in pieces])
    held = np.zeros(0, np.uint8)
    size = recipe.batch * WINDOW
    while True:
        drawn = chance.choice(len(pieces), size // BODY, p=weights / weights.sum())
        found = [changed(stretch(pieces[int(i)], chance), recipe, chance) for i in drawn]
        held = np.concatenate([held, *found])
        while len(held) >= size:
            yield torch.from_numpy(held[:size].reshape(-1, WINDOW).astype(np.int64))
            held = held[size:]


def stretch(piece: Tokens, chance: np.random.Generator) -> Tokens:
    """Return the opening of a piece, and some of its tokens from a bar line on."""
    body = piece[HEAD:]
    bars = np.concatenate([[0], np.flatnonzero(body == BAR) + 1])
    bars = bars[bars <= max(len(body) - SHORTEST, 0)]
    first = int(chance.choice(bars))
    return np.concatenate([piece[:HEAD], body[first : first + chance.integers(SHORTEST, LONGEST)]])


def changed(tokens: Tokens, recipe: LeadRecipe, chance: np.random.Generator) -> Tokens:
    """Return a stretch in a key drawn anew, its style and its key hidden now and then."""
    by = int(chance.integers(recipe.transpose.lowest, recipe.transpose.highest + 1))
    hidden = chance.random(HEAD) < recipe.hide
    opening = (tokens[0], turned(int(tokens[1]), by))
    return np.concatenate([np.where(hidden, (NO_STYLE, NO_KEY), opening), tokens[HEAD:]])


def turned(token: int, by: int) -> int:
    """Return the token of a key `by` semitones higher: nothing else of a stretch changes."""
    if token == NO_KEY:
        return token
    minor, tonic = divmod(token - FIRST_KEY, TONICS)
    return FIRST_KEY + minor * TONICS + (tonic + by) % TONICS


def windows(piece: Tokens) -> Iterator[Tokens]:
    """Yield windows of a piece, each one stretch after its opening, filled up with openings."""
    body = piece[HEAD:]
    for first, end in cuts(body):
        window = np.full(WINDOW, NO_STYLE, np.uint8)
        window[:HEAD] = piece[:HEAD]
        window[HEAD : HEAD + end - first] = body[first:end]
        yield window


def cuts(body: Tokens) -> Iterator[tuple[int, int]]:
    """Yield where stretches begin and end, after bar lines as far apart as a window allows."""
    bars = (np.flatnonzero(body == BAR) + 1).tolist()
    first = 0
    while len(body) - first > BODY:
        within = [bar for bar in bars if first < bar <= first + BODY]
        yield first, within[-1] if within else first + BODY
        first = within[-1] if within else first + BODY
    yield first, len(body)


def judged(data: PianoSet, most: int | None = None) -> dict[str, Tensor]:
    """Return windows (n, 257) of each style, at most so many of each, from all over the set.

    Raises SettingError where there are none.
    """
    found: dict[str, list[Tokens]] = {}
    for piece in data.pieces():
        found.setdefault(style_of(piece), []).extend(windows(piece))
    if not found:
        raise SettingError("no melody is left to judge by: there are too few")
    return {style: as_tensor(some, most or len(some)) for style, some in found.items()}


def as_tensor(found: list[Tokens], most: int) -> Tensor:
    """Return windows (n, 257), at most so many."""
    return torch.from_numpy(np.array(found[:: -(-len(found) // most)], np.int64))


def nll(logits: Tensor, windows: Tensor) -> Tensor:
    """Return the negative log-likelihood (b, 256), in nats, of what comes after each token.

    It is 0 where that is of an opening.
    """
    after = windows[:, 1:]
    wanted = after.masked_fill(after >= VOCABULARY, UNCOUNTED)
    return F.cross_entropy(
        logits.float().transpose(1, 2), wanted, ignore_index=UNCOUNTED, reduction="none"
    )


def counted(windows: Tensor) -> Tensor:
    """Return which tokens (b, 256) after the first count."""
    return windows[:, 1:] < VOCABULARY

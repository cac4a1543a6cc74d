"""What is measured of a melody model, on held-out tunes that are the same for every version.

What a tune is told as, each model's own language says, at its usual tempo: MidiTok is not needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch

from loopwright.engine.melody import BOLD
from loopwright.engine.notes import Note
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remistate import RemiState
from loopwright.training import melodymeasures
from loopwright.training.melodyfiles import Tune
from loopwright.training.melodyjudges import Judge
from loopwright.training.melodynext import next_pitches, pitch_of_each
from loopwright.training.melodysample import sampled
from loopwright.training.melodywindows import NONE, Model, nll

AT_ONCE = 16
HEARD = 16  # notes that a melody goes on from
FEWEST = 8  # notes before one that is asked for
A_NOTE = 4  # simple tokens of a note, and one for what lies between two


@dataclass(frozen=True, slots=True)
class MelodyFigures:
    """What was measured of one model. Likelihoods in nats; repetition by length of what came again.

    `pitch_distance` and `outside` compare with what it was trained on: None where nobody knows.
    """

    run: str
    about: dict[str, object]
    nll: float
    perplexity: float
    nll_of_note: float | None
    unknown: float  # share of the notes that the language has no token for
    accuracy: float
    left_open: float  # how much of what might come was not followed to a pitch
    repetition: dict[int, float] = field(default_factory=dict[int, float])
    repetition_of_tokens: dict[int, float] = field(default_factory=dict[int, float])
    compression: float = 1.0
    pitch_distance: float | None = None
    outside: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is measured: notes asked for in a tune, melodies drawn, their notes, and chance."""

    questions: int
    melodies: int
    notes: int
    seed: int


@torch.no_grad()
def measured(judge: Judge, tunes: Sequence[Tune], asked: Asked) -> MelodyFigures:
    """Return the figures of one model."""
    model, language, read = judge.model, judge.language, judge.read
    told = [language.tokens(tune.notes()) for tune in tunes]
    nats, tokens = likelihood(model, told, read)
    notes = sum(len(tune.raw) for tune in tunes)
    some = list(questions(tunes, asked))
    answers = next_pitches(model, language, [language.tokens(n[:i]) or (0,) for n, i in some], read)
    right = [answers.shares[q].argmax() == n[i].pitch for q, (n, i) in enumerate(some)]
    known = set(pitch_of_each(language).tolist())
    drawn, pitches = melodies(model, language, (tunes, asked), read)
    flat = [pitch for one in pitches for pitch in one]
    return MelodyFigures(
        judge.name,
        judge.about,
        nats / tokens,
        melodymeasures.perplexity(nats / tokens),
        nats / notes if isinstance(language, RemiLanguage) else None,
        sum(p not in known for tune in tunes for _, _, p, _ in tune.raw) / notes,
        float(np.mean(right)),
        float(answers.open.mean()),
        {n: melodymeasures.repetition(pitches, n) for n in melodymeasures.SIZES},
        {n: melodymeasures.repetition(drawn, n) for n in melodymeasures.SIZES},
        melodymeasures.compression(pitches),
        melodymeasures.pitch_distance(flat, judge.learnt) if judge.learnt else None,
        melodymeasures.outside(flat, judge.learnt) if judge.learnt else None,
    )


def likelihood(model: Model, told: Sequence[Sequence[int]], read: int) -> tuple[float, int]:
    """Return nats and tokens of tunes; each token is read after half a window at least."""
    rows = [row for tokens in told for row in rows_of(tokens, read)]
    nats, count = 0.0, 0
    for part in (rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)):
        windows = torch.tensor([row for row, _ in part])
        first = torch.tensor([skipped for _, skipped in part])[:, None]
        counts = (windows[:, 1:] != NONE) & (torch.arange(read) >= first)
        nats += float((nll(model, windows) * counts).sum())
        count += int(counts.sum())
    return nats, count


def rows_of(tokens: Sequence[int], read: int) -> Iterator[tuple[list[int], int]]:
    """Yield windows over tokens that overlap by half, and how much of each was counted before."""
    half = read // 2
    for start in range(0, max(len(tokens) - 1 - half, 1), half):
        row = list(tokens[start : start + read + 1])
        yield row + [NONE] * (read + 1 - len(row)), half if start else 0


def questions(tunes: Sequence[Tune], asked: Asked) -> Iterator[tuple[list[Note], int]]:
    """Yield tunes' notes, and which of them is asked for: some of each tune, evenly."""
    for tune in tunes:
        notes = tune.notes()
        places = np.linspace(FEWEST, len(notes) - 1, asked.questions).astype(int)
        yield from ((notes, place) for place in sorted({*places.tolist()}) if place >= FEWEST)


def melodies(
    model: Model,
    language: PitchStrings | RemiLanguage,
    given: tuple[Sequence[Tune], Asked],
    read: int,
) -> tuple[list[list[int]], list[list[int]]]:
    """Return the tokens that a model draws after the beginnings of tunes, and their pitches."""
    tunes, asked = given
    seeds = [language.tokens(t.notes()[:HEARD]) or (0,) for t in islice(tunes, asked.melodies)]
    strings = isinstance(language, PitchStrings)
    count = asked.notes * (1 if strings else A_NOTE)
    drawn = sampled(model, seeds, read, count, (asked.seed, BOLD))
    return drawn, [pitches_of(language, tokens)[: asked.notes] for tokens in drawn]


def pitches_of(language: PitchStrings | RemiLanguage, tokens: Sequence[int]) -> list[int]:
    """Return the pitches that tokens tell, in order; of a chord the highest."""
    if isinstance(language, PitchStrings):
        return [language.sounding[token][-1] for token in tokens]
    return [note.pitch for note in language.heard(RemiState(), tokens).notes]

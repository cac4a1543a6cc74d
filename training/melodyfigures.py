"""What is measured of a melody model, on held-out tunes that are the same for every version.

What a tune is told as, each model's own language says, at its usual tempo: MidiTok is not needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

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
class TuneFigures:
    """How likely a tune is to a model: nats over so many tokens."""

    name: str
    nats: float
    tokens: int

    @property
    def nll(self) -> float:
        """Nats a token; 0 where the model has no token for any of it."""
        return self.nats / max(self.tokens, 1)


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
    files: tuple[TuneFigures, ...] = ()


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
    nats, tokens = likelihoods(model, told, read)
    every = float(nats.sum() / tokens.sum())
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
        every,
        melodymeasures.perplexity(every),
        float(nats.sum()) / notes if isinstance(language, RemiLanguage) else None,
        sum(p not in known for tune in tunes for _, _, p, _ in tune.raw) / notes,
        float(np.mean(right)),
        float(answers.open.mean()),
        {n: melodymeasures.repetition(pitches, n) for n in melodymeasures.SIZES},
        {n: melodymeasures.repetition(drawn, n) for n in melodymeasures.SIZES},
        melodymeasures.compression(pitches),
        melodymeasures.pitch_distance(flat, judge.learnt) if judge.learnt else None,
        melodymeasures.outside(flat, judge.learnt) if judge.learnt else None,
        tuple(
            TuneFigures(tune.name, float(of_it), int(count))
            for tune, of_it, count in zip(tunes, nats, tokens, strict=True)
        ),
    )


def likelihoods(
    model: Model, told: Sequence[Sequence[int]], read: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return nats and tokens of each tune; each token is read after half a window at least."""
    rows = [(n, *row) for n, tokens in enumerate(told) for row in rows_of(tokens, read)]
    nats, count = np.zeros(len(told)), np.zeros(len(told), np.int64)
    for part in (rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)):
        of = [n for n, _, _ in part]
        windows = torch.tensor([row for _, row, _ in part])
        first = torch.tensor([skipped for _, _, skipped in part])[:, None]
        counts = (windows[:, 1:] != NONE) & (torch.arange(read) >= first)
        np.add.at(nats, of, (nll(model, windows) * counts).sum(1).double().numpy())
        np.add.at(count, of, counts.sum(1).numpy())
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

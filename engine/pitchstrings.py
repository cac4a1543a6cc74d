"""Pitch strings: a melody as names of pitches, "C4", and of chords, "0.4.7". Melody paper, 3.

A chord is its pitch classes in normal order, the most closely packed one first. The names know
nothing of time: what is drawn is played in a rhythm, eighths or that of what was played before.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from loopwright.engine.eventmasks import pitches
from loopwright.engine.keys import Key
from loopwright.engine.language import Bias
from loopwright.engine.melody import Limits
from loopwright.engine.notes import MIDDLE_C, Note, Part
from loopwright.engine.rhythm import EIGHTHS, Rhythm, rhythm_of
from loopwright.engine.tuning import OCTAVE

LETTERS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
TOGETHER = 3  # ticks; notes as near as this are a chord
UNTOLD = 0  # the velocity of notes whose tokens tell of none


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI pitch: 60 is C4."""
    return f"{LETTERS[pitch % OCTAVE]}{pitch // OCTAVE - 1}"


PITCHES = {pitch_name(pitch): pitch for pitch in range(128)}


def chord_name(sounding: Iterable[int]) -> str:
    """Return the name of a chord, its pitch classes in normal order."""
    classes = sorted({pitch % OCTAVE for pitch in sounding})
    turns = [classes[n:] + classes[:n] for n in range(len(classes))]
    packed = min(turns, key=lambda turn: ([(c - turn[0]) % OCTAVE for c in turn[::-1]], turn))
    return ".".join(map(str, packed))


def names_of(notes: Iterable[Note]) -> list[str]:
    """Return the names of what is played, one for each onset, in order of time."""
    ordered = sorted(notes, key=lambda note: note.tick)
    told = groupby(ordered, key=lambda note: (note.tick + TOGETHER // 2) // TOGETHER)
    together = [{note.pitch for note in group} for _, group in told]
    return [chord_name(p) if len(p) > 1 else pitch_name(*p) for p in together]


def sounding(name: str) -> tuple[int, ...]:
    """Return the MIDI pitches of a name, of a chord those in the octave above middle C.

    Raises ValueError for what is none.
    """
    if name in PITCHES:
        return (PITCHES[name],)
    classes = [int(part) for part in name.split(".")]
    if not all(0 <= c < OCTAVE for c in classes):
        raise ValueError(f"{name!r} is no pitch and no chord")
    return tuple(sorted(MIDDLE_C + c for c in classes))


class PitchStrings:
    """The names that a model knows, one a token. Raises ValueError for names that are none."""

    def __init__(self, names: Sequence[str], rhythm: Rhythm = EIGHTHS) -> None:
        self.names, self.rhythm = tuple(names), rhythm
        self.digest = hashlib.sha256(repr(self.names).encode()).hexdigest()
        self.sounding = tuple(sounding(name) for name in self.names)
        self.number = {name: token for token, name in enumerate(self.names)}
        if not self.names or len(self.number) != len(self.names):
            raise ValueError("names of pitches must be there, each once")

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.names)

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what each token means."""
        return self.digest

    @property
    def styles(self) -> tuple[str, ...]:
        """The paper's models know of no styles."""
        return ()

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        """Return the tokens of the notes before tick `until`, or of C4 if there is none."""
        del key, style
        told = self.tokens(note for note in notes if note.tick < until)
        return told or self.nearest([MIDDLE_C])[:1]

    def tokens(self, notes: Iterable[Note]) -> tuple[int, ...]:
        """Return the tokens of notes; names that the model does not know are passed over."""
        return tuple(self.number[name] for name in names_of(notes) if name in self.number)

    def nearest(self, wanted: Iterable[int]) -> tuple[int, ...]:
        """Return the tokens nearest to some MIDI pitches: a chord counts by its farthest."""
        near = [
            max(min(abs(pitch - p) for p in wanted) for pitch in sounds) for sounds in self.sounding
        ]
        return tuple(token for token, far in enumerate(near) if far == min(near))

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> "PitchTelling":
        """Return the telling after `tokens`, which tell of no time: all are taken for past.

        What comes is played from `start` on, whatever the rhythm has there; or, once an answer has
        got on to `reached`, from the next onset on.
        """
        del tokens
        return PitchTelling(self, self.rhythm.onset(reached) if reached > start else start)


@dataclass(frozen=True, slots=True)
class PitchTelling:
    """What pitch strings have told; the next one is played at tick `reached`."""

    language: PitchStrings
    reached: int
    notes: tuple[Note, ...] = ()

    def after(self, token: int) -> "PitchTelling":
        """Return what is told once `token` has come, too; one that is none is passed."""
        if not 0 <= token < self.language.size:
            return self
        length = self.language.rhythm.length(self.reached)
        told = tuple(
            Note(self.reached, length, pitch, UNTOLD, Part.MELODY)
            for pitch in self.language.sounding[token]
        )
        following = self.language.rhythm.onset(self.reached + 1)
        return replace(self, reached=following, notes=(*self.notes, *told))

    def bias(self, limits: Limits) -> Bias:
        """Return what may come next, [size]: the names that limits let sound, else the nearest.

        Density and rests are the rhythm's.
        """
        may = frozenset(pitches(limits))
        sounds = enumerate(self.language.sounding)
        fitting = [token for token, heard in sounds if may.issuperset(heard)]
        bias = np.full(self.language.size, -np.inf, np.float32)
        bias[fitting or list(self.language.nearest(may))] = 0.0
        return bias


def in_rhythm(language: PitchStrings, played: Iterable[Note], density: int = 0) -> PitchStrings:
    """Return a language whose names come in the rhythm of what was played."""
    return PitchStrings(language.names, rhythm_of(played, density))

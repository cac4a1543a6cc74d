"""The piano paper's 153 tokens: one for a bar line, 32 offsets, 88 pitches, 32 durations.

A bar line is the pair (offset, bar), a note the triplet (offset, pitch, duration). Time counts in
sixteenths, and an offset counts from the bar line before it. Piano paper, 3.1. The player may use
this: standard library only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

LOWEST_PITCH = 21  # MIDI note of a piano's lowest key
KEYS = 88
LONGEST_OFFSET = 31
LONGEST_NOTE = 32

BAR = 0
FIRST_OFFSET = BAR + 1
FIRST_PITCH = FIRST_OFFSET + LONGEST_OFFSET + 1
FIRST_DURATION = FIRST_PITCH + KEYS
VOCABULARY = FIRST_DURATION + LONGEST_NOTE


class Kind(Enum):
    """What a token stands for."""

    BAR = "bar"
    OFFSET = "offset"
    PITCH = "pitch"
    DURATION = "duration"


TOKENS = {
    Kind.BAR: range(BAR, FIRST_OFFSET),
    Kind.OFFSET: range(FIRST_OFFSET, FIRST_PITCH),
    Kind.PITCH: range(FIRST_PITCH, FIRST_DURATION),
    Kind.DURATION: range(FIRST_DURATION, VOCABULARY),
}
FOLLOWS = {
    Kind.BAR: (Kind.OFFSET,),
    Kind.OFFSET: (Kind.BAR, Kind.PITCH),
    Kind.PITCH: (Kind.DURATION,),
    Kind.DURATION: (Kind.OFFSET,),
}


@dataclass(frozen=True, slots=True, order=True)
class PianoNote:
    """A note from `step`, for `steps` sixteenths; `pitch` as in MIDI, 21..108."""

    step: int
    pitch: int
    steps: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes in order of time, and the steps of the bar lines; step 0 needs none."""

    notes: tuple[PianoNote, ...]
    bars: tuple[int, ...] = ()


def encode(piece: Piece) -> list[int]:
    """Return the tokens of a piece.

    Notes shorter than a step are left out, and so are those that no piano has a key for. A note
    too long for one token becomes several; where a bar line or a note is too far from the bar line
    before it, bar lines are put in between. At one step, the bar line comes first, then low before
    high.
    """
    notes = sorted(split_notes(piece.notes))
    last = notes[-1].step if notes else 0
    lines = [(line, -1, 0) for line in filled(piece.bars, last)]
    tokens: list[int] = []
    bar = 0
    for step, pitch, steps in sorted(lines + [(n.step, n.pitch, n.steps) for n in notes]):
        tokens.append(FIRST_OFFSET + step - bar)
        if steps:
            tokens += (FIRST_PITCH + pitch - LOWEST_PITCH, FIRST_DURATION + steps - 1)
        else:
            tokens.append(BAR)
            bar = step
    return tokens


def filled(bars: Iterable[int], last: int) -> Iterator[int]:
    """Yield the bar lines after step 0, and those between, so that none is too far from the next.

    They go on until a note at step `last` can be told.
    """
    line = 0
    for bar in sorted(bars):
        while line < bar:
            line = min(line + LONGEST_OFFSET, bar)
            yield line
    while line + LONGEST_OFFSET < last:
        line += LONGEST_OFFSET
        yield line


def split_notes(notes: Iterable[PianoNote]) -> Iterator[PianoNote]:
    """Yield the notes that a piano can play, the long ones in pieces."""
    for note in notes:
        if note.step >= 0 and 0 <= note.pitch - LOWEST_PITCH < KEYS:
            for done in range(0, note.steps, LONGEST_NOTE):
                left = min(note.steps - done, LONGEST_NOTE)
                yield PianoNote(note.step + done, note.pitch, left)


def decode(tokens: Iterable[int]) -> Piece:
    """Return the piece that tokens stand for; what breaks the grammar is passed over."""
    notes: list[PianoNote] = []
    bars: list[int] = []
    bar, offset, pitch = 0, None, None
    for token in tokens:
        kind = kind_of(token)
        place = token - TOKENS[kind].start
        if kind is Kind.OFFSET:
            offset, pitch = place, None
        elif kind is Kind.PITCH:
            pitch = None if offset is None else place + LOWEST_PITCH
        elif kind is Kind.DURATION and offset is not None and pitch is not None:
            notes.append(PianoNote(bar + offset, pitch, place + 1))
            offset, pitch = None, None
        elif kind is Kind.BAR and offset is not None:
            bar += offset
            bars.append(bar)
            offset, pitch = None, None
    return Piece(tuple(sorted(notes)), tuple(bars))


def kind_of(token: int) -> Kind:
    """Return what a token stands for. Raises ValueError for no token."""
    for kind, tokens in TOKENS.items():
        if token in tokens:
            return kind
    raise ValueError(f"{token} is none of the {VOCABULARY} piano tokens")


def allowed(token: int) -> tuple[bool, ...]:
    """Return which of the 153 tokens may follow `token`: the paper's mask."""
    may = FOLLOWS[kind_of(token)]
    return tuple(kind_of(t) in may for t in range(VOCABULARY))

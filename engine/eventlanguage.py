"""The piano's and the lead's tokens as languages: many voices, or one with a style and a key."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from loopwright.engine import leadtokens
from loopwright.engine.eventmasks import HIGHEST_PITCH
from loopwright.engine.eventtelling import EventTelling
from loopwright.engine.keys import NAMES, Key, heard_key
from loopwright.engine.notes import Note
from loopwright.engine.pianotokens import (
    BAR,
    KEYS,
    LONGEST_NOTE,
    LONGEST_OFFSET,
    LOWEST_PITCH,
    VOCABULARY,
    PianoNote,
    Piece,
    encode,
)
from loopwright.engine.time import STEPS_PER_BAR, TICKS_PER_STEP, step_of
from loopwright.engine.topline import main_line, top_line
from loopwright.engine.tuning import into_range

EVENTS = f"bar; offsets 0..{LONGEST_OFFSET}; pitches {LOWEST_PITCH}+{KEYS}; steps 1..{LONGEST_NOTE}"


@dataclass(frozen=True, slots=True)
class PianoLanguage:
    """The piano paper's 153 tokens: as many voices as there are keys."""

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return VOCABULARY

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what each token means."""
        return hashlib.sha256(EVENTS.encode()).hexdigest()

    @property
    def styles(self) -> tuple[str, ...]:
        """The paper's models know of no styles."""
        return ()

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        """Return the tokens of notes, told up to tick `until`; a bar token opens them."""
        del key, style
        return (BAR, *encode(Piece(tuple(stepped(notes, until)), lines(until))))

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> EventTelling:
        """Return the telling after `tokens`; notes from tick `start` on count.

        No other note can begin before `start`, or before `reached`.
        """
        begun = EventTelling(self.size, single=False, start=first(start), least=first(reached))
        return told(begun, tokens)


@dataclass(frozen=True, slots=True)
class LeadLanguage:
    """The same events of one voice, after a token for the style and one for the key."""

    styles: tuple[str, ...] = leadtokens.STYLES

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return leadtokens.size(self.styles)

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what each token means."""
        says = (
            f"{EVENTS}; one voice, told in C major or A minor; "
            f"no key, {NAMES} major, minor; no style, {self.styles}"
        )
        return hashlib.sha256(says.encode()).hexdigest()

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        """Return style, key, and the tokens of the notes' top line, told up to tick `until`.

        Where no key is given it is the one that is heard in the notes.
        """
        inside = [note for note in notes if step_of(note.tick) >= 0 and note.tick < until]
        voice = upper_voice(stepped(main_line(top_line(inside)), until), first(until))
        home = key or heard_key((note.pitch, note.length) for note in inside)
        told = tuple(at_home(note, leadtokens.above_home(home)) for note in voice)
        opening = leadtokens.opening(style, home, self.styles)
        return (*opening, *encode(Piece(told, lines(until))))

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> EventTelling:
        """Return the telling after `tokens`; notes from tick `start` on count.

        No other note can begin before `start`, or before `reached`.
        """
        begun = EventTelling(self.size, single=True, start=first(start), least=first(reached))
        keys = map(leadtokens.told_key, tokens[:2])
        home = next((key for key in keys if key is not None), None)
        return told(replace(begun, above=leadtokens.above_home(home)), tokens)


def first(tick: int) -> int:
    """Return the first step that does not lie before a tick."""
    return -(-tick // TICKS_PER_STEP)


def told(telling: EventTelling, tokens: Iterable[int]) -> EventTelling:
    """Return a telling after some tokens."""
    for token in tokens:
        telling = telling.after(token)
    return telling


def lines(until: int) -> tuple[int, ...]:
    """Return the steps of the bar lines after the first, up to tick `until`."""
    return tuple(range(STEPS_PER_BAR, until // TICKS_PER_STEP + 1, STEPS_PER_BAR))


def stepped(notes: Iterable[Note], until: int) -> list[PianoNote]:
    """Return the notes that begin before tick `until`, on the nearest steps before it, each once.

    Octaves bring them onto the piano; a note has a step at least, and as many as a token can tell.
    """
    last = -(-until // TICKS_PER_STEP) - 1
    ends: dict[tuple[int, int], int] = {}
    for note in notes:
        step = min(step_of(note.tick), last)
        if note.tick >= until or step < 0:
            continue
        place = step, into_range(note.pitch, LOWEST_PITCH, HIGHEST_PITCH)
        end = max(step_of(note.tick + note.length), step + 1)
        ends[place] = max(end, ends.get(place, end))
    return [
        PianoNote(step, pitch, min(end - step, LONGEST_NOTE))
        for (step, pitch), end in sorted(ends.items())
    ]


def at_home(note: PianoNote, above: int) -> PianoNote:
    """Return a note as it is told that sounds so many semitones above; octaves keep it on keys."""
    pitch = into_range(note.pitch - above, LOWEST_PITCH, HIGHEST_PITCH)
    return PianoNote(note.step, pitch, note.steps)


def upper_voice(notes: list[PianoNote], until: int) -> tuple[PianoNote, ...]:
    """Return the highest note of each step, which ends where the next begins, or at `until`."""
    highest = {note.step: note for note in notes}  # sorted: the last of a step is the highest
    ends = pairwise((*highest, until))
    return tuple(
        PianoNote(n.step, n.pitch, min(n.steps, end - n.step))
        for n, (_, end) in zip(highest.values(), ends, strict=True)
    )

"""REMI's typed tokens, as a table of names says what they are: "Pitch_60", "Duration_1.0.8".

The names and their meaning are MidiTok's, so a table is the vocabulary of a tokenizer that MidiTok
has made. Time counts in units of an eighth of a beat, and every bar is taken for 4/4. A table may
hold a mark, which BPE sets before what begins in another bar, and merges of two tokens.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from loopwright.engine.pianotokens import KEYS, LOWEST_PITCH

UNITS_PER_BEAT = 8
BEATS_PER_BAR = 4
BAR_UNITS = UNITS_PER_BEAT * BEATS_PER_BAR
LONGEST = 256  # simple tokens that one may stand for


class Kind(Enum):
    """What a token is of; the values are the names' first words."""

    BAR = "Bar"
    POSITION = "Position"
    PITCH = "Pitch"
    VELOCITY = "Velocity"
    DURATION = "Duration"
    REST = "Rest"
    TEMPO = "Tempo"
    CHORD = "Chord"
    MARK = "Mark"
    OTHER = "other"  # padding, ends, drums: never told, never drawn


KINDS = {kind.value: kind for kind in Kind}
NEEDED = (
    (Kind.BAR, {0}),
    (Kind.POSITION, {*range(BAR_UNITS)}),
    (Kind.PITCH, {*range(LOWEST_PITCH, LOWEST_PITCH + KEYS)}),
    (Kind.DURATION, {1}),
    (Kind.REST, {1}),
)
"""The numbers that a table must have."""
IN_UNITS = (Kind.DURATION, Kind.REST)
WHOLE = (Kind.POSITION, Kind.PITCH, Kind.VELOCITY)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A token's kind; its number in units, MIDI pitch or velocity, beats a minute; its word."""

    kind: Kind
    value: float = 0
    word: str = ""


def meaning(name: str) -> Meaning:
    """Return what a name says. Raises ValueError for a number that is none."""
    first, _, rest = name.partition("_")
    kind = KINDS.get(first, Kind.OTHER)
    if kind in IN_UNITS:
        beats, parts, of = map(int, rest.split("."))
        return Meaning(kind, (beats * of + parts) * UNITS_PER_BEAT // of, rest)
    if kind in WHOLE:
        return Meaning(kind, int(rest), rest)
    return Meaning(kind, float(rest) if kind is Kind.TEMPO else 0, rest)


class RemiTable:
    """What the tokens mean: `names` one each, and for each of `merges` one more, of two others.

    Raises ValueError for a name that says no number, for a merge of what is not there yet, and
    where not all can be told that there is to tell.
    """

    def __init__(self, names: Sequence[str], merges: Sequence[tuple[int, int]] = ()) -> None:
        self.names, self.merges = tuple(names), tuple(merges)
        self.meanings = tuple(meaning(name) for name in self.names)
        self.parts: list[tuple[int, ...]] = [(token,) for token in range(len(self.names))]
        for first, second in self.merges:
            if not 0 <= min(first, second) <= max(first, second) < len(self.parts):
                raise ValueError("a merge of tokens that are not there yet")
            self.parts.append(self.parts[first] + self.parts[second])
            if len(self.parts[-1]) > LONGEST:
                raise ValueError(f"a token that stands for more than {LONGEST} others")
        missing = [kind.value for kind, least in NEEDED if not least <= {*self.steps[kind]}]
        if missing or not self.steps[Kind.VELOCITY] or not self.steps[Kind.TEMPO]:
            raise ValueError(f"tokens are missing: {', '.join(missing) or 'Velocity or Tempo'}")

    def __len__(self) -> int:
        return len(self.parts)

    @cached_property
    def numbered(self) -> dict[Kind, dict[float, int]]:
        """The token of each number, by kind."""
        found: dict[Kind, dict[float, int]] = {kind: {} for kind in Kind}
        for token, said in enumerate(self.meanings):
            found[said.kind].setdefault(said.value, token)
        return found

    @cached_property
    def chords(self) -> dict[str, int]:
        """The token of each quality of a chord."""
        said = enumerate(self.meanings)
        return {one.word: token for token, one in said if one.kind is Kind.CHORD}

    @cached_property
    def steps(self) -> dict[Kind, list[float]]:
        """The numbers that there are tokens of, by kind, low before high."""
        return {kind: sorted(numbers) for kind, numbers in self.numbered.items()}

    @property
    def mark(self) -> int | None:
        """The token of the mark, None where there is none."""
        return self.numbered[Kind.MARK].get(0)

    def nearest(self, kind: Kind, value: float) -> float:
        """Return the number of a kind that is nearest to a value; of two, the higher."""
        steps = self.steps[kind]
        place = min(bisect_left(steps, value), len(steps) - 1)
        nearer = place > 0 and value - steps[place - 1] < abs(steps[place] - value)
        return steps[place - nearer]

    def rests(self, units: int) -> list[int]:
        """Return a silence as rests, the longest first; what is too short for one is left out."""
        steps, found = self.steps[Kind.REST], list[int]()
        while steps and units >= steps[0]:
            found.append(int(steps[bisect_right(steps, units) - 1]))
            units -= found[-1]
        return found

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of what each token means."""
        return hashlib.sha256(repr((self.names, self.merges)).encode()).hexdigest()

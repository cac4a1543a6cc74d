"""What was played and the melody that went on from it, as they are kept. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from loopwright.engine.keys import Key
from loopwright.engine.notes import Note
from loopwright.engine.time import TICKS_PER_BAR

LONGEST = 64  # bars


@dataclass(frozen=True, slots=True)
class Duet:
    """A phrase: ticks count from the bar line that its first bar begins with.

    Notes before tick `start` were played, those from there on answer them, and nothing lasts
    beyond tick `end`; without an answer the two are the same. `tokens` are what the model with
    SHA-256 `model` takes it for (empty where none was asked): the notes alone are what comes back
    exactly. `style` is the word that the model was given.
    """

    notes: tuple[Note, ...]
    start: int
    end: int
    key: Key | None = None
    style: str = ""
    tokens: tuple[int, ...] = ()
    model: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end <= LONGEST * TICKS_PER_BAR:
            raise ValueError("a phrase has to begin and end within its bars")
        if any(not 0 <= n.tick < n.tick + n.length <= self.end for n in self.notes):
            raise ValueError("a note of a phrase lies outside its bars")

    @property
    def bars(self) -> int:
        """How many bars it has, the last one whole."""
        return max(-(-self.end // TICKS_PER_BAR), 1)

    @property
    def seed(self) -> tuple[Note, ...]:
        """The notes that were played."""
        return tuple(n for n in self.notes if n.tick < self.start)

    @property
    def answer(self) -> tuple[Note, ...]:
        """The notes that answer them."""
        return tuple(n for n in self.notes if n.tick >= self.start)


def lately(
    notes: Iterable[Note], start: int, end: int, key: Key | None = None, style: str = ""
) -> Duet:
    """Return a phrase that may be too long: the latest bars of it then, `LONGEST` at most."""
    over = max(-(-end // TICKS_PER_BAR) - LONGEST, 0) * TICKS_PER_BAR
    latest = (since(note, over) for note in notes if note.tick + note.length > over)
    return Duet(tuple(sorted(latest)), start - over, end - over, key, style)


def since(note: Note, tick: int) -> Note:
    """Return what of a note sounds from a tick on, counted from there."""
    begin = max(note.tick, tick)
    return replace(note, tick=begin - tick, length=note.tick + note.length - begin)

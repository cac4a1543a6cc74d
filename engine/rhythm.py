"""A rhythm that goes round and round: where notes begin, and how long they are."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from loopwright.engine.notes import Note
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER

EIGHTH = TICKS_PER_QUARTER // 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Onsets in ticks, within a `span` that repeats from tick 0 on, and the length of each."""

    span: int
    onsets: tuple[int, ...]
    lengths: tuple[int, ...]

    def onset(self, tick: int) -> int:
        """Return the first onset that does not lie before a tick."""
        rounds, place = divmod(tick, self.span)
        found = bisect_left(self.onsets, place)
        if found == len(self.onsets):
            return (rounds + 1) * self.span + self.onsets[0]
        return rounds * self.span + self.onsets[found]

    def length(self, tick: int) -> int:
        """Return the length of the note that begins at an onset.

        One that begins elsewhere lasts up to the next, a beat at most.
        """
        if self.onset(tick) == tick:
            return self.lengths[self.onsets.index(tick % self.span)]
        return min(self.onset(tick) - tick, TICKS_PER_QUARTER)


EIGHTHS = Rhythm(EIGHTH, (0,), (EIGHTH,))


def rhythm_of(notes: Iterable[Note], density: int = 0) -> Rhythm:
    """Return the rhythm of notes (ticks from a bar line), in whole bars; eighths if there are none.

    At most `density` notes begin in a beat, 0 for as many as were played.
    """
    kept: dict[int, int] = {}
    for note in sorted(notes):
        beat = [
            onset for onset in kept if onset // TICKS_PER_QUARTER == note.tick // TICKS_PER_QUARTER
        ]
        if note.tick >= 0 and (not density or note.tick in kept or len(beat) < density):
            kept[note.tick] = max(note.length, kept.get(note.tick, 1))
    if not kept:
        return EIGHTHS
    first = min(kept) // TICKS_PER_BAR * TICKS_PER_BAR
    span = max(kept) // TICKS_PER_BAR * TICKS_PER_BAR + TICKS_PER_BAR - first
    placed = sorted((tick % span, length) for tick, length in kept.items())
    return Rhythm(span, tuple(t for t, _ in placed), tuple(length for _, length in placed))

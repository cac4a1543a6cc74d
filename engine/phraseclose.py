"""How an answer comes to rest: one last note, of the tonic chord, held to the end.

Phrases of real melodies end on a note of two beats, where a model that is cut off after so many
bars is in the midst of something. Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.engine.notes import Note


@dataclass(frozen=True, slots=True)
class Close:
    """The first note that begins from tick `since` on is the last, and held up to tick `end`.

    It is of the pitch classes `home`, as far as other limits let these sound.
    """

    since: int
    end: int
    home: frozenset[int]


def at_rest(
    composed: Sequence[Note], notes: Sequence[Note], close: Close | None
) -> tuple[Note, ...] | None:
    """Return which of some notes after those composed are left of an answer that has come to rest.

    None for one that has not. What was struck together with the last note stays, too.
    """
    if close is None:
        return None
    onsets = [n.tick for n in (*composed, *notes) if close.since <= n.tick < close.end]
    if not onsets:
        return None
    last = min(onsets)
    kept = (note for note in notes if note.tick <= last)
    return tuple(replace(n, length=close.end - last) if n.tick == last else n for n in kept)

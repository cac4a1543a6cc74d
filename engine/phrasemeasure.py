"""How good an answer is, as far as that can be counted: likelihood, key, repetition, rests, range.

The model's own likelihood alone prefers what is dull: a note over and over is very likely. So an
answer loses for what no player would let pass, in the same unit, nats a token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from loopwright.engine.keys import weights_of
from loopwright.engine.notes import Note
from loopwright.engine.topline import top_line

FIGURE = 4  # notes: what comes again as a whole is repeated
USUAL_REPEATED, USUAL_SILENT = 0.5, 0.5  # shares that music has anyway
NARROW, WIDE = 5, 24  # semitones
A_SEMITONE = 0.05  # nats that one too few or too many costs


@dataclass(frozen=True, slots=True)
class Measures:
    """What is counted of an answer.

    `likelihood` is in nats a token, by the model itself. The shares 0..1: of sounding time in the
    key, of figures of four notes that came before, of time in silence. `span` is in semitones, that
    of the top line: a left hand makes no melody wide.
    """

    likelihood: float
    in_key: float
    repeated: float
    silent: float
    span: int

    @property
    def merit(self) -> float:
        """The likelihood less what is out of key, too much the same, too silent, too narrow."""
        return (
            self.likelihood
            - (1 - self.in_key)
            - max(0.0, self.repeated - USUAL_REPEATED)
            - max(0.0, self.silent - USUAL_SILENT)
            - A_SEMITONE * max(NARROW - self.span, self.span - WIDE, 0)
        )


def measured(
    notes: Sequence[Note], ticks: int, likely: Sequence[float], classes: frozenset[int]
) -> Measures:
    """Return the measures of an answer of so many ticks; `likely` are its log-probabilities.

    `classes` are the pitch classes of its key, or of the scale that was asked for; empty where none
    is known.
    """
    line = [note.pitch for note in top_line(notes)]
    return Measures(
        likelihood=sum(likely) / len(likely) if likely else 0.0,
        in_key=share_in(classes, notes),
        repeated=share_repeated(notes),
        silent=1 - sounding(notes) / ticks,
        span=max(line, default=0) - min(line, default=0),
    )


def share_in(classes: frozenset[int], notes: Sequence[Note]) -> float:
    """Return the share of the sounding time in pitch classes; all of it where none is known."""
    weights = weights_of((note.pitch, note.length) for note in notes)
    if not classes or not any(weights):
        return 1.0
    return sum(weights[pitch] for pitch in classes) / sum(weights)


def share_repeated(notes: Sequence[Note]) -> float:
    """Return the share of figures, four notes each, that are one that came before."""
    steps = [(b.pitch - a.pitch, b.tick - a.tick) for a, b in pairwise(notes)]
    size = FIGURE - 1
    figures = [tuple(steps[i : i + size]) for i in range(len(steps) - size + 1)]
    return 1 - len(set(figures)) / len(figures) if figures else 0.0


def sounding(notes: Sequence[Note]) -> int:
    """Return the ticks in which anything sounds."""
    total, reached = 0, 0
    for note in sorted(notes):
        end = note.tick + note.length
        total += max(0, end - max(note.tick, reached))
        reached = max(reached, end)
    return total

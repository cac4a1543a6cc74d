"""REMI, with or without merges, as a language: V6, V7 and V8 of the melody paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from loopwright.engine.bpe import Branch, branches, compressed
from loopwright.engine.keys import Key
from loopwright.engine.language import Bias
from loopwright.engine.melody import USUAL_TEMPO, Limits
from loopwright.engine.notes import Note
from loopwright.engine.remi import RemiNote, Timed, silence, told
from loopwright.engine.remigrammar import Rules, may, rules
from loopwright.engine.remistate import TICKS_PER_UNIT, RemiState
from loopwright.engine.remitokens import BAR_UNITS, Kind, RemiTable
from loopwright.engine.tuning import into_range


class RemiLanguage:
    """The tokens of a table, and the tempo that tunes are told in, in beats a minute.

    Frozen, but for what it works out once and keeps.
    """

    def __init__(self, table: RemiTable, tempo: float = USUAL_TEMPO) -> None:
        self.table, self.tempo = table, tempo

    def at_tempo(self, tempo: float) -> "RemiLanguage":
        """Return the language in which tunes are told in another tempo."""
        return RemiLanguage(self.table, tempo)

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.table)

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what each token means."""
        return self.table.fingerprint

    @property
    def styles(self) -> tuple[str, ...]:
        """The paper's models know of no styles."""
        return ()

    @cached_property
    def tree(self) -> Branch:
        """All tokens, by the simple ones that they stand for."""
        return branches(self.table)

    def encode(
        self, notes: tuple[Note, ...], until: int, key: Key | None = None, style: str = ""
    ) -> tuple[int, ...]:
        """Return the tokens of the notes before tick `until`, told up to the bar that it lies in.

        What may come after them before `until` is kept out by `begin`.
        """
        del key, style
        last = -(-until // TICKS_PER_UNIT) - 1
        before = self.in_units(note for note in notes if note.tick < until)
        timed = self.timed(replace(n, onset=min(n.onset, last)) for n in before)
        return tuple(compressed(self.table, [*timed, *self.waiting(timed, until)]))

    def tokens(self, notes: Iterable[Note]) -> tuple[int, ...]:
        """Return the tokens of notes and no more: what a model reads that is to say the next."""
        return tuple(compressed(self.table, self.timed(self.in_units(notes))))

    def timed(self, notes: Iterable[RemiNote]) -> list[Timed]:
        """Return the simple tokens of notes, after the tempo."""
        return told(self.table, list(notes), [(0, self.tempo)])

    def in_units(self, notes: Iterable[Note]) -> list[RemiNote]:
        """Return notes in units, in the order that MidiTok reads them in, each once.

        Octaves bring them into the range of the tokens; the shortest lasts a unit.
        """
        pitches = self.table.steps[Kind.PITCH]
        low, high = int(pitches[0]), int(pitches[-1])
        found = {
            (nearest(n.tick), into_range(n.pitch, low, high)): n
            for n in sorted(notes, key=lambda n: (n.tick, n.length, n.pitch))
            if n.tick >= 0
        }
        return [
            RemiNote(onset, max(nearest(n.length), 1), pitch, max(n.velocity, 1))
            for (onset, pitch), n in found.items()
        ]

    def waiting(self, timed: list[Timed], until: int) -> Iterator[Timed]:
        """Yield the rests, if any, that lead to the beginning of the bar that a tick lies in."""
        state = self.heard(RemiState(), (token for _, token in timed))
        line = until // TICKS_PER_UNIT // BAR_UNITS * BAR_UNITS
        yield from silence(self.table, state.silent_from, line)

    def heard(self, state: RemiState, tokens: Iterable[int]) -> RemiState:
        """Return a state after tokens; those that are none of the table are passed over."""
        for token in tokens:
            if 0 <= token < len(self.table):
                for part in self.table.parts[token]:
                    state = state.after(self.table.meanings[part])
        return state

    def begin(self, tokens: tuple[int, ...], start: int, reached: int = 0) -> "RemiTelling":
        """Return the telling after `tokens`; only notes from tick `start` on count.

        No other note can begin before `start`, or before `reached`.
        """
        state = self.heard(RemiState(), tokens)
        kept = tuple(note for note in state.notes if note.tick >= start)
        first, floor = (-(-tick // TICKS_PER_UNIT) for tick in (start, max(start, reached)))
        return RemiTelling(self, first, floor, replace(state, notes=kept))


@dataclass(frozen=True, slots=True)
class RemiTelling:
    """What REMI's tokens have told of an answer from unit `start` on.

    No other note can begin before unit `floor`.
    """

    language: RemiLanguage
    start: int
    floor: int
    state: RemiState

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that are told to their end, in order of time."""
        return self.state.notes

    @property
    def reached(self) -> int:
        """The tick before which no other note can begin."""
        return TICKS_PER_UNIT * max(self.state.now, self.floor)

    def after(self, token: int) -> "RemiTelling":
        """Return what is told once `token` has come, too; one that tells nothing is passed."""
        return replace(self, state=self.language.heard(self.state, (token,)))

    def bias(self, limits: Limits) -> Bias:
        """Return what may come next, [size]: 0 where it may, minus infinity elsewhere.

        Where limits contradict each other the longest rest goes first, then the density.
        """
        bias = np.full(self.language.size, -np.inf, np.float32)
        marks = self.language.table.mark is not None
        for rule in rules(self.start, self.floor, limits, marks):
            fitting = list(self.fitting(self.language.tree, self.state, rule))
            if fitting:
                bias[fitting] = 0.0
                break
        return bias

    def fitting(self, branch: Branch, state: RemiState, rule: Rules) -> Iterator[int]:
        """Yield the tokens of a branch whose simple tokens may all come, one after the other."""
        for part, longer in branch.longer.items():
            token = self.language.table.meanings[part]
            if may(state, token, rule):
                if longer.token is not None:
                    yield longer.token
                if longer.longer:
                    yield from self.fitting(longer, state.after(token), rule)


def nearest(tick: int) -> int:
    """Return the unit nearest to a tick."""
    return (tick + TICKS_PER_UNIT // 2) // TICKS_PER_UNIT

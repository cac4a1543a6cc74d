"""Several answers to one tune, measured and put in order. The same plan gives the same takes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from loopwright.engine.compose import Sampling
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.keys import AS_KEY, Key, scale, told_as
from loopwright.engine.melody import BOLD, USUAL_TEMPO, Limits, Melody
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note
from loopwright.engine.phrase import answered
from loopwright.engine.phrasemeasure import Measures, measured
from loopwright.engine.phrasetouch import released
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.export.tunefile import Tune


class Judge(Stepper, Protocol):
    """A model that draws, and says how likely a token is to it whatever drew that."""

    def foretell(self, token: int) -> float:
        """Have it hear a token; return the log-probability that it had for that, in nats.

        Nothing is masked or cut, and the temperature is 1. Blocks.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Which tune is gone on with, for how many bars, from which chance, and how.

    `scale` is that of the answer on the key's tonic, one of `keys.SCALE_WORDS`.
    """

    tune: Tune
    bars: int
    seed: int
    sampling: Sampling = BOLD
    limits: Limits = field(default_factory=Limits)
    key: Key | None = None
    scale: str = AS_KEY
    style: str = ""
    tempo: float = USUAL_TEMPO

    @property
    def start(self) -> int:
        """The tick at which the answer begins: the tune's word, else the bar line after it."""
        told = self.tune.start
        return self.tune.bars * TICKS_PER_BAR if told is None else told

    @property
    def end(self) -> int:
        """The tick at which the answer ends."""
        return self.start + self.bars * TICKS_PER_BAR


@dataclass(frozen=True, slots=True)
class Take:
    """One answer: its number, its notes with ticks from the tune's first bar line, its measures."""

    number: int
    notes: tuple[Note, ...]
    measures: Measures


def ranked(takes: Iterable[Take]) -> list[Take]:
    """Return takes with the best first."""
    return sorted(takes, key=lambda take: (-take.measures.merit, take.number))


def takes_of(stepper: Judge, plan: Plan, count: int) -> Iterator[Take]:
    """Yield takes 1 to `count`; a take's number names its chance. Raises LoopwrightError."""
    for number in range(1, count + 1):
        yield take_of(stepper, plan, number)


def take_of(stepper: Judge, plan: Plan, number: int) -> Take:
    """Return one answer, composed bar by bar as in a jam. Blocks. Raises LoopwrightError."""
    melody = Melody(
        number=0,
        answer=number,
        seed_number=plan.seed,
        seed=plan.tune.notes,
        start=plan.start,
        sampling=plan.sampling,
        limits=plan.limits,
        key=None if plan.key is None else told_as(plan.key, plan.scale),
        style=plan.style,
        tempo=plan.tempo,
    )
    likely: list[float] = []
    for until in range(plan.start + TICKS_PER_BAR, plan.end + 1, TICKS_PER_BAR):
        progress = answered(stepper, replace(melody, until=until))
        phrase = progress.phrase
        if phrase is None or phrase.reason:
            raise LoopwrightError(f"take {number}: {phrase.reason if phrase else 'no answer'}")
        likely += likelihoods(stepper, progress.drawn)
        melody = replace(melody, composed=phrase.notes, reached=phrase.reached)
    notes = ended(melody.composed, plan.end)
    classes = frozenset[int]() if plan.key is None else scale(plan.key, plan.scale)
    return Take(number, notes, measured(notes, plan.end - plan.start, likely, classes))


def likelihoods(stepper: Judge, drawn: Sequence[int]) -> list[float]:
    """Return the model's own log-probability of each token that it drew last, however boldly."""
    heard = stepper.heard
    stepper.listen(heard[: len(heard) - len(drawn)])
    return [stepper.foretell(token) for token in drawn]


def ended(notes: tuple[Note, ...], end: int) -> tuple[Note, ...]:
    """Return notes without what lies beyond tick `end`, each key let go before it comes again."""
    inside = (replace(n, length=min(n.length, end - n.tick)) for n in notes if n.tick < end)
    return released(inside)

"""How a lead goes on over the bar line where both play on, beside how melodies do.

The melody plays its ten bars as a player would, and each of the last eight is answered while it
sounds, as `answer` `always` does: from two bars of the melody, and as many of the lead's own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from tqdm import tqdm

from loopwright.engine.answerask import AT_ONCE
from loopwright.engine.melody import Melody
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note
from loopwright.engine.phrase import answered
from loopwright.engine.phraseboth import moved
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.training.leadsamples import ANSWER_BARS, ANY, START, Opening, openings
from loopwright.training.pianoset import PianoSet


@dataclass(frozen=True, slots=True)
class Lines:
    """What happens at bar lines: the share of bars that begin with a note, semitones over them."""

    begun: float
    leap: float


def lines_of(notes: Sequence[Note]) -> Lines | None:
    """Return what happens at the bar lines of a line of notes; None where it crosses none."""
    bars: dict[int, list[Note]] = {}
    for note in notes:
        bars.setdefault(note.tick // TICKS_PER_BAR, []).append(note)
    leaps = [
        abs(bars[after][0].pitch - bars[before][-1].pitch)
        for before, after in pairwise(bars)
        if after == before + 1
    ]
    begun = [bar[0].tick % TICKS_PER_BAR == 0 for bar in bars.values()]
    return Lines(fmean(begun), fmean(leaps)) if leaps else None


def beside(stepper: Stepper, opening: Opening, chance: tuple[int, int]) -> tuple[Note, ...]:
    """Return what a lead plays beside the bars that a melody really went on with."""
    seed, number = chance
    played, own = (*opening.seed, *opening.real), tuple[Note, ...]()
    for bar in range(ANSWER_BARS):
        begin = bar * TICKS_PER_BAR  # ticks of a request count from the first bar that is heard
        asked = Melody(
            number=bar,
            answer=number * ANSWER_BARS + bar,
            seed_number=seed,
            seed=tuple(n for n in moved(played, -begin) if 0 <= n.tick < START),
            start=START,
            until=START + TICKS_PER_BAR,
            earlier=moved(own, -begin),
            limits=replace(ANY, rest=0 if own else AT_ONCE),
            key=opening.key,
            style=opening.style,
        )
        own += moved(of_a_bar(stepper, asked), begin)
    return own


def of_a_bar(stepper: Stepper, asked: Melody) -> tuple[Note, ...]:
    """Return what a lead plays in a bar, nothing where nothing was played before it."""
    phrase = answered(stepper, asked).phrase
    return tuple(n for n in phrase.notes if n.tick < asked.until) if phrase else ()


def duets(stepper: Stepper, data: PianoSet, most: int, seed: int) -> str:
    """Return a table of duets with at most so many melodies of each style, beside the melodies."""
    chosen = tqdm(list(openings(data, most)), desc="duets")
    pairs = list(drawn(stepper, chosen, seed))
    lines = ["duets             begin on 1   leap over the line"]
    for whose, column in zip(("drawn", "real"), zip(*pairs, strict=True), strict=True):
        begun, leap = fmean(one.begun for one in column), fmean(one.leap for one in column)
        lines.append(f"{whose:6}{len(column):3}{begun:19.3f}{leap:21.2f}")
    return "\n".join(lines)


def drawn(
    stepper: Stepper, openings: Iterable[Opening], seed: int
) -> Iterator[tuple[Lines, Lines]]:
    """Yield what happens at bar lines in each duet, and in its melody."""
    for number, opening in enumerate(openings):
        lead, real = lines_of(beside(stepper, opening, (seed, number))), lines_of(opening.real)
        if lead is not None and real is not None:
            yield lead, real

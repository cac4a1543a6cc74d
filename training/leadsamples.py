"""What a lead makes of the first bars of melodies that it has not heard, beside what they did.

Answers are drawn as live: two bars are the seed, eight bars the answer, with the key of the melody
told and nothing masked but the grammar and the range.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean

from tqdm import tqdm

from loopwright.engine.eventlanguage import LeadLanguage
from loopwright.engine.keys import Key, scale
from loopwright.engine.leadtokens import FIRST_KEY, TONICS
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note
from loopwright.engine.phrase import answered
from loopwright.engine.phrasemeasure import Measures, measured
from loopwright.engine.pianotokens import PianoNote, Piece
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_STEP
from loopwright.training.files import write_whole
from loopwright.training.leadbatches import Tokens, style_of
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianoshow import as_midi

SEED_BARS, ANSWER_BARS = 2, 8
START, ANSWER = SEED_BARS * TICKS_PER_BAR, ANSWER_BARS * TICKS_PER_BAR
UNTIL = START + ANSWER
FEWEST = 4  # notes of a seed
ANY = Limits(low=36, high=96)
WRITTEN = 2  # samples of each style


@dataclass(frozen=True, slots=True)
class Opening:
    """The first bars of a melody, and how it really went on."""

    style: str
    key: Key
    seed: tuple[Note, ...]
    real: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Measures of one answer, and how many notes it has a bar."""

    style: str
    measures: Measures
    a_bar: float


def openings(data: PianoSet, most: int) -> Iterator[Opening]:
    """Yield the openings of melodies that are long enough, at most so many of each style."""
    found: dict[str, list[Opening]] = {}
    for piece in data.pieces():
        opening = opening_of(piece)
        if len(opening.seed) >= FEWEST and opening.real:
            found.setdefault(opening.style, []).append(opening)
    for style in sorted(found):
        every = -(-len(found[style]) // most)
        yield from islice(found[style], 0, None, every)


def opening_of(piece: Tokens) -> Opening:
    """Return the opening of a melody; one that ends too soon has no real answer."""
    notes = LeadLanguage().begin(tuple(piece.tolist()), 0).notes
    minor, tonic = divmod(int(piece[1]) - FIRST_KEY, TONICS)
    seed = tuple(note for note in notes if note.tick < START)
    real = tuple(note for note in notes if START <= note.tick < UNTIL)
    whole = notes[-1].tick >= UNTIL - TICKS_PER_BAR
    return Opening(style_of(piece), Key(tonic, bool(minor)), seed, real if whole else ())


def drawn(stepper: Stepper, openings: Iterable[Opening], seed: int) -> Iterator[tuple[Row, Row]]:
    """Yield the measures of what a lead makes of each opening, and of what really came."""
    for number, opening in enumerate(openings):
        notes = answer(stepper, opening, (seed, number))
        yield row(opening, notes), row(opening, opening.real)


def answer(stepper: Stepper, opening: Opening, chance: tuple[int, int]) -> tuple[Note, ...]:
    """Return the answer to an opening."""
    seed, number = chance
    asked = Melody(number, number, seed, opening.seed, START, UNTIL, limits=ANY)
    found = answered(stepper, replace(asked, key=opening.key, style=opening.style))
    notes = found.phrase.notes if found.phrase else ()
    return tuple(note for note in notes if note.tick < UNTIL)


def row(opening: Opening, notes: Sequence[Note]) -> Row:
    """Return the measures of an answer."""
    counted = measured(notes, ANSWER, (), scale(opening.key))
    return Row(opening.style, counted, len(notes) / ANSWER_BARS)


def compared(stepper: Stepper, data: PianoSet, most: int, seed: int) -> str:
    """Return a table: answers to at most so many openings of each style, beside the real ones."""
    chosen = tqdm(list(openings(data, most)), desc="answers")
    pairs = list(drawn(stepper, chosen, seed))
    lines = ["style           in key repeated  silent   span  notes a bar"]
    for style in dict.fromkeys(one.style for one, _ in pairs):
        some = [pair for pair in pairs if pair[0].style == style]
        lines += [line("drawn", [a for a, _ in some]), line("real", [b for _, b in some])]
    return "\n".join(lines)


def line(whose: str, rows: Sequence[Row]) -> str:
    """Return the means of some rows as text."""
    every = [one.measures for one in rows]
    shares = "".join(
        f"{fmean(share):8.3f}"
        for share in zip(*((m.in_key, m.repeated, m.silent) for m in every), strict=True)
    )
    span, a_bar = fmean(m.span for m in every), fmean(one.a_bar for one in rows)
    return f"{rows[0].style or '-':5}{whose:6}{len(rows):3}{shares}{span:8.1f}{a_bar:8.2f}"


def write_some(stepper: Stepper, data: PianoSet, folder: Path, seed: int) -> None:
    """Write the answers to a few openings of each style as MIDI, the seed before them."""
    for number, opening in enumerate(openings(data, WRITTEN)):
        notes = answer(stepper, opening, (seed, number))
        path = folder / f"{opening.style or 'lead'}-{number + 1}.mid"
        write_whole(path, as_midi(Piece(tuple(on_steps(sorted((*opening.seed, *notes)))))))


def on_steps(notes: Iterable[Note]) -> Iterator[PianoNote]:
    """Yield notes in steps."""
    for note in notes:
        yield PianoNote(note.tick // TICKS_PER_STEP, note.pitch, note.length // TICKS_PER_STEP)

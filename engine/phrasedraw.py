"""An answer drawn token by token; where it gets stuck it goes back a little and comes otherwise.

Chance is keyed by the place of each token, so that what is drawn again comes out the same. What is
to come out otherwise takes the next draw of its places, more boldly every time, and where chance
alone did not help, under limits that keep it from what it was stuck in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loopwright.engine import chance
from loopwright.engine.compose import Sampling
from loopwright.engine.language import Telling
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note
from loopwright.engine.phrasewatch import LONGEST_REST, rested, riff, spare
from loopwright.engine.pitchstrings import PitchTelling
from loopwright.engine.time import TICKS_PER_BAR

STREAM = "melody"
TRIES = 6  # how often an answer goes back in one request
PATIENCE = 64  # tokens in which an answer gets on by a tick, or is stuck
BOLDER, BOLDEST = 0.2, 2.0  # of the temperature, more with every try; and at most
CLASSES = frozenset(range(12))


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as far as it is drawn: all tokens, the seed's included, and what they tell."""

    tokens: tuple[int, ...]
    telling: Telling


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why an answer cannot go on like this: so many drafts back, and what it may do from there."""

    back: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Way:
    """How the drawing goes on: after so many tries, boldly up to token `far`.

    `limits` hold until there are `notes` notes.
    """

    limits: Limits
    tries: int = 0
    far: int = 0
    notes: int = 0


def drafts(stepper: Stepper, melody: Melody, begun: Draft) -> Iterator[Draft]:
    """Yield drafts until one tells what was asked for, or is stuck for good.

    Now and then one is shorter than the one before. Each blocks for a step of the model.
    """
    path, way = [begun], Way(melody.limits)
    while path[-1].telling.reached < melody.until:
        path.append(longer(stepper, melody, path[-1], way))
        found = stuck(melody, path, way)
        if found is not None and way.tries < TRIES:
            way = onward(path, found, way)
            del path[-found.back :]
            stepper.listen(path[-1].tokens)
        yield path[-1]
        if way.tries == TRIES and stands(path):
            return


def longer(stepper: Stepper, melody: Melody, draft: Draft, way: Way) -> Draft:
    """Return a draft with the token that comes next."""
    place = len(draft.tokens)
    limits = way.limits if len(draft.telling.notes) < way.notes else melody.limits
    chances = chance.uniforms(
        melody.seed_number, STREAM, melody.answer, range(place, place + 1), way.tries + 1
    )
    token, _ = stepper.draw(
        draft.telling.bias(limits.at(draft.telling.reached)),
        float(chances[0, way.tries]),
        bolder(melody.sampling, way.tries) if place < way.far else melody.sampling,
    )
    return Draft((*draft.tokens, token), draft.telling.after(token))


def bolder(sampling: Sampling, tries: int) -> Sampling:
    """Return how a draft is drawn that was stuck so many times."""
    hotter = min(sampling.temperature * (1 + BOLDER * tries), BOLDEST)
    return replace(sampling, temperature=max(hotter, sampling.temperature))


def onward(path: Sequence[Draft], found: Stuck, way: Way) -> Way:
    """Return how the drawing goes on from before it was stuck."""
    notes = len(path[-1 - found.back].telling.notes) + 1
    return Way(found.limits, way.tries + 1, len(path[-1].tokens), notes)


def stuck(melody: Melody, path: Sequence[Draft], way: Way) -> Stuck | None:
    """Return what an answer is stuck in, None where it is not."""
    now, limits = path[-1].telling, melody.limits
    own = (*melody.composed, *fresh(path[-1], path[0]))
    notes = (*melody.earlier, *own)
    if len(now.notes) > len(path[-2].telling.notes) and (size := riff(notes)):
        back = back_to(path, len(now.notes) - spare(size))
        again = notes[len(path[-1 - back].telling.notes) - len(now.notes)]
        return Stuck(back, without(limits, again.pitch % 12) if way.tries else limits)
    if silent(melody, own, now):
        back = back_to(path, len(now.notes))
        return Stuck(back, replace(limits, rest=limits.rest or TICKS_PER_BAR))
    return Stuck(PATIENCE, limits) if stands(path) else None


def silent(melody: Melody, notes: Sequence[Note], now: Telling) -> bool:
    """Return whether an answer rests too long; where rests are the seed's rhythm, it never does.

    Drawing again would change nothing there but the boldness.
    """
    rest = rested(notes, melody.start or 0, now.reached)
    return not isinstance(now, PitchTelling) and rest > (melody.limits.rest or LONGEST_REST)


def fresh(draft: Draft, begun: Draft) -> tuple[Note, ...]:
    """Return the notes that were told since `begun`."""
    before = set(begun.telling.notes)
    return tuple(note for note in draft.telling.notes if note not in before)


def back_to(path: Sequence[Draft], notes: int) -> int:
    """Return how many drafts are to go, one at least, so that the last has told `notes` notes."""
    found = next(i for i, draft in enumerate(path) if len(draft.telling.notes) >= notes)
    return max(len(path) - 1 - found, 1)


def without(limits: Limits, banned: int) -> Limits:
    """Return limits under which a pitch class may not sound, where others can."""
    left = (limits.classes or CLASSES) - {banned}
    sounds = any(pitch % 12 in left for pitch in range(limits.low, limits.high + 1))
    return replace(limits, classes=left) if sounds else limits


def stands(path: Sequence[Draft]) -> bool:
    """Return whether the latest tokens told of no time."""
    reached = path[-1].telling.reached
    return len(path) > PATIENCE and path[-1 - PATIENCE].telling.reached == reached

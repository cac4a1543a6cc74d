"""An answer to what was played, from a model that has heard it.

All that an answer depends on is in its request: the same request to the same model gives the same
notes again, and what the model heard before only makes it quicker.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from loopwright.engine.keys import heard_key
from loopwright.engine.language import Language
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note
from loopwright.engine.phraseboth import as_it_sounds, later_by, told_later
from loopwright.engine.phraseclose import at_rest
from loopwright.engine.phrasedraw import Draft, drafts, fresh
from loopwright.engine.phraseseed import brought, refusal, tune
from loopwright.engine.phrasetouch import released, touched
from loopwright.engine.pitchstrings import PitchStrings, in_rhythm
from loopwright.engine.remilanguage import RemiLanguage

AT_ONCE = 16  # tokens that are heard between two moments at which something newer may come
NOWHERE = "the model went on and on without getting anywhere"


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done about a request: nothing to tell of yet, or its answer.

    `drawn` are the tokens that the answer is made of, which the model has heard last.
    """

    phrase: Phrase | None = None
    drawn: tuple[int, ...] = ()


def answered(stepper: Stepper, melody: Melody) -> Progress:
    """Return the answer to a request. Blocks for a step of the model a token."""
    return deque(answering(stepper, melody), maxlen=1)[0]


def answering(stepper: Stepper, melody: Melody) -> Iterator[Progress]:
    """Yield after a token or a few; what comes last has the answer.

    Whoever has something newer to ask stops at any of them: nothing is lost but the drawing.
    """
    if reason := refusal((*melody.seed, *melody.composed)):
        yield Progress(phrase(melody, (), begins(melody), reason))
        return
    by = later_by(melody)
    melody = told_later(melody, by)
    tokens = to_hear(stepper.language, melody)
    yield from listening(stepper, tokens)
    if melody.start is None:
        yield Progress(phrase(melody, (), 0))
        return
    for progress in drawing(stepper, melody, tokens):
        found = progress.phrase
        yield replace(progress, phrase=found and as_it_sounds(found, melody, by))


def to_hear(language: Language, melody: Melody) -> tuple[int, ...]:
    """Return the tokens that a model of such a language hears before it answers."""
    start = melody.start
    seed = tune(melody.seed if start is None else before(melody.seed, start))
    seed = brought(seed, melody.limits.low, melody.limits.high)
    notes = tuple(sorted((*seed, *melody.composed)))
    # While the seed is still played nobody knows how long it rests after its latest note, and of a
    # chord that stands more may be to come at the tick that is reached.
    last = max((n.tick for n in notes), default=0)
    until = last if start is None else max(begins(melody), last + 1)
    language = told_in(language, melody)
    style = melody.style if melody.style in language.styles else ""
    # The key of what was played, where none is told: in that of all notes an answer could drift.
    key = melody.key or heard_key((n.pitch, n.length) for n in seed)
    return language.encode(notes, until, key, style)


def told_in(language: Language, melody: Melody) -> Language:
    """Return the language that a tune is told in: one that knows of tempo is told the host's."""
    return language.at_tempo(melody.tempo) if isinstance(language, RemiLanguage) else language


def before(notes: Iterable[Note], start: int) -> Iterator[Note]:
    """Yield what of notes lies before tick `start`: keys that are still down count up to there."""
    for note in notes:
        if note.tick < start:
            yield replace(note, length=min(note.length, start - note.tick))


def begins(melody: Melody) -> int:
    """Return the tick before which nothing new may begin."""
    return max(melody.start or 0, melody.reached)


def listening(stepper: Stepper, tokens: tuple[int, ...]) -> Iterator[Progress]:
    """Have a model hear tokens, a few at a time."""
    known = 0
    for ours, theirs in zip(tokens, stepper.heard, strict=False):
        if ours != theirs:
            break
        known += 1
    for end in range(known + AT_ONCE, len(tokens), AT_ONCE):
        stepper.listen(tokens[:end])
        yield Progress()
    stepper.listen(tokens)


def drawing(stepper: Stepper, melody: Melody, tokens: tuple[int, ...]) -> Iterator[Progress]:
    """Draw an answer from a model that has heard what it goes on from."""
    language = spoken(stepper.language, melody)
    begun = draft = Draft(tokens, language.begin(tokens, melody.start or 0, melody.reached))
    for draft in drafts(stepper, melody, begun):  # noqa: B007 - the last of them counts
        yield Progress()
    reached = draft.telling.reached
    reason = NOWHERE if reached < melody.until else ""
    drawn = draft.tokens[len(tokens) :]
    yield Progress(phrase(melody, fresh(draft, begun), reached, reason), drawn)


def spoken(language: Language, melody: Melody) -> Language:
    """Return the language that is answered in: one that knows no rhythm takes the seed's."""
    if isinstance(language, PitchStrings):
        return in_rhythm(language, melody.seed, melody.limits.density)
    return language


def phrase(melody: Melody, notes: tuple[Note, ...], reached: int, reason: str = "") -> Phrase:
    """Return the answer to a request with new notes after those that stand."""
    close = melody.limits.close
    last = at_rest(melody.composed, notes, close)
    if close is not None and last is not None:
        notes, reached = last, close.end
    played = touched(released(notes), melody.seed or melody.composed)
    every = tuple(sorted((*melody.composed, *played)))
    return Phrase(melody.number, melody.answer, every, max(reached, begins(melody)), reason)

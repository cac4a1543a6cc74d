"""What the melody's composer says: more of an answer, or why there is none."""

from dataclasses import replace

from loopwright.engine.answer import Answer, Answering, hits, timed
from loopwright.engine.answertake import time_of
from loopwright.engine.melody import Phrase
from loopwright.engine.notes import Note, Part
from loopwright.engine.schedule import GRACE, with_hits
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State


def phrased(state: State, phrase: Phrase) -> Outcome:
    """Return the instrument after the composer went on; only what it waits for counts."""
    answering = state.answering
    answer = answering.answer
    if answer is None or answer.asked is None or answer.asked.number != phrase.number:
        newest = phrase.number == answering.requests
        reason = phrase.reason if newest else answering.reason
        return state.but(answering=replace(answering, reason=reason)), ()
    answering = replace(answering, reason=phrase.reason)
    if answer.reached == answer.start:
        answering = timed(answering, state.now - time_of(state, answer.place))
    longer = grown(answer, phrase)
    if phrase.reason or longer.reached == answer.reached:
        longer = ended(longer)
        state = state.but(counts=state.counts.plus(unanswered=1))
    return laid(state, answering, answer, longer), ()


def grown(answer: Answer, phrase: Phrase) -> Answer:
    """Return the answer with what is new in a phrase, and nobody to wait for."""
    before, end = answer.reached - answer.origin, answer.end - answer.origin
    reached = max(min(phrase.reached, end), before)
    fresh = tuple(n for n in phrase.notes if before <= n.tick < reached and playable(n))
    return replace(
        answer,
        notes=(*answer.notes, *sorted(fresh)),
        reached=reached + answer.origin,
        asked=None,
    )


def ended(answer: Answer) -> Answer:
    """Return the answer that ends with the notes that it has."""
    ends = (n.tick + n.length + answer.origin for n in answer.notes)
    end = min(max((answer.reached, *ends)), answer.end)
    return replace(answer, reached=end, end=end)


def playable(note: Note) -> bool:
    """Whether a note can be sent."""
    return 0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 and note.length > 0


def laid(state: State, answering: Answering, before: Answer, after: Answer) -> State:
    """Return the instrument with what is new in an answer laid out, as far as bars are."""
    shift, first = answering.ear.shift, after.notes[len(before.notes) : len(before.notes) + 1]
    late = any(is_past(state, n.tick + after.origin) for n in first)
    if late and not after.late:
        state = state.but(counts=state.counts.plus(tardy=1))
    over = after.reached == after.end == after.start
    after = replace(after, late=after.late or late)
    answering = replace(answering, answer=None if over else after)
    until = min(after.reached - shift, state.plan.laid)
    fresh = hits(replace(answering, answer=after), before.reached - shift, until, state.parameters)
    plan = replace(state.plan, waiting=with_hits(state.plan.waiting, fresh))
    return state.but(answering=answering, plan=plan)


def is_past(state: State, place: int) -> bool:
    """Whether a note of the melody, at a place in the performance, comes too late."""
    return time_of(state, place) + state.offsets[Part.MELODY] < state.now - GRACE

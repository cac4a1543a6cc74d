"""Keeping a phrase: what was played, with the answer that sounds or the last one that did."""

from dataclasses import replace

from loopwright.engine.answer import Answer
from loopwright.engine.answerask import seed_of
from loopwright.engine.answerhear import phrase_of
from loopwright.engine.answerkey import key_of
from loopwright.engine.answertake import place_of
from loopwright.engine.capture import clipped
from loopwright.engine.duet import Duet, lately
from loopwright.engine.happen import KeepPhrase
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State


def keep(state: State) -> Outcome:
    """Return the instrument that wishes a phrase to be saved: one that sounds, once it is over."""
    answering = state.answering
    if sounds(state):
        return state.but(answering=replace(answering, wanted=True)), ()
    phrase = KeepPhrase(played(state), state.settings.slot, state.follower.tempo)
    return state, (answering.latest or phrase,)


def sounds(state: State) -> bool:
    """Whether an answer has begun and is not over."""
    answer = state.answering.answer
    return answer is not None and place_of(state, state.now) >= answer.start


def played(state: State) -> Duet | None:
    """Return what was played last, which nobody has answered; None where nothing was."""
    since = phrase_of(state)
    if since is None:
        return None
    notes = [n for n in state.answering.ear.notes if n.tick >= since]
    first = min((n.tick for n in notes), default=since)
    # Only what has ended counts, so where the song stands does not matter.
    until = max((n.tick + n.length for n in notes), default=since)
    _, seed = seed_of(state.answering, first, until, whole=True)
    end = max((n.tick + n.length for n in seed), default=0)
    return lately(seed, end, end, key_of(state)) if seed else None


def remembered(before: State, state: State) -> Outcome:
    """Return the instrument after a step that may have ended an answer: that is the latest then.

    Where it was wanted, it is wished to be saved.
    """
    was, now = before.answering.answer, state.answering.answer
    if was is None or (now is not None and now.number == was.number and not state.ended):
        return state, ()
    until = place_of(before, state.now) if now is None or state.ended else now.start
    heard = duet(before, was, min(round(until), was.end))
    latest = KeepPhrase(heard, was.slot, was.tempo) if heard else before.answering.latest
    wished = (latest,) if before.answering.wanted and latest is not None else ()
    answering = replace(state.answering, latest=latest, wanted=False)
    return state.but(answering=answering), wished


def duet(state: State, answer: Answer, until: int) -> Duet | None:
    """Return an answer with its seed, up to performance tick `until`; None if none of it sounded.

    What was composed and then cut short is cut short here.
    """
    start, end = answer.start - answer.origin, until - answer.origin
    heard = tuple(clipped(n, end) for n in answer.notes if start <= n.tick < end)
    if not heard:
        return None
    seed = tuple(clipped(n, start) for n in answer.seed if n.tick < start)
    return lately((*seed, *heard), start, end, key_of(state), state.settings.style)

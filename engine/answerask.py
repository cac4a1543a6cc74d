"""What the melody's composer is told and asked, by how the instrument is set."""

from collections.abc import Mapping
from dataclasses import replace

from loopwright.engine import answerear
from loopwright.engine.answer import Answer, Answering
from loopwright.engine.answerkey import key_at, one_key
from loopwright.engine.happen import Tell
from loopwright.engine.keys import SCALE_WORDS, Key, scale, told_as
from loopwright.engine.melody import Melody
from loopwright.engine.melodyvalues import closed, limits_of, sampling_of
from loopwright.engine.notes import Note
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_STEP

AT_ONCE = 1  # ticks: an answer begins with a note, not with a rest, unless it goes on from another
AHEAD = TICKS_PER_BAR  # what is composed ahead of the song
LEAST = AHEAD // 2  # of it, once it flows


def seed_of(
    answering: Answering, since: int, until: int, *, whole: bool = False
) -> tuple[int, tuple[Note, ...]]:
    """Return what was played from tick `since` up to `until`, and the bar line it counts from.

    Ticks are the performance's; the notes' own count from that bar line. With `whole` notes that
    are still held are left out.
    """
    notes = answerear.heard(answering.ear, since, until, whole=whole)
    origin = answerear.first_bar(since, max((n.tick + 1 for n in notes), default=until))
    return origin, tuple(
        Note(n.tick - origin, n.length, n.pitch, n.velocity, n.part)
        for n in answerear.sounding_from(notes, origin)
    )


def listen(state: State, since: int, now: int) -> Outcome:
    """Return the instrument that tells what was played from tick `since` on, while it is played."""
    answering = state.answering
    origin, seed = seed_of(answering, since, now, whole=True)
    melody = melody_of(state, answering.answers + 1, seed, key_at(state, now))
    melody = replace(melody, until=now - origin)
    told = replace(answering, requests=melody.number, told=float(now), untold=False)
    return state.but(answering=told), (Tell(melody),) if seed else ()


def go_on(state: State, answer: Answer, now: float) -> Outcome:
    """Return the instrument that asks for an answer, or for more of it: at first for one note."""
    begun = answer.reached > answer.start
    key = key_at(state, answer.reached)
    told = melody_of(state, answer.number, answer.seed, key)
    limits = told.limits if begun or answer.earlier else replace(told.limits, rest=AT_ONCE)
    if not answer.over:  # else the next one goes on from it
        span = answer.start - answer.origin, answer.end - answer.origin
        limits = closed(limits, state.parameters, key, span)
    asked = replace(
        told,
        start=answer.start - answer.origin,
        until=min(until_of(state, answer, now), answer.end) - answer.origin,
        composed=answer.notes,
        earlier=answer.earlier,
        reached=answer.reached - answer.origin,
        limits=limits,
        tempo=answer.tempo,
    )
    answering = replace(
        state.answering, requests=asked.number, answer=replace(answer, asked=asked, place=now)
    )
    return state.but(answering=answering), (Tell(asked),)


def until_of(state: State, answer: Answer, now: float) -> int:
    """Return the tick that an answer is to be composed up to, at least."""
    if answer.reached == answer.start:
        return answer.start + TICKS_PER_STEP
    return one_key(state, answer.reached, max(answer.reached, round(now)) + AHEAD)


def melody_of(state: State, number: int, seed: tuple[Note, ...], key: Key | None) -> Melody:
    """Return the next request, about answer `number`, which only listens."""
    values = state.parameters
    low, high = sorted((values["melody_low"], values["melody_high"]))
    return Melody(
        number=state.answering.requests + 1,
        answer=number,
        seed_number=state.settings.seed,
        seed=seed,
        start=None,
        sampling=sampling_of(values),
        limits=limits_of(values, (low, high), classes_of(values, key)),
        key=key_told(values, key),
        style=state.settings.style,
        slot=state.settings.slot,
        tempo=state.follower.tempo,
    )


def key_told(values: Mapping[str, float], key: Key | None) -> Key | None:
    """Return the key that the model is told: that of the loop, or one with the scale's notes."""
    if key is None or not values["melody_lock"]:
        return key
    return told_as(key, SCALE_WORDS[round(values["melody_scale"])])


def classes_of(values: Mapping[str, float], key: Key | None) -> frozenset[int]:
    """Return the pitch classes that the lock keeps an answer to, empty for all."""
    if key is None or not values["melody_lock"]:
        return frozenset()
    return scale(key, SCALE_WORDS[round(values["melody_scale"])])

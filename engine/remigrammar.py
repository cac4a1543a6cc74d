"""Which of REMI's simple tokens may come next: what an encoder could go on with, within limits.

Time never goes back; a position without a rest before it lies where something still sounds, and one
after rests is where they led to; in a language with a mark, what is told in another bar has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from loopwright.engine.eventmasks import pitches
from loopwright.engine.melody import Limits
from loopwright.engine.remistate import TICKS_PER_UNIT, RemiState
from loopwright.engine.remitokens import BAR_UNITS, UNITS_PER_BEAT, Kind, Meaning

MOVES = (Kind.BAR, Kind.POSITION, Kind.REST)
FOLLOWS = {
    Kind.OTHER: (Kind.BAR,),
    Kind.BAR: (Kind.BAR, Kind.POSITION),
    Kind.POSITION: (Kind.CHORD, Kind.PITCH),
    Kind.TEMPO: (Kind.CHORD, Kind.PITCH, *MOVES),
    Kind.CHORD: (Kind.PITCH,),
    Kind.PITCH: (Kind.VELOCITY,),
    Kind.VELOCITY: (Kind.DURATION,),
    Kind.DURATION: (Kind.PITCH, *MOVES),
    Kind.REST: (Kind.POSITION, Kind.REST),
}
"""Tempo is the host's: it is heard, never drawn."""
SMALLEST_CHORD = 3
FOREVER = 32 * BAR_UNITS


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits in units: silence counts from `start`, notes may begin at `floor` or later.

    `marks`: a language with a mark.
    """

    start: int
    floor: int
    sounding: frozenset[int]
    density: int
    rest: int
    marks: bool


@lru_cache(256)
def rules(start: int, floor: int, limits: Limits, marks: bool) -> tuple[Rules, ...]:
    """Return limits as rules, then looser ones, for where the ones before let nothing come."""
    rest = limits.rest // TICKS_PER_UNIT if limits.rest else FOREVER
    density = limits.density or FOREVER
    first = Rules(start, floor, frozenset(pitches(limits)), density, rest, marks)
    patient = replace(first, rest=FOREVER)
    return first, patient, replace(patient, density=FOREVER)


def may(state: RemiState, token: Meaning, rule: Rules) -> bool:
    """Tell whether a simple token may come."""
    if token.kind is Kind.MARK:
        return rule.marks and not state.marked and any(crossings(state, rule))
    if token.kind not in FOLLOWS[state.last]:
        return False
    if rule.marks and state.marked is not crosses(state, token):
        return False
    if token.kind in MOVES:
        return moves(state, token, rule)
    return token.kind not in (Kind.CHORD, Kind.PITCH) or begins(state, token, rule)


def crosses(state: RemiState, token: Meaning) -> bool:
    """Tell whether a token is told in another bar than the one before it."""
    return state.time_of(token) // BAR_UNITS > state.said // BAR_UNITS


def crossings(state: RemiState, rule: Rules) -> Iterator[bool]:
    """Yield whether each kind of token that could cross a bar line may do so."""
    follows = FOLLOWS[state.last]
    yield Kind.BAR in follows and moves(state, Meaning(Kind.BAR), rule)
    yield Kind.REST in follows and state.silent_from // BAR_UNITS > state.said // BAR_UNITS


def moves(state: RemiState, token: Meaning, rule: Rules) -> bool:
    """Tell whether time may go on by a bar, a position or a rest."""
    if token.kind is Kind.BAR:
        first = state.last is Kind.OTHER
        return first or state.end >= max(rule.floor, state.bar + BAR_UNITS)
    last = silent_since(state, rule) + rule.rest
    if token.kind is Kind.REST:
        return state.silent_from + int(token.value) <= last
    place = state.time_of(token)
    if state.last is Kind.REST:
        fits = place == state.now
    else:
        fits = state.now + (state.last is not Kind.BAR) <= place <= state.end
    return fits and rule.floor <= place <= last and has_room(state, place, rule)


def silent_since(state: RemiState, rule: Rules) -> int:
    """Return where silence would begin: before the answer's first note, where the answer does."""
    return max(state.end, rule.start) if state.notes else rule.start


def begins(state: RemiState, token: Meaning, rule: Rules) -> bool:
    """Tell whether a note, or a chord, may begin now."""
    if state.now < rule.floor or not has_room(state, state.now, rule):
        return False
    if token.kind is Kind.CHORD:
        return rule.density >= SMALLEST_CHORD
    return int(token.value) in rule.sounding and int(token.value) not in state.here


def has_room(state: RemiState, unit: int, rule: Rules) -> bool:
    """Tell whether one more note may begin in the beat of a unit."""
    together = unit // UNITS_PER_BEAT == state.onset // UNITS_PER_BEAT
    return not together or state.crowd < rule.density

"""Notes as REMI's tokens, exactly as MidiTok tells them: 32 velocities, chords, tempo, rests.

A bar's beginning, a position in it, then for each note there pitch, velocity and duration. A
silence is told as rests, which step over bar lines: no bar token follows them. Time is units of an
eighth of a beat; each token comes with the time at which it is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from loopwright.engine.melody import USUAL_TEMPO
from loopwright.engine.remichords import chords
from loopwright.engine.remitokens import BAR_UNITS, Kind, RemiTable

Timed = tuple[int, int]
"""A token, and the time in units at which it is told."""


@dataclass(frozen=True, slots=True, order=True)
class RemiNote:
    """A note from `onset` for `length` units; `pitch` and `velocity` as in MIDI."""

    onset: int
    length: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Event:
    """Some tokens told at one time, and until when what they tell sounds."""

    onset: int
    end: int
    tokens: tuple[int, ...]


def told(
    table: RemiTable, notes: Sequence[RemiNote], tempi: Sequence[tuple[int, float]] = ()
) -> list[Timed]:
    """Return the tokens of notes in order of time; `tempi` are (unit, beats a minute)."""
    fitting = [fitted(table, note) for note in notes if note.pitch in table.numbered[Kind.PITCH]]
    heard = [(n.onset, n.onset + n.length, n.pitch) for n in fitting]
    events = chain(
        (tempo_event(table, *tempo) for tempo in tempi or ((0, USUAL_TEMPO),)),
        (Event(t, t, (table.chords[q],)) for t, q in chords(heard) if q in table.chords),
        (note_event(table, note) for note in fitting),
    )
    return list(with_time(table, sorted(events, key=lambda event: event.onset)))


def fitted(table: RemiTable, note: RemiNote) -> RemiNote:
    """Return a note with the length and the velocity that there are tokens of."""
    length = int(table.nearest(Kind.DURATION, note.length))
    return RemiNote(
        note.onset, length, note.pitch, int(table.nearest(Kind.VELOCITY, note.velocity))
    )


def tempo_event(table: RemiTable, onset: int, tempo: float) -> Event:
    """Return a tempo, the nearest that there is a token of."""
    token = table.numbered[Kind.TEMPO][table.nearest(Kind.TEMPO, tempo)]
    return Event(onset, onset, (token,))


def note_event(table: RemiTable, note: RemiNote) -> Event:
    """Return pitch, velocity and duration of a note."""
    said = (
        (Kind.PITCH, note.pitch),
        (Kind.VELOCITY, note.velocity),
        (Kind.DURATION, note.length),
    )
    tokens = tuple(table.numbered[kind][value] for kind, value in said)
    return Event(note.onset, note.onset + note.length, tokens)


def with_time(table: RemiTable, events: Iterable[Event]) -> Iterator[Timed]:
    """Yield the tokens of events in order of time, with rests, bars and positions between them."""
    bar, now, end = -1, -1, 0
    for event in events:
        if event.onset != now:
            if table.rests(event.onset - end):
                now = max(end, now)
                yield from silence(table, now, event.onset)
                bar = max(bar, event.onset // BAR_UNITS)
            yield from bar_lines(table, bar + 1, event.onset)
            bar, now = max(bar, event.onset // BAR_UNITS), event.onset
            yield now, table.numbered[Kind.POSITION][now - bar * BAR_UNITS]
        yield from ((now, token) for token in event.tokens)
        end = max(end, event.end)


def silence(table: RemiTable, first: int, last: int) -> Iterator[Timed]:
    """Yield the rests from one unit to another."""
    for rest in table.rests(last - first):
        yield first, table.numbered[Kind.REST][rest]
        first += rest


def bar_lines(table: RemiTable, first: int, unit: int) -> Iterator[Timed]:
    """Yield the tokens of the bars from number `first` to the one that a unit lies in."""
    token = table.numbered[Kind.BAR][0]
    yield from ((bar * BAR_UNITS, token) for bar in range(first, unit // BAR_UNITS + 1))

"""A session of peers as a host: from its beat and who plays, to clocks, Start, Stop, position.

The session knows no bars: four of its beats are one. Playing begins on the bar line at or after the
moment that it was asked for, and that line is bar 1, until it stops: a peer that starts later
starts nobody who plays. A bar line that was missed is made up for at a sixteenth. Where the beat
jumps, as it does when two sessions meet, the song goes on from the nearest place that lies as far
from a bar line; where we missed some, from where the others are.
"""

from dataclasses import dataclass, replace
from math import ceil, floor

from loopwright.engine import midi
from loopwright.engine.happen import Heard, Session
from loopwright.engine.time import (
    FIRST,
    NEVER,
    TICKS_PER_BAR,
    TICKS_PER_STEP,
    Seconds,
    Tick,
    Timeline,
)

NAME = "session"
BEATS_A_BAR = 4
LEAP = 4  # ticks that the beat moves by, away from where it should be: it jumped
NUDGE = 0.5  # ticks that it moves by where the ports' clock stood still for a moment
EARLY = 0.5  # ticks before a bar line that count as on it

Told = Heard | Session


@dataclass(frozen=True, slots=True)
class Seen:
    """What a session is like: its ticks fall on `line`.

    It plays, or not, since place `since`, in ticks.
    """

    line: Timeline
    tempo: float
    peers: int
    playing: bool
    since: float


@dataclass(frozen=True, slots=True)
class Peer:
    """What was told: `next` is the session's tick that the next clock is, by the last `line`.

    `last` is the second of the last clock; `tempo` 0 says that the line has to be told anew.
    `bar1` is the session's tick that playing begins at, None where it does not; `place` the tick
    that the next clock is to those who heard Start, None before.
    """

    next: Tick = FIRST
    line: Timeline | None = None
    last: Seconds = NEVER
    tempo: float = 0.0
    peers: int = -1
    bar1: Tick | None = None
    place: int | None = None


def tells(peer: Peer, seen: Seen, now: Seconds, until: Seconds) -> tuple[Peer, tuple[Told, ...]]:
    """Return what a host would tell up to second `until`, and the peer that has told it."""
    reached = seen.line.place_of(until)
    peer, told = stopped(began(placed(peer, seen, now, until), seen), now)
    peer, overdue = ticks(peer, seen, seen.line.place_of(peer.last))
    peer, news = announced(peer, seen, now)
    peer, due = ticks(peer, seen, reached)
    return peer, (*told, *overdue, *news, *due)


def placed(peer: Peer, seen: Seen, now: Seconds, until: Seconds) -> Peer:
    """Return the peer whose next clock, and bar 1, are right on the line that is seen."""
    here = seen.line.place_of(now)
    shift = 0.0 if peer.line is None else here - peer.line.place_of(now)
    jumped = abs(shift) > LEAP
    if jumped:
        bars = round(shift / TICKS_PER_BAR)
        bar1 = None if peer.bar1 is None else Tick(peer.bar1 + bars * TICKS_PER_BAR)
        after = Tick(ceil(seen.line.place_of(until)))  # what was told ahead is not told again
        peer = replace(peer, next=after, bar1=bar1)
    elif peer.line is None or here - peer.next > LEAP:
        peer = replace(peer, next=Tick(ceil(here)))
    return replace(peer, line=seen.line, tempo=0.0 if abs(shift) > NUDGE else peer.tempo)


def announced(peer: Peer, seen: Seen, now: Seconds) -> tuple[Peer, tuple[Told, ...]]:
    """Return what is told of tempo and peers, where they changed."""
    if (peer.tempo, peer.peers) == (seen.tempo, seen.peers):
        return peer, ()
    due = None if peer.tempo == seen.tempo else seen.line.time_of(peer.next)
    after = replace(peer, tempo=seen.tempo, peers=seen.peers)
    return after, (Session(seen.peers, seen.tempo, due, now),)


def began(peer: Peer, seen: Seen) -> Peer:
    """Return the peer that knows where bar 1 is, if the session plays."""
    if not seen.playing:
        return replace(peer, bar1=None)
    if peer.bar1 is not None:
        return peer
    bar1 = ceil((seen.since - EARLY) / TICKS_PER_BAR) * TICKS_PER_BAR
    return replace(peer, bar1=Tick(bar1))


def stopped(peer: Peer, now: Seconds) -> tuple[Peer, tuple[Told, ...]]:
    """Return the peer that has told that the session stopped, if it plays no more."""
    if peer.bar1 is not None or peer.place is None:
        return peer, ()
    return replace(peer, place=None), (Heard(midi.STOP, now, NAME),)


def ticks(peer: Peer, seen: Seen, until: float) -> tuple[Peer, tuple[Told, ...]]:
    """Return all clocks up to place `until`."""
    told: tuple[Told, ...] = ()
    while peer.next <= until:
        peer, more = tick(peer, seen, peer.next)
        told += more
    return peer, told


def tick(peer: Peer, seen: Seen, number: Tick) -> tuple[Peer, tuple[Heard, ...]]:
    """Return the clock that is tick `number` of the session, and what is told before it."""
    at = max(seen.line.time_of(number), peer.last)
    data: tuple[bytes, ...] = (midi.CLOCK,)
    place = peer.place
    if peer.bar1 is not None and (number - peer.bar1) % TICKS_PER_STEP == 0:
        place, before = arrived(peer.place, number - peer.bar1)
        data = (*before, *data)
    after = None if place is None else place + 1
    told = tuple(Heard(one, at, NAME) for one in data)
    return replace(peer, next=Tick(number + 1), last=at, place=after), told


def arrived(place: int | None, number: int) -> tuple[int | None, tuple[bytes, ...]]:
    """Return the song's place at tick `number`, and what those who are elsewhere must be told."""
    if place is None and number <= 0:
        return (0, (midi.START,)) if number == 0 else (None, ())
    sixteenth = number // TICKS_PER_STEP % midi.POSITIONS
    here, position = sixteenth * TICKS_PER_STEP, midi.song_position(sixteenth)
    if place is None:
        return here, (position, midi.CONTINUE)
    return here, () if here == place % (midi.POSITIONS * TICKS_PER_STEP) else (position,)


def next_bar(place: float) -> int:
    """Return the first bar line, in beats, at or after a place in ticks."""
    return ceil(place / TICKS_PER_BAR) * BEATS_A_BAR


def timeline(beat: float, at: Seconds, period: Seconds) -> Timeline:
    """Return the line of a session whose beat is `beat` at second `at`."""
    place = beat * TICKS_PER_BAR / BEATS_A_BAR
    whole = Tick(floor(place))
    return Timeline(whole, Seconds(at - (place - whole) * period), period)

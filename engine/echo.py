"""What we sent lately, to know it again when it comes back: a port that is wired to our own input.

A message that is like one sent a moment ago, and each of those once, is an echo. It is not played,
and no control. A note may come back a little louder or softer; its end is an echo if its beginning
was. What comes back on another channel or at another pitch is not known again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from loopwright.engine.happen import Cue, Send, Wish
from loopwright.engine.midi import CLOCK, STOP
from loopwright.engine.time import Seconds

WITHIN = 0.1  # seconds that the way round may take
EARLY = 0.003  # seconds by which stamps may be wrong
ALIKE = 2  # of velocity
MOST = 128
HEEDED = (CLOCK, STOP)  # never an echo: clocks are many and do no harm, a Stop is believed

Key = tuple[int, int]
"""Channel (0..15) and pitch."""


@dataclass(frozen=True, slots=True)
class Echoes:
    """`sent` is what left lately, oldest first; `begun` are the notes that came back and sound."""

    sent: tuple[Send | Cue, ...] = ()
    begun: frozenset[Key] = frozenset()


def noted(echoes: Echoes, wishes: Iterable[Wish], now: Seconds) -> Echoes:
    """Return the echoes to expect after `wishes`."""
    new = tuple(w for w in wishes if isinstance(w, Send | Cue) and w.data not in HEEDED)
    if not new:
        return echoes
    recent = tuple(s for s in echoes.sent if s.at >= now - WITHIN)
    return replace(echoes, sent=(*recent, *new)[-MOST:])


def recognised(echoes: Echoes, data: bytes, at: Seconds) -> Echoes | None:
    """Return what is left to expect after an echo; None if a message is no echo."""
    if data in HEEDED:
        return None
    for place, sent in enumerate(echoes.sent):
        if -EARLY <= at - sent.at <= WITHIN and alike(echoes, data, sent.data):
            rest = (*echoes.sent[:place], *echoes.sent[place + 1 :])
            return Echoes(rest, begun_after(echoes.begun, data))
    return None


def alike(echoes: Echoes, heard: bytes, sent: bytes) -> bool:
    """Whether what was heard may be what was sent."""
    if not is_note(heard) or not is_note(sent):
        return heard == sent
    if key_of(heard) != key_of(sent) or begins(heard) != begins(sent):
        return False
    return abs(heard[2] - sent[2]) <= ALIKE if begins(heard) else key_of(heard) in echoes.begun


def begun_after(begun: frozenset[Key], data: bytes) -> frozenset[Key]:
    """Return the notes that came back and sound, after another message that came back."""
    if not is_note(data):
        return begun
    return begun | {key_of(data)} if begins(data) else begun - {key_of(data)}


def is_note(data: bytes) -> bool:
    """Whether a message is a whole note-on or note-off."""
    return len(data) == 3 and data[0] & 0xE0 == 0x80


def begins(data: bytes) -> bool:
    """Whether a note message is one that begins a note."""
    return data[0] & 0xF0 == 0x90 and data[2] > 0


def key_of(data: bytes) -> Key:
    """Return the channel and pitch of a note message."""
    return data[0] & 0x0F, data[1]

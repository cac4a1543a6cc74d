"""Some bars of what was played: notes with both their ends, cut to whole bars.

Bars are counted from 1, as on the paper that a session is written down on (`course`). What begins a
little before a bar line, because of an offset or of swing, belongs to the bar that it leads into.
Standard library only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from loopwright.engine.bars import Bars
from loopwright.engine.course import Placed
from loopwright.engine.happen import Send
from loopwright.engine.notes import Part

EARLY = 3.0  # ticks, a 32nd: so much before the line is still of the bar after it
SHORTEST = 1.0  # tick that a note lasts at least where it is cut
CALLED_BACK = 0.05  # ticks; what ended as it began never sounded
NOTE_OFF, NOTE_ON = 0x80, 0x90


@dataclass(frozen=True, slots=True)
class Sounded:
    """A note that was sent: place and length in ticks with fractions, and as in MIDI.

    `channel` is counted from 0.
    """

    place: float
    length: float
    pitch: int
    velocity: int
    part: Part
    channel: int


def sounded(placed: Iterable[Placed]) -> Iterator[Sounded]:
    """Yield the notes of messages in order, each when it ends.

    One that never ends is left out, and so is one that was called back as it began.
    """
    sounding: dict[tuple[Part, int, int], tuple[float, int]] = {}
    for one in placed:
        send = one.send
        if not isinstance(send, Send) or send.data[0] & 0xF0 not in (NOTE_OFF, NOTE_ON):
            continue
        status, pitch, velocity = send.data
        channel, on = status & 0x0F, status & 0xF0 == NOTE_ON and velocity > 0
        key = (send.part, channel, pitch)
        if key in sounding:
            began, loud = sounding.pop(key)
            if one.place - began > CALLED_BACK:
                yield Sounded(began, one.place - began, pitch, loud, send.part, channel)
        if on:
            sounding[key] = (one.place, velocity)


def excerpt(notes: Iterable[Sounded], bars: Bars) -> tuple[Sounded, ...]:
    """Return the notes that begin in some bars, from the first of them on, none longer than these.

    In order of their places.
    """
    found = (replace(note, place=note.place - bars.start) for note in notes)
    inside = (note for note in found if -EARLY <= note.place < bars.ticks - EARLY)
    return tuple(sorted((within(note, bars.ticks) for note in inside), key=lambda n: n.place))


def within(note: Sounded, ticks: int) -> Sounded:
    """Return a note that neither begins before the first bar nor ends after the last."""
    place = max(note.place, 0.0)
    end = min(note.place + note.length, float(ticks))
    return replace(note, place=place, length=max(end - place, SHORTEST))

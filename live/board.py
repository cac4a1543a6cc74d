"""What can be seen of a process that is stuck or dead: shared memory.

The player leaves one bit for every note that sounds (part x channel x pitch), and where the song
is; player and composer each leave the second of their last beat.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context

from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds, Tick, Timeline

PARTS = tuple(Part)
NOTES_A_PART = 16 * 128
NOTE_OFF, NOTE_ON = 0x80, 0x90
STILL = 0  # the slot that says: nothing plays


class Member(StrEnum):
    """Who plays in the band."""

    PLAYER = "player"
    COMPOSER = "composer"


MEMBERS = tuple(Member)


@dataclass(frozen=True, slots=True)
class Song:
    """Where a song is that plays: its newest line, and whether our own clock leads it."""

    line: Timeline
    leads: bool


class Board:
    """Shared by the app, one composer and one player at a time; each beats, the player writes."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._sounding = context.RawArray("B", len(PARTS) * NOTES_A_PART // 8)
        self._beats = context.RawArray("d", len(MEMBERS))
        self._songs = context.RawArray("d", 3 * 4)
        self._slot = context.RawArray("B", 1)

    def beat(self, member: Member, at: Seconds) -> None:
        """Show that a process lives. Any thread of that process; never waits."""
        self._beats[MEMBERS.index(member)] = at

    def last_beat(self, member: Member) -> Seconds:
        """Return when a process last showed that it lives. Any thread; never waits."""
        return Seconds(self._beats[MEMBERS.index(member)])

    def show(self, song: Song | None) -> None:
        """Show where the song is, None while nothing plays. The player's thread; never waits.

        It is written where nobody reads, and then pointed to with one byte: a player that is
        killed in between leaves the one before.
        """
        if song is None:
            self._slot[0] = STILL
            return
        slot = 2 if self._slot[0] == 1 else 1
        line = song.line
        self._songs[slot * 4 : slot * 4 + 4] = [line.tick, line.at, line.period, song.leads]
        self._slot[0] = slot

    def song(self) -> Song | None:
        """Return where the song was last. A player's thread, before it plays; never waits."""
        slot = self._slot[0]
        if slot == STILL:
            return None
        tick, at, period, leads = self._songs[slot * 4 : slot * 4 + 4]
        return Song(Timeline(Tick(int(tick)), Seconds(at), Seconds(period)), bool(leads))

    def sending(self, part: Part, data: bytes) -> None:
        """Mark a note that begins: call it before it is sent. The player's thread."""
        if data[0] & 0xF0 == NOTE_ON and data[2]:
            index, bit = place(part, data)
            self._sounding[index] |= bit

    def sent(self, part: Part, data: bytes) -> None:
        """Clear a note that ended: call it after its end was sent. The player's thread."""
        kind = data[0] & 0xF0
        if kind == NOTE_OFF or (kind == NOTE_ON and not data[2]):
            index, bit = place(part, data)
            self._sounding[index] &= ~bit & 0xFF

    def hanging(self) -> Iterator[tuple[Part, bytes]]:
        """Yield a note-off for every note that sounds. Any thread; never waits."""
        for number, part in enumerate(PARTS):
            for note in range(NOTES_A_PART):
                index = number * NOTES_A_PART + note
                if self._sounding[index // 8] >> index % 8 & 1:
                    yield part, bytes((NOTE_OFF | note // 128, note % 128, 64))


def place(part: Part, data: bytes) -> tuple[int, int]:
    """Return the byte and the bit in it that stand for the note that `data` speaks of."""
    index = PARTS.index(part) * NOTES_A_PART + (data[0] & 0x0F) * 128 + data[1]
    return index // 8, 1 << index % 8

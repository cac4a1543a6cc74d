"""What the player leaves where others can see it when it is stuck or dead: shared memory.

One bit for every note that sounds (part x channel x pitch), and the second of the last beat.
"""

from collections.abc import Iterator
from multiprocessing import get_context

from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds

PARTS = tuple(Part)
NOTES_A_PART = 16 * 128
NOTE_OFF, NOTE_ON = 0x80, 0x90


class Board:
    """Shared by the app and one player at a time; only the player writes."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._sounding = context.RawArray("B", len(PARTS) * NOTES_A_PART // 8)
        self._beat = context.RawArray("d", 1)

    def beat(self, at: Seconds) -> None:
        """Show that the player lives. The player's thread; never waits."""
        self._beat[0] = at

    def last_beat(self) -> Seconds:
        """Return when the player last showed that it lives. Any thread; never waits."""
        return Seconds(self._beat[0])

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

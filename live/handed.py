"""The ends of notes that were handed over and may not have left yet.

Until they have, the board says that their notes sound: an end that waited for its frame dies with
the player, and the next one has to send it.
"""

from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.board import NOTE_OFF, NOTE_ON, Board

LEAVING = 0.05  # seconds after its time in which a message has left, even late

Key = tuple[Part, int, int]
"""Part, channel (0..15) and pitch."""


class Handed:
    """What the board is told of the notes sent. The player's thread; never waits."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._ends = dict[Key, tuple[Seconds, bytes]]()  # in the order in which they were handed

    def beginning(self, part: Part, data: bytes) -> None:
        """Mark a note that begins: call it before it is handed over."""
        if data[0] & 0xF0 == NOTE_ON:
            self._ends.pop(key_of(part, data), None)
        self._board.sending(part, data)

    def ended(self, part: Part, data: bytes, at: Seconds) -> None:
        """Take in that the end of a note was handed over for second `at`."""
        if data[0] & 0xF0 == NOTE_OFF:
            key = key_of(part, data)
            self._ends.pop(key, None)
            self._ends[key] = (at, data)

    def settle(self, now: Seconds) -> None:
        """Clear the notes on the board whose ends have left by second `now`."""
        while self._ends:
            key, (at, data) = next(iter(self._ends.items()))
            if at + LEAVING > now:
                return
            del self._ends[key]
            self._board.sent(key[0], data)


def key_of(part: Part, data: bytes) -> Key:
    """Return which note a message speaks of."""
    return part, data[0] & 0x0F, data[1]

"""Messages on their way out, by frame; a note that has not left yet can be called back."""

from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from loopwright.live.board import NOTE_OFF, NOTE_ON

Port = TypeVar("Port")


class Leaving(Generic[Port]):
    """What was handed over, by frame, then in order. The player's thread puts, JACK's takes.

    Neither waits: a push and a pop are each one step of the interpreter, for numbers alone decide.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Port, bytes]] = []
        self._numbers = count()
        self._withdrawn: set[int] = set()

    def put(self, frame: int, port: Port, data: bytes) -> None:
        """Have a message leave at `frame`.

        The end of a note at the frame of its beginning means that the music stopped before it:
        where that still waits, neither leaves, and nobody hears a stray drum.
        """
        if not self._called_back(frame, port, data):
            heappush(self._waiting, (frame, next(self._numbers), port, data))

    def take(self, end: int) -> list[tuple[int, Port, bytes]]:
        """Take what leaves before frame `end`."""
        taken = list[tuple[int, Port, bytes]]()
        while self._waiting and self._waiting[0][0] < end:
            frame, number, port, data = heappop(self._waiting)
            if number in self._withdrawn:
                self._withdrawn.discard(number)
            else:
                taken.append((frame, port, data))
        return taken

    def _called_back(self, frame: int, port: Port, data: bytes) -> bool:
        if data[0] & 0xF0 != NOTE_OFF:
            return False
        begun = bytes((NOTE_ON | data[0] & 0x0F, data[1]))
        for message in tuple(self._waiting):
            at, number, to, waiting = message
            if (at, to, waiting[:2]) == (frame, port, begun) and number not in self._withdrawn:
                self._withdrawn.add(number)
                # It may have left at that very moment; then its end has to follow.
                return message in tuple(self._waiting)
        return False

"""Messages on their way out, by frame; a note that has not left yet can be called back."""

from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

from loopwright.live.board import NOTE_OFF, NOTE_ON

Port = TypeVar("Port")


class Leaving(Generic[Port]):
    """What was handed over, in order. The player's thread puts, JACK's takes; neither waits."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Port, bytes]] = deque()

    def put(self, frame: int, port: Port, data: bytes) -> None:
        """Have a message leave at `frame`.

        The end of a note at the frame of its beginning means that the music stopped before it:
        where that still waits, neither leaves, and nobody hears a stray drum.
        """
        if not self._called_back(frame, port, data):
            self._waiting.append((frame, port, data))

    def take(self, end: int) -> list[tuple[int, Port, bytes]]:
        """Take what leaves before frame `end`."""
        taken = list[tuple[int, Port, bytes]]()
        while self._waiting and self._waiting[0][0] < end:
            taken.append(self._waiting.popleft())
        return taken

    def _called_back(self, frame: int, port: Port, data: bytes) -> bool:
        if data[0] & 0xF0 != NOTE_OFF:
            return False
        begun = bytes((NOTE_ON | data[0] & 0x0F, data[1]))
        for message in tuple(self._waiting):
            if message[:2] == (frame, port) and message[2][:2] == begun:
                # It may leave at this very moment; then its end has to follow.
                with suppress(ValueError, IndexError):
                    self._waiting.remove(message)
                    return True
        return False

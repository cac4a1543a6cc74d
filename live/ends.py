"""The ends of notes that left of late: they are said again where nobody may have heard them.

A note that is lost is missed once, its end for as long as nobody plays that key again.
"""

from typing import Generic, TypeVar

from loopwright.live.board import NOTE_OFF, NOTE_ON

Port = TypeVar("Port")


class Ends(Generic[Port]):
    """The latest end of each key that was not struck since. One thread; never waits."""

    def __init__(self) -> None:
        self._ends: dict[tuple[int, int, int], tuple[int, Port, bytes]] = {}

    def left(self, frame: int, port: Port, data: bytes) -> None:
        """Take in that a message left in the period from `frame` on."""
        kind, key = data[0] & 0xF0, (id(port), data[0] & 0x0F, data[1] if len(data) > 1 else 0)
        if kind == NOTE_OFF:
            self._ends[key] = frame, port, data
        elif kind == NOTE_ON:
            self._ends.pop(key, None)

    def between(self, since: int, until: int) -> list[tuple[Port, bytes]]:
        """Return the ends that left from frame `since` to before `until`; older ones are lost."""
        self._ends = {key: end for key, end in self._ends.items() if end[0] >= since}
        return [(port, data) for frame, port, data in self._ends.values() if frame < until]

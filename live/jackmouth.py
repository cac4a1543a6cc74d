"""What goes out through JACK: each message in the period of its frame, though we may be late.

The player's thread puts in, JACK's writes. JACK goes on without a client that is late, and calls
it once more where it was called too late: what is written then is read twice, and what was written
before, by nobody. Of a call that came too late nobody knows whether it was read.
"""

from contextlib import suppress

from loopwright.live.ends import Ends
from loopwright.live.jackclient import Client, Port
from loopwright.live.leaving import Leaving

LATE = 4  # a call that comes after this part of its period is late
DOUBTED = 4  # periods up to the last before a late call, of which nobody knows what was heard


class JackMouth:
    """Outputs of a client, period by period."""

    def __init__(self, client: Client, full: type[Exception]) -> None:
        """`full` is raised by a port that can take no more."""
        self.outputs: list[Port] = []
        self._client, self._full = client, full
        self._leaving, self._ends = Leaving[Port](), Ends[Port]()
        self._begin = -1  # of the latest period in which anything might leave; none as yet
        self._written: list[tuple[int, Port, bytes]] = []  # in it
        self._wiped: list[tuple[int, Port, bytes]] = []  # by a call that came once more
        self._late = False

    def put(self, frame: int, port: Port, data: bytes) -> None:
        """Have a message leave at `frame`. The player's thread; never waits."""
        self._leaving.put(frame, port, data)

    def speak(self, begin: int | None, frames: int) -> None:
        """Write what is due in the period from frame `begin` on; None where nothing may leave.

        JACK's thread; never waits.
        """
        for port in self.outputs:
            port.clear_buffer()
        if begin == self._begin:
            self._wiped, self._written = self._wiped + self._written, []
        if begin is None or begin == self._begin:
            self._late = True
            return
        late, doubted = self._is_late(begin, frames), self._begin - DOUBTED * frames
        self._begin, self._late = begin, False
        self._written, self._wiped = self._wiped + self._leaving.take(begin + frames), []
        reached = 0
        for frame, port, data in self._written:
            reached = max(frame - begin, reached)  # what is late leaves at once, and in order
            self._write(port, reached, data)
            self._ends.left(begin, port, data)
        if late:
            for port, data in self._ends.between(doubted, begin):
                self._write(port, frames - 1, data)

    def _is_late(self, begin: int, frames: int) -> bool:
        """Return whether this call came late, or one since the last that anything left in."""
        skipped = begin > self._begin + frames
        return self._late or skipped or self._client.frames_since_cycle_start > frames // LATE

    def _write(self, port: Port, offset: int, data: bytes) -> None:
        # There is room for some 2700 notes a port and period: more than we ever have.
        with suppress(self._full):
            port.write_midi_event(offset, data)

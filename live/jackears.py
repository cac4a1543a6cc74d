"""What comes in through JACK: each message with the frame it was written for, and what was lost.

JACK's thread puts in, the player's takes out.
"""

from loopwright.engine.happen import Deaf, Heard, OutputLost
from loopwright.engine.time import Seconds
from loopwright.live.frames import unwrapped
from loopwright.live.inbox import Inbox
from loopwright.live.jackclient import Client, Port
from loopwright.live.patch import Intake, kind_of
from loopwright.live.periods import Event, Gap, Period, Periods


class JackEars:
    """Inputs of a client, period by period; `near` is the first frame of the last one known."""

    def __init__(self, client: Client, near: int) -> None:
        self.near = near
        self.inputs: list[tuple[Intake, Port]] = []
        self._client = client
        self._periods = Periods()
        self._missed: Inbox[OutputLost | Deaf] = Inbox()
        self._arrived: Inbox[tuple[int, int, bytes]] = Inbox()

    def heard(self) -> list[Heard | OutputLost | Deaf]:
        """Take what came in, in order of time, less what its port is not for; and what was lost.

        The player's thread; never waits.
        """
        arrived = self._arrived.take()  # first: a gap is told before what comes after it
        came = list[Heard | OutputLost | Deaf](self._missed.take())
        for index, frame, data in arrived:
            intake, _ = self.inputs[index]
            if data and kind_of(data) in intake.takes:
                came.append(Heard(data, Seconds(frame / self._client.samplerate), intake.name))
        return sorted(came, key=lambda heard: heard.at)

    def waiting(self) -> bool:
        """Return whether anything came in, or was lost, that was not taken yet. Never waits."""
        return bool(self._arrived or self._missed)

    def lose_output(self, at: Seconds) -> None:
        """Take in that an output is gone. Any thread; never waits."""
        self._missed.put(OutputLost(at))

    def listen(self, frames: int) -> int | None:
        """Take the messages of one period; return its first frame, None where nothing may leave.

        JACK's thread; never waits.
        """
        period = self._read(frames)
        for known in self._periods.called(period):
            self._take_in(known)
        return period.begin if self._periods.may_leave else None

    def _read(self, frames: int) -> Period:
        """Return this period; read anew where it ended meanwhile, for then it is of neither."""
        begin, period = self._begin(), None
        while period is None or begin != period.begin:
            period = Period(begin, frames, self._events())
            begin = self._begin()
        return period

    def _begin(self) -> int:
        """Return the first frame of the period that runs, without end."""
        return unwrapped(self._client.last_frame_time, self.near)

    def _events(self) -> tuple[Event, ...]:
        return tuple(
            (index, offset, bytes(data))
            for index, (_, port) in enumerate(self.inputs)
            for offset, data in port.incoming_midi_events()
        )

    def _take_in(self, known: Gap | Period) -> None:
        """Have what came in taken: a gap is there before time goes on beyond it."""
        if isinstance(known, Gap):
            self._missed.put(self._deaf(known))
        else:
            for index, offset, data in known.events:
                self._arrived.put((index, known.begin + offset, data))
        self.near = known.begin

    def _deaf(self, gap: Gap) -> Deaf:
        """Return which seconds went by without us; of the period before, too, some may be lost."""
        rate = self._client.samplerate
        since, skipped = gap.follows - self._client.blocksize, gap.begin - gap.follows
        return Deaf(Seconds(since / rate), Seconds(gap.begin / rate), Seconds(skipped / rate))

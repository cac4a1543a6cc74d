"""The app's dealings with the player: what it begins with, and where the next one goes on."""

from dataclasses import replace

from loopwright.engine.errors import PortError
from loopwright.engine.happen import Recalled
from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.transport import PLAYING
from loopwright.live.band import Band, Member
from loopwright.live.messages import (
    Begin,
    Ended,
    Fell,
    FromPorts,
    NoPorts,
    Patched,
    Playing,
    PortsOpen,
)
from loopwright.live.now import now


class Prompter:
    """What a player was told and last said, so that another can go on. The app's main thread."""

    def __init__(self, band: Band, log: str | None) -> None:
        """Take the band; where there is a `log`, players tell of all that happens."""
        self._band, self._log = band, log is not None
        self.system = ""
        self.settings: Settings | None = None
        self.status: Status | None = None
        self.loop: Loop | None = None
        self._first: Loop | None = None  # what it was given to begin with
        self.no_ports = ""  # why there are none, while the player cannot open them
        self.fell = ""  # what the last player died of, where it could say
        self.ended = False

    @property
    def hosted(self) -> bool:
        """Whether it plays to the clock of a host, which does not know where it stopped."""
        settings = self.settings
        return settings is not None and settings.follow_clock and not settings.session

    def hear(self, value: Status | Playing | FromPorts) -> None:
        """Take in what the player said. Raises PortError where its ports never opened."""
        match value:
            case Status():
                self.status = value
            case Playing(loop):
                self.loop = loop
            case _:
                self._hear_ports(value)

    def _hear_ports(self, value: FromPorts) -> None:
        match value:
            case Patched(cables):
                self._band.patch(cables)
            case PortsOpen(system):
                self.system = system
            case NoPorts(reason):
                if self.settings is None:
                    raise PortError(reason)
                self.no_ports = reason
            case Fell(reason):
                self.fell = f" ({reason})"
            case Ended():
                self.ended = True

    def begin(self, settings: Settings, first: Loop | None) -> None:
        """Have the first player begin, with a loop if there is one."""
        self.settings, self._first = settings, first
        self._band.insist(self.system)
        self._begin(Begin(settings, log=self._log))

    def go_on(self) -> None:
        """Have another player go on where the one before fell."""
        assert self.settings is not None
        # Another seed: a new player counts its loops from 1, and would have the same again.
        self.settings = replace(self.settings, seed=(self.settings.seed + 1) % 2**63)
        if self.status is not None:
            self.settings = replace(self.settings, parameters=self.status.parameters)
        waits = self.settings.waits
        if self.status is not None and self.status.number:
            waits = self.status.motion not in PLAYING
        self._begin(Begin(replace(self.settings, waits=waits), again=True, log=self._log))

    def _begin(self, begin: Begin) -> None:
        self._band.tell(Member.PLAYER, begin)
        loop = self.loop or self._first
        if loop is not None:
            self._band.tell(Member.PLAYER, Recalled(loop, now()))

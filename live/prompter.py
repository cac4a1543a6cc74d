"""The app's dealings with the player: what it begins with, and where the next one goes on."""

from dataclasses import replace

from loopwright.engine.errors import PortError
from loopwright.engine.happen import Recalled
from loopwright.engine.notes import Loop
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.takeup import with_setup
from loopwright.engine.time import Seconds
from loopwright.engine.transport import PLAYING
from loopwright.live.band import Band, Member
from loopwright.live.messages import (
    Away,
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

    def __init__(self, band: Band, *, log: bool) -> None:
        """Take the band; where there is a `log`, players tell of all that happens."""
        self._band, self._log = band, log
        self.system, self._exact = "", False
        self.settings: Settings | None = None
        self.status: Status | None = None
        self.loop: Loop | None = None
        self._first: Loop | None = None  # what it was given to begin with
        self.away: tuple[str, ...] = ()  # named ports that are not there
        self._gone: tuple[str, Seconds] | None = None  # why there are no ports, and since when
        self.fell = ""  # what the last player died of, where it could say
        self.ended = False

    @property
    def hosted(self) -> bool:
        """Whether it plays to the clock of a host, which does not know where it stopped."""
        settings = self.settings
        return settings is not None and settings.follow_clock and not settings.session

    @property
    def trouble(self) -> str:
        """Why nothing can sound, and for how long; empty where the ports are open."""
        if self._gone is None:
            return ""
        reason, since = self._gone
        return f"silent: {reason}, {now() - since:.0f} s ago; trying again every second"

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
            case PortsOpen(system, exact=exact):
                self.system, self._exact, self._gone = system, exact, None
            case NoPorts(reason):
                if self.settings is None:
                    raise PortError(reason)
                self._gone = self._gone or (reason, now())
            case Away(names):
                self.away = names
            case Fell(reason):
                self.fell = f" ({reason})"
            case Ended():
                self.ended = True

    def begin(self, settings: Settings, first: Loop | None) -> None:
        """Have the first player begin, with a loop if there is one."""
        self.settings, self._first = settings, first
        self._band.insist(self.system, exact=self._exact)
        self._band.tell(Member.PLAYER, Begin(settings, log=self._log))
        if first is not None:
            self._band.tell(Member.PLAYER, Recalled(first, now()))

    def switched(self, setup: Setup, slot: int) -> None:
        """Take in that the music has switched to another preset, that of choice `slot`."""
        if self.settings is not None:
            self.settings = with_setup(self.settings, setup, slot)

    def go_on(self, choices: int) -> None:
        """Have another player go on where the one before fell, after so many choices."""
        assert self.settings is not None
        self.settings = replace(self.settings, choices=choices)
        # Another seed: a new player counts its loops from 1, and would have the same again.
        self.settings = replace(self.settings, seed=(self.settings.seed + 1) % 2**63)
        if self.status is not None:
            left = self.settings.loops and max(self.settings.loops - self.status.passes, 1)
            values = self.status.parameters
            self.settings = replace(self.settings, parameters=values, loops=left)
            self.status = replace(self.status, passes=0)
        waits = self.settings.waits
        if self.status is not None and self.status.number:
            waits = self.status.motion not in PLAYING
        settings, loop = replace(self.settings, waits=waits), self.loop or self._first
        self._band.tell(Member.PLAYER, Begin(settings, again=True, loop=loop, log=self._log))

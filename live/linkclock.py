"""Ableton Link as a host: the session's beat, tied to the run's clock, told as MIDI clock would be.

LinkPython-extern (extra `link`) brings Link itself, which runs threads of its own; none of them
calls into Python. Link counts the microseconds of a clock that is no other's (CLOCK_MONOTONIC_RAW
on Linux), so each look reads both clocks, and the closest of some readings counts.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from loopwright.engine import peer
from loopwright.engine.errors import PortError
from loopwright.engine.peer import BEATS_A_BAR, Peer, Seen, Told
from loopwright.engine.state import Settings
from loopwright.engine.time import TICKS_PER_QUARTER, Seconds, period_of

READINGS = 3
MILLION = 1_000_000
MISSING = "Ableton Link is not installed: pip install 'loopwright[link]'"


class Clock(Protocol):
    """Link's clock."""

    def micros(self) -> int:
        """Return the present microsecond."""
        ...


class SessionState(Protocol):
    """A session at one moment. Times are microseconds of Link's clock."""

    def tempo(self) -> float:
        """Return quarter notes a minute."""
        ...

    def setTempo(self, bpm: float, time: int) -> None:
        """Change the tempo."""
        ...

    def beatAtTime(self, time: int, quantum: float) -> float:
        """Return the beat; each `quantum` of them begins where that of all peers does."""
        ...

    def timeAtBeat(self, beat: float, quantum: float) -> int:
        """Return when a beat falls."""
        ...

    def isPlaying(self) -> bool:
        """Return whether the session plays, or will."""
        ...

    def timeForIsPlaying(self) -> int:
        """Return since when it does, or does not."""
        ...

    def setIsPlaying(self, playing: bool, time: int) -> None:
        """Start or stop."""
        ...


class Link(Protocol):
    """A peer of the session."""

    enabled: bool
    startStopSyncEnabled: bool

    def numPeers(self) -> int:
        """Return how many others there are."""
        ...

    def clock(self) -> Clock:
        """Return Link's clock."""
        ...

    def captureSessionState(self) -> SessionState:
        """Return the session as it is. One thread only; never waits."""
        ...

    def commitSessionState(self, state: SessionState) -> None:
        """Make a session's state everybody's. The same thread; never waits."""
        ...


class LinkModule(Protocol):
    """The module `link`."""

    def Link(self, bpm: float) -> Link:
        """Make a peer, whose tempo counts only where nobody else is."""
        ...


def load() -> LinkModule:
    """Return LinkPython-extern. Raises PortError where it is not installed."""
    try:
        return cast(LinkModule, import_module("link"))
    except ImportError:
        raise PortError(MISSING) from None


def join(settings: Settings) -> "LinkClock | None":
    """Join the session that we are to play in, if we are."""
    return LinkClock(load(), settings.parameters["tempo"]) if settings.session else None


class LinkClock:
    """Our place in a session. One thread, the player's; never waits."""

    def __init__(self, module: LinkModule, tempo: float) -> None:
        """Join the session; `tempo` counts where nobody else is there. Some 1 ms."""
        self._link = module.Link(tempo)
        self._clock = self._link.clock()
        self._peer = Peer()
        self._link.startStopSyncEnabled = True
        self._link.enabled = True

    def heard(self, now: Callable[[], Seconds], lead: Seconds) -> tuple[Told, ...]:
        """Return what a host would have told since the last look, up to `lead` seconds from now."""
        at, micros = self._tie(now)
        seen = self._seen(at, micros)
        self._peer, told = peer.tells(self._peer, seen, at, Seconds(at + lead))
        return told

    def play(self, lead: Seconds, *, stops: bool) -> None:
        """Start the session on the next bar line after `lead` seconds; one that plays may stop."""
        state, micros = self._link.captureSessionState(), self._clock.micros()
        if state.isPlaying() and stops:
            state.setIsPlaying(False, micros)
        elif not state.isPlaying():
            beat = state.beatAtTime(micros + round(lead * MILLION), BEATS_A_BAR)
            line = peer.next_bar(beat * TICKS_PER_QUARTER)
            state.setIsPlaying(True, state.timeAtBeat(line, BEATS_A_BAR))
        self._link.commitSessionState(state)

    def pace(self, tempo: float) -> None:
        """Change the session's tempo, in quarter notes a minute."""
        state = self._link.captureSessionState()
        state.setTempo(tempo, self._clock.micros())
        self._link.commitSessionState(state)

    def leave(self) -> None:
        """Leave the session."""
        self._link.enabled = False

    def _seen(self, at: Seconds, micros: int) -> Seen:
        state = self._link.captureSessionState()
        since, tempo = state.beatAtTime(state.timeForIsPlaying(), BEATS_A_BAR), state.tempo()
        return Seen(
            line=peer.timeline(state.beatAtTime(micros, BEATS_A_BAR), at, period_of(tempo)),
            tempo=tempo,
            peers=self._link.numPeers(),
            playing=state.isPlaying(),
            since=since * TICKS_PER_QUARTER,
        )

    def _tie(self, now: Callable[[], Seconds]) -> tuple[Seconds, int]:
        """Return the same moment on the run's clock and on Link's."""
        best = (MILLION, Seconds(0.0), 0)
        for _ in range(READINGS):
            before, at, after = self._clock.micros(), now(), self._clock.micros()
            best = min(best, (after - before, at, (before + after) // 2))
        return best[1], best[2]

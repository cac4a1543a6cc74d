"""Where the player's messages go to and come from: open ports, or a tape."""

from collections.abc import Sequence
from typing import Protocol

from loopwright.engine.happen import Deaf, Heard, OutputLost
from loopwright.engine.time import Seconds
from loopwright.live.patch import Cable, Feed


class Outlet(Protocol):
    """Where the player's messages go to and come from."""

    system: str
    through: str  # what it is reached by, and how exact that is
    names: tuple[str, ...]
    spins: bool  # whether to wait for a due message by spinning

    @property
    def lead(self) -> Seconds:
        """How far ahead of their time messages are to be handed over."""
        ...

    def now(self) -> Seconds:
        """Return the present second of the clock that this outlet keeps. Never waits."""
        ...

    def heard(self) -> Sequence[Heard | OutputLost | Deaf]:
        """Take what came in, and what could not or was lost. The player's thread; never waits.

        Raises SystemGone where the MIDI system has gone.
        """
        ...

    def waiting(self) -> bool:
        """Return whether anything came in that was not taken yet. Never waits."""
        ...

    def send(self, part: Feed, data: bytes, at: Seconds) -> None:
        """Send one complete message, due at second `at`, now. The player's thread."""
        ...

    def cables(self) -> tuple[Cable, ...]:
        """Return how our ports are connected, where the MIDI system tells. Never waits."""
        ...

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Connect our ports like this, as far as the others are still there."""
        ...

    def away(self) -> tuple[str, ...]:
        """Return what was named by the user and is not there now. Never waits."""
        ...

    def close(self) -> None:
        """Close everything. The player's thread."""
        ...

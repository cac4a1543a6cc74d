"""What the player sends where there is no MIDI system: to the app, which records it."""

from collections.abc import Callable
from dataclasses import dataclass

from loopwright.engine.happen import Heard, OutputLost
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.now import now
from loopwright.live.patch import Cable, Feed


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the player sent, due at second `at`."""

    part: Part
    data: bytes
    at: Seconds


class Tape:
    """An Outlet without a MIDI system: what is sent to it goes to the app. Never waits."""

    system = "none"
    through = ""
    names = ()
    lead = Seconds(0.0)
    spins = False

    def __init__(self, post: Callable[[object], None]) -> None:
        self._post = post

    def now(self) -> Seconds:
        """Return the present second."""
        return now()

    def heard(self) -> list[Heard | OutputLost]:
        """Take nothing: nobody can play in."""
        return []

    def waiting(self) -> bool:
        """Return whether anything came in: never."""
        return False

    def send(self, part: Feed, data: bytes, at: Seconds) -> None:
        """Send it to the app; nobody is here to follow our clock."""
        if isinstance(part, Part):
            self._post(Sent(part, data, at))

    def cables(self) -> tuple[Cable, ...]:
        """Return nothing: there are no ports."""
        return ()

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Do nothing: there are no ports."""

    def away(self) -> tuple[str, ...]:
        """Return nothing: no port was named."""
        return ()

    def close(self) -> None:
        """Do nothing; the app closes the file."""

"""What the app and the player tell each other, beside the conductor's happenings and wishes.

Frozen values; both processes import this, and neither the other's module.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.live.patch import Cable

if TYPE_CHECKING:
    from loopwright.engine.journal import Entry  # loaded where a log is kept, and only there


@dataclass(frozen=True, slots=True)
class PortsOpen:
    """The ports are open, or there is no MIDI system: "none".

    `through` is what they are reached by, and how exact that is; `exact` is to the frame.
    `realtime` tells whether the player was given real-time scheduling.
    """

    system: str
    names: tuple[str, ...]
    through: str = ""
    realtime: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class NoPorts:
    """The ports do not open, or have gone, with one sentence that says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """These of the ports that the user named are not there now."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fell:
    """The player dies of an error of its own, with what and where it was."""

    reason: str


@dataclass(frozen=True, slots=True)
class Patched:
    """The ports are connected in another way than before."""

    cables: tuple[Cable, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """Play, with these settings: the first word to a player.

    `again`: another one fell, and `loop` played. `log`: a log is kept, so tell of all that happens.
    """

    settings: Settings
    again: bool = False
    loop: Loop | None = None
    log: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """What happened since the last time, for the session log."""

    entries: "tuple[Entry, ...]"


@dataclass(frozen=True, slots=True)
class Playing:
    """Another loop plays, or none; a status that is told carries no loop."""

    loop: Loop | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The performance ended as it should: all is silent."""


FromPorts = PortsOpen | NoPorts | Away | Fell | Patched | Ended
"""What a player tells of its ports and of its end."""

"""What a jam is told about a host that has a mind of its own. Standard library only."""

from argparse import Namespace
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from loopwright.engine.clock import FREEWHEEL
from loopwright.engine.errors import SettingError
from loopwright.engine.time import TICKS_PER_STEP, Seconds

if TYPE_CHECKING:
    from argparse import _ArgumentGroup as Group  # pyright: ignore[reportPrivateUsage]

UNITS = {"sixteenths": TICKS_PER_STEP, "clocks": 1}
LONGEST = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Hosting:
    """How the host is taken; the fields are those of `engine.state.Settings`."""

    unit: int = TICKS_PER_STEP
    freewheel: Seconds = FREEWHEEL
    restart: bool = True


def add_hosting(group: "Group") -> None:
    """Add the options for hosts with a mind of their own."""
    group.add_argument(
        "--position",
        choices=tuple(UNITS),
        default="sixteenths",
        help="what its song positions count; Ardour 7 sends clocks (default: sixteenths)",
    )
    group.add_argument(
        "--freewheel",
        metavar="SECONDS",
        help=f"play on for so long when its clock stays away, or `on`: until Stop "
        f"(default: {FREEWHEEL})",
    )
    group.add_argument(
        "--ignore-restart",
        action="store_true",
        help="a Start that comes while we play is not taken for a new one",
    )


def hosting_from(told: Namespace) -> Hosting:
    """Return how the command line takes the host. Raises SettingError."""
    freewheel = FREEWHEEL if told.freewheel is None else parse_freewheel(told.freewheel)
    return Hosting(UNITS[told.position], freewheel, not told.ignore_restart)


def parse_freewheel(text: str) -> Seconds:
    """Read seconds, 0 to 60, or `on`. Raises SettingError."""
    if text == "on":
        return Seconds(inf)
    try:
        seconds = float(text)
    except ValueError:
        raise SettingError(f"--freewheel {text}: write seconds, or `on`") from None
    if not 0.0 <= seconds <= LONGEST:
        raise SettingError(f"--freewheel {seconds:g} is outside 0-{LONGEST:g}; there is also `on`")
    return Seconds(seconds)

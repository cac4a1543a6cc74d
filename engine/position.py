"""Whether a host's song positions are what the standard says: sixteenths, not clocks.

Ardour 7.3 points to clocks, so that its positions are six times too large. One position proves
nothing, for anybody may go anywhere. But the first one after Stop often points to where we were
stopped, or to the next quarter note. So a second place is kept in mind: where we would be if all
positions since Start had been clocks. A host that twice goes on from there is suspected; one that
goes on from where we are is not.
"""

from dataclasses import dataclass, replace

from loopwright.engine.time import TICKS_PER_QUARTER, TICKS_PER_STEP, Tick

ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What speaks for clocks.

    `ahead` is how many ticks farther the song would be; `signs` count the positions that fit it
    and not us. `located` says that a position came since we were stopped.
    """

    ahead: int = 0
    signs: int = 0
    located: bool = False

    @property
    def clocks(self) -> bool:
        """Whether this host's positions look like clocks."""
        return self.signs >= ENOUGH


def began(reading: Reading) -> Reading:
    """Return the reading after Start: both places are the same again."""
    return replace(reading, ahead=0, located=False)


def stopped(reading: Reading) -> Reading:
    """Return the reading after Stop: the next position may tell."""
    return replace(reading, located=False)


def located(reading: Reading, place: Tick, count: int, *, still: bool) -> Reading:
    """Return the reading after a position of `count`, where the song stands before tick `place`."""
    signs = reading.signs
    if still and not reading.located:
        clocks = from_there(count, place + reading.ahead)
        sixteenths = from_there(count * TICKS_PER_STEP, place)
        if clocks != sixteenths:
            signs = signs + 1 if clocks else 0
    return Reading(count * (1 - TICKS_PER_STEP), signs, located=True)


def from_there(tick: int, place: int) -> bool:
    """Whether a song that goes on from `tick` goes on from `place`, or from the quarter after."""
    return tick == place or (tick % TICKS_PER_QUARTER == 0 and 0 < tick - place < TICKS_PER_QUARTER)

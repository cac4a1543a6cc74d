"""When what was played is answered, and on which grid points answers begin."""

from enum import IntEnum

from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, TICKS_PER_STEP


class Mode(IntEnum):
    """When the melody takes over; its numbers are the values of the parameter `answer`."""

    OFF = 0
    PAUSE = 1  # when nothing was played for a moment
    PEDAL = 2  # when the pedal that was pressed before comes up
    BARS = 3  # after so many bars, for so many bars, by turns
    LAST = 4  # when asked, from the last bars
    ALWAYS = 5  # at every bar line, from the last bars: both play on


class Grid(IntEnum):
    """Where an answer begins; its numbers are the values of the parameter `answer_grid`."""

    STEP = 0
    BEAT = 1
    BAR = 2

    @property
    def ticks(self) -> int:
        """Return how far its points are apart."""
        return (TICKS_PER_STEP, TICKS_PER_QUARTER, TICKS_PER_BAR)[self]


MODES = tuple(mode.name.lower() for mode in Mode)
GRIDS = tuple(grid.name.lower() for grid in Grid)

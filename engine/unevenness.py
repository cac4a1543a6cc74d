"""How unevenly a host's clocks come: its jitter, its blocks, and whether they lean to one side.

The jitter is taken from how much successive deviations differ, so that neither a change of tempo
nor a single late clock makes it larger. The lean, their mean over about a second, tells of tempos
that turn too slowly for any single clock to stand out.
"""

from math import sqrt
from typing import NamedTuple

from loopwright.engine.time import Seconds

FEW = 12  # clocks, of which none can be told to be far off
LEAST = 0.0001  # seconds: less is not taken for jitter
USUAL = 4.5  # times the jitter: what a single clock may be off by chance
CLIPPED = 4.0  # times the jitter: what a single clock counts for, at most, in telling it
LEARNING = 0.03  # what a clock adds to the jitter known
DIFFERENCE = 1.128  # mean difference of two normal deviates, in standard deviations
MEMORY = 0.94  # of the lean, from clock to clock
AVERAGED = (1 + MEMORY) / (1 - MEMORY)  # by this the variance of the lean is less than a clock's
SURE = 5.0  # standard deviations: a lean that is not chance
TURNING = 3e-4  # variance of the tempo a clock, for each of the lean's beyond that
ROOM = 1.3  # blocks that a clock of a host that writes by the block may be off
FADING = 0.9998  # of the block, a clock
ALIKE = (0.7, 1.4)  # blocks: a leap that is another one


class Unevenness(NamedTuple):
    """The standard deviation of clocks, `jitter`, and the size of the host's `block`; seconds.

    `last` is by how much the last clock was off, `lean` the mean of the latest.
    """

    jitter: float = LEAST
    block: float = 0.0
    last: float = 0.0
    lean: float = 0.0

    @property
    def spread(self) -> Seconds:
        """Return the standard deviation of clocks, that of a block's included."""
        return Seconds(max(self.jitter, self.block / sqrt(12)))

    @property
    def turned(self) -> float:
        """Return the variance of the tempo that clocks to one side of the line tell of."""
        beyond = max(0.0, abs(self.lean) - self.block) / self.spread
        return TURNING * max(0.0, beyond * beyond * AVERAGED - SURE * SURE)

    def limit(self, unsure: float) -> float:
        """Return how far a clock may be off by chance, on a line that is off by so much itself."""
        return USUAL * self.jitter * unsure + ROOM * self.block

    def after(self, off: float, count: int, *, believed: bool) -> "Unevenness":
        """Return what is known after clock number `count`, off by so many seconds."""
        leap = abs(off - self.last)
        usual = leap / DIFFERENCE if count < FEW else min(leap / DIFFERENCE, CLIPPED * self.jitter)
        jitter = self.jitter + max(LEARNING, 1 / count) * (usual - self.jitter)
        again = ALIKE[0] * self.block < leap < ALIKE[1] * self.block
        return Unevenness(
            max(jitter, LEAST),
            leap if again else FADING * self.block,
            off,
            MEMORY * self.lean + (1 - MEMORY) * off if believed else self.lean,
        )

    def by_block(self, size: float) -> "Unevenness":
        """Return what is known of a host whose clocks have leapt by `size` seconds."""
        return self._replace(block=max(self.block, size))

    def calmed(self) -> "Unevenness":
        """Return what is known on a new line: the same, but no clock of it was off."""
        return self._replace(last=0.0, lean=0.0)

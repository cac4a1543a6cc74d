"""Jumps of the line that come again and again: then it is not the clocks that jump.

A host that writes its clocks once a block, at nearly a clock a block, is heard at a slightly wrong
tempo that is perfectly even, and then one block off. How far such jumps lie apart tells how wrong
the tempo is.
"""

from typing import NamedTuple

LONGEST = 0.05  # seconds: a longer block no host has
ALIKE = (0.7, 1.4)  # of the jump before
APART = (4, 90)  # clocks: nearer is one jump, farther is chance, or what a host does every bar
EVEN = 2  # times in a row that such jumps come as far apart as before


class Leap(NamedTuple):
    """A jump by `size` seconds behind clock number `clock`, `apart` clocks after one like it.

    `apart` is 0 where the one before was another. `even` is how often in a row it was the same.
    """

    clock: int
    size: float
    apart: int = 0
    even: int = 0

    @property
    def slope(self) -> float:
        """Return by how many seconds a clock is longer than thought, as such jumps come evenly.

        0.0 if they do not, or if this is not at least the fourth.
        """
        return self.size / self.apart if self.even >= EVEN else 0.0

    def then(self, clock: int, size: float) -> "Leap":
        """Return the next jump, behind clock number `clock` by `size` seconds."""
        apart = clock - self.clock
        again = APART[0] <= apart <= APART[1] and self.alike(size)
        if not again or abs(size) >= LONGEST:
            return Leap(clock, size)
        return Leap(clock, size, apart, self.even + 1 if abs(apart - self.apart) <= 1 else 0)

    def alike(self, size: float) -> bool:
        """Whether a jump by `size` seconds is about as long, the same way."""
        return self.size != 0 and ALIKE[0] < size / self.size < ALIKE[1]


NO_LEAP = Leap(0, 0.0)

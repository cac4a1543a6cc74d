"""Jumps of the line that come again and again: then it is not the clocks that jump.

A host that writes its clocks once a block, at nearly a clock a block, is heard at a slightly wrong
tempo that is perfectly even, and then one block off. How far such jumps lie apart tells how wrong
the tempo is.
"""

from typing import NamedTuple

LONGEST = 0.05  # seconds: a longer block no host has
ALIKE = (0.7, 1.4)  # of the jump before
APART = (4, 1000)  # clocks: nearer is one jump, farther is chance


class Leap(NamedTuple):
    """A jump by `size` seconds behind clock number `clock`, `apart` clocks after one like it.

    `apart` is 0 where the one before was another.
    """

    clock: int
    size: float
    apart: int = 0

    def then(self, clock: int, size: float) -> "Leap":
        """Return the next jump, behind clock number `clock` by `size` seconds."""
        apart = clock - self.clock
        again = APART[0] <= apart <= APART[1] and alike(size, self.size)
        return Leap(clock, size, apart if again and abs(size) < LONGEST else 0)

    def slope(self, before: "Leap") -> float:
        """Return by how many seconds a clock is longer than thought, as such jumps come evenly.

        0.0 if they do not, or if this is not at least the third.
        """
        return self.size / self.apart if alike(self.apart, before.apart) else 0.0


NO_LEAP = Leap(0, 0.0)


def alike(one: float, other: float) -> bool:
    """Whether one number is about the other, which is not 0."""
    return other != 0 and ALIKE[0] < one / other < ALIKE[1]

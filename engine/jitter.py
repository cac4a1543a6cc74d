"""How far clocks came from the line that they were filtered to: a histogram of fixed size.

Its bins are twelve to each factor of ten, from a microsecond to a tenth of a second, so that a
percentile is known to a fifth, whatever the host, and however long the jam.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import ceil
from operator import add

from loopwright.engine.time import Seconds

EDGES = tuple(1e-6 * 10 ** (n / 12) for n in range(61))  # seconds; 1 us to 100 ms


@dataclass(frozen=True, slots=True)
class Jitter:
    """Counts of deviations, early and late alike: `counts[n]` of them lay below `EDGES[n]`.

    And at or above the edge before; the last counts what lay beyond all of them.
    """

    counts: tuple[int, ...] = (0,) * (len(EDGES) + 1)

    @property
    def count(self) -> int:
        """Return how many deviations there were."""
        return sum(self.counts)

    def plus(self, deviation: float) -> "Jitter":
        """Return the histogram with one more clock, `deviation` seconds from its line."""
        n = bisect_right(EDGES, abs(deviation))
        return Jitter((*self.counts[:n], self.counts[n] + 1, *self.counts[n + 1 :]))

    def merged(self, other: "Jitter") -> "Jitter":
        """Return the histogram of both."""
        return Jitter(tuple(map(add, self.counts, other.counts)))

    def percentile(self, share: float) -> Seconds:
        """Return what `share` of the deviations, 0..1, do not exceed: the upper edge of a bin.

        0 without deviations; what is beyond a tenth of a second is called a tenth.
        """
        wanted = max(1, ceil(share * self.count))
        seen = 0
        for edge, count in zip(EDGES, self.counts, strict=False):
            seen += count
            if seen >= wanted:
                return Seconds(edge)
        return Seconds(EDGES[-1] if self.count else 0.0)

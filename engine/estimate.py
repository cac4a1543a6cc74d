"""Where a clock is and how long it lasts, by recursive least squares: a straight line that learns.

With every clock the line comes to be known better, so that each moves it less than the one before:
exactly as if a new regression were drawn through all of them. What the line may have done
meanwhile makes it less sure again, and so limits how far back it remembers.
Variances are in units of one clock's, so that nothing here needs to know how uneven the host is.
"""

from collections.abc import Iterable
from typing import NamedTuple

from loopwright.engine.time import Seconds, period_of

UNKNOWN = 1e6  # variance of what nothing is known of
WANDER = 5e-10  # variance that the tempo of a steady host gains with every clock
BEFORE = 10  # clocks that a change is thought to have begun before it was seen
SHORTEST, LONGEST = period_of(999.0), period_of(5.0)


class Estimate(NamedTuple):
    """A clock at second `at`; one lasts `period` seconds. And how little is known of both.

    `phase` is the variance of `at`, `tempo` that of `period`, `both` their covariance.
    """

    at: float
    period: float
    phase: float = 1.0
    both: float = 0.0
    tempo: float = UNKNOWN

    def ahead(self, turned: float = 0.0) -> "Estimate":
        """Return the estimate of the next clock, before it is heard.

        `turned` is the variance of a change of tempo that seems to have begun some clocks ago.
        """
        return Estimate(
            self.at + self.period,
            self.period,
            self.phase + 2 * self.both + self.tempo + BEFORE * BEFORE * turned,
            self.both + self.tempo + BEFORE * turned,
            self.tempo + turned + WANDER,
        )

    def corrected(self, at: float) -> "Estimate":
        """Return the estimate when the clock has been heard at second `at`."""
        error = at - self.at
        phase, both = self.phase / (self.phase + 1), self.both / (self.phase + 1)
        return Estimate(
            self.at + phase * error,
            sane(self.period + both * error),
            phase,
            both,
            self.tempo - both * self.both,
        )

    def middle(self, leap: float, slope: float) -> "Estimate":
        """Return the line through the middle of clocks that have leapt by so many seconds.

        If they do again and again, a clock lasts `slope` seconds longer than thought; else 0.0.
        """
        at = self.at + leap / 2
        if not slope:
            return self._replace(at=at)
        phase, tempo = max(self.phase, 1.0), max(self.tempo, (slope / leap) ** 2)
        return Estimate(at, sane(self.period + slope), phase, self.both, tempo)

    def after(self, times: Iterable[float]) -> "Estimate":
        """Return the estimate when successive clocks have been heard at `times`, in seconds."""
        estimate = self
        for at in times:
            estimate = estimate.ahead().corrected(at)
        return estimate


def sane(period: float) -> Seconds:
    """Return a period that some tempo of 5-999 quarter notes a minute has."""
    return Seconds(min(max(period, SHORTEST), LONGEST))

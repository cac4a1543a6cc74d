"""Which of JACK's periods a message came in, though JACK goes on without a client that is late.

JACK tells which period runs, and a late call is told the one that runs by then, while its messages
may still be those of the one before: until whoever sends has written anew. They may be the new ones
as well, all or the first of them, and then come again, for JACK has calls still to make: at once,
if it woke us while we were late, and once more when whoever sends has written. So calls that did
not come in the period after the last are not believed before the period is over: its last call has
its messages, and what else the first had is of the period before.
"""

from typing import NamedTuple

Event = tuple[int, int, bytes]  # the number of a port, frames into the period, a message


class Period(NamedTuple):
    """A period's first frame, without end, its length in frames, and what came in."""

    begin: int
    frames: int
    events: tuple[Event, ...] = ()


class Gap(NamedTuple):
    """From frame `follows` up to `begin` nothing of ours was run; frames without end."""

    follows: int
    begin: int


class Periods:
    """The periods that we are called in, one after another. One thread; never waits."""

    def __init__(self) -> None:
        self._follows: int | None = None  # the frame that the next period begins with
        self._held: tuple[Period, ...] = ()  # calls of one period after a gap, not yet believed
        self._last: Period | None = None
        self._gaps = 0  # periods in a row that came after a gap

    @property
    def may_leave(self) -> bool:
        """Whether messages may leave in the last call.

        Another call after a gap would wipe them; where gap follows gap nothing else would ever do.
        """
        return self._gaps != 1

    def called(self, period: Period) -> tuple[Gap | Period, ...]:
        """Take in a call; return what is known now, in order, every gap before what ends it."""
        known, last = tuple[Gap | Period, ...](), self._last
        self._last = period
        if self._held and period.begin == self._held[0].begin:
            self._held += (period,)
            return ()
        if self._held:
            known = self._settled()
            if last is not None and period.events == last.events:
                period = period._replace(events=())  # late once more, before the host wrote
        elif last is not None and period.begin == last.begin:
            new = tuple(event for event in period.events if event not in last.events)
            period = period._replace(events=new)  # once more
        if self._follows is None or period.begin <= self._follows:
            self._held, self._follows, self._gaps = (), period.begin + period.frames, 0
            return (*known, period)
        self._held = (period,)
        self._gaps += 1
        return known

    def _settled(self) -> tuple[Gap | Period, ...]:
        """Return the calls after a gap as they were, now that their period is over."""
        first, last, follows = self._held[0], self._held[-1], self._follows
        self._follows = last.begin + last.frames
        assert follows is not None  # or nothing would be held
        if set(first.events) <= set(last.events):
            return Gap(follows, last.begin), last
        before = first._replace(begin=first.begin - first.frames)
        gap = () if before.begin <= follows else (Gap(follows, before.begin),)
        return (*gap, before, last)

"""Which of JACK's periods a message came in, though JACK goes on without a client that is late.

JACK tells which period runs, and a late call is told the one that runs by then, while its messages
may still be those of the one before: until whoever sends has written anew. They may be the new ones
as well, all or the first of them, and then come again, for JACK has that call still to make. So a
call that did not come in the period after the last is not believed before the next: if that comes
in the same period, the messages were of the one before, or are among those of the next call.
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
        self._held: Period | None = None  # a call that came after a gap, not yet believed

    @property
    def sure(self) -> bool:
        """Whether the last call is known to be of the period that it came in."""
        return self._held is None

    def called(self, period: Period) -> tuple[Gap | Period, ...]:
        """Take in a call; return what is known now, in order, every gap before what ends it."""
        known, held = list[Gap | Period](), self._held
        if held is not None:
            known += self._settled(held, again=period if period.begin == held.begin else None)
            if period.events == held.events and period.begin != held.begin:
                period = period._replace(events=())  # late once more, before the host wrote
        if self._follows is None or period.begin <= self._follows:
            self._held, self._follows = None, period.begin + period.frames
            return (*known, period)
        self._held = period
        return tuple(known)

    def _settled(self, held: Period, again: Period | None) -> list[Gap | Period]:
        """Return a call after a gap as it was; `again` is the next one of the same period."""
        follows, self._follows = self._follows, held.begin + held.frames
        assert follows is not None  # or nothing would be held
        if again is None:
            return [Gap(follows, held.begin), held]
        if set(held.events) <= set(again.events):
            return [Gap(follows, held.begin)]
        before = held._replace(begin=held.begin - held.frames)
        return [before] if before.begin <= follows else [Gap(follows, before.begin), before]

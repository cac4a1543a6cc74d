"""Ports of others that were named on the command line: they go away, and come back.

A thread of its own looks twice a second, so that whoever plays never waits for a list of ports.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Protocol

from loopwright.live.patch import ALSA_NUMBERS, Intake, Outtake, matches, whole

LOOK = 0.5  # seconds


@dataclass(slots=True)
class Plug:
    """Port `name` of ours, which belongs on another's; it changes on the looking thread alone.

    `wanted` is what the user called the other, `other` its whole name while it is connected;
    `last` is the name that it had last, and `beside` are those that were there with it.
    """

    name: str
    incoming: bool
    wanted: str
    other: str | None
    last: str
    beside: tuple[str, ...] = ()


class Others(Protocol):
    """The ports of others, as a MIDI system shows them. The looking thread; may block."""

    def there(self, plug: Plug) -> Iterable[str]:
        """Return the names of all that a plug could be put into."""
        ...

    def put(self, plug: Plug, other: str) -> bool:
        """Put a plug into another's port, and return whether it is in."""
        ...

    def lose(self, plug: Plug) -> None:
        """Take in that the port that a plug was in is gone."""
        ...


class HotPlug:
    """Looks after the plugs of a run. Its thread may block; `away` never waits."""

    def __init__(self, others: Others, plugs: Iterable[Plug]) -> None:
        self._others, self._plugs = others, tuple(plugs)
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)
        if self._plugs:
            self._thread.start()

    def away(self) -> tuple[str, ...]:
        """Return what is not there of all that was named. Any thread."""
        there = {plug.wanted for plug in self._plugs if plug.other is not None}
        return tuple(dict.fromkeys(p.wanted for p in self._plugs if p.wanted not in there))

    def end(self) -> None:
        """Look no more. Blocks while a look is under way."""
        self._over.set()
        if self._plugs:
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK):
            for plug in self._plugs:
                look(self._others, plug)


def look(others: Others, plug: Plug) -> None:
    """Put a plug in where its other is there again; notice where it is not. Blocks."""
    there = tuple(others.there(plug))
    found = found_again(plug, there)
    if plug.other is not None and found != plug.other:
        plug.other = None
        others.lose(plug)
    if plug.other is None and found is not None and others.put(plug, found):
        plug.other = plug.last = found
    if plug.other is not None:
        plug.beside = there


def found_again(plug: Plug, there: tuple[str, ...]) -> str | None:
    """Return the name of what a plug belongs in, None where it is away or cannot be told.

    That is the port that it was in last, under other ALSA numbers too, or a new one that the
    user's word means. What was there beside it is another.
    """
    if plug.other in there:
        return plug.other
    fresh = tuple(name for name in there if name not in plug.beside)
    numberless = ALSA_NUMBERS.sub("", plug.last)
    tries = (whole(plug.last, there), whole(numberless, fresh), matches(plug.wanted, fresh))
    return next((found[0] for found in tries if len(found) == 1), None)


def plugs_of(intakes: Iterable[Intake], outtakes: Iterable[Outtake]) -> list[Plug]:
    """Return a plug for every port of ours that belongs on a named one."""
    ends = [(one.name, True, one.wanted, one.source) for one in intakes]
    ends += [(one.name, False, one.wanted, one.target) for one in outtakes]
    return [
        Plug(name, incoming, wanted, other, other or "")
        for name, incoming, wanted, other in ends
        if wanted is not None
    ]

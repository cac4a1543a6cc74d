"""What a player hands to the session log: batches of all that happened to it, and the proof.

The player writes no file and waits for nobody. Where the app takes nothing for minutes, this
holds a limited number of happenings and then ends the log of this player with a word.
"""

from loopwright.engine.happen import Happening, Wish
from loopwright.engine.journal import Began, Cut, Entry, Tally, without_reason
from loopwright.engine.state import Settings
from loopwright.live.messages import Noted
from loopwright.live.wire import Wire

BEHIND = 100  # values that the app did not take yet: some four seconds of reports
HELD = 20_000  # entries at most: four minutes of a host's clocks and two parts


class Scribe:
    """One player's part of the log. The player's thread; never waits."""

    def __init__(self, wire: Wire, settings: Settings, system: str) -> None:
        self._wire = wire
        self._held: list[Entry] = [Began(settings, system)]
        self._tally = Tally()
        self._full = False

    def opened(self, wishes: tuple[Wish, ...]) -> None:
        """Count what the instrument wished for as it began."""
        self._tally = self._tally.plus(wishes, 0)

    def note(self, happening: Happening) -> None:
        """Keep a happening, before it is played: it may be what the player dies of."""
        self._full = self._full or len(self._held) >= HELD
        if not self._full:
            self._held.append(without_reason(happening))

    def count(self, wishes: tuple[Wish, ...]) -> None:
        """Count what was wished for after it."""
        if not self._full:
            self._tally = self._tally.plus(wishes)

    def tell(self) -> None:
        """Post what is held, unless the app has long taken nothing."""
        if not self._held or self._wire.waiting > BEHIND:
            return
        last = (self._tally, Cut()) if self._full else (self._tally,)
        self._wire.post(Noted((*self._held, *last)))
        self._held = []

"""The player and the composer as the app sees them: started, watched, started again."""

from dataclasses import replace
from functools import partial
from threading import Event

from loopwright.engine.time import Seconds
from loopwright.live.board import Board, Member
from loopwright.live.inbox import Inbox
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.patch import Cable
from loopwright.live.processes import Child, spawn
from loopwright.live.wire import Gone

SILENT = {Member.PLAYER: 1.0, Member.COMPOSER: 4.0}  # seconds without a beat: it is stuck
START = {Member.PLAYER: 15.0, Member.COMPOSER: 20.0}  # seconds that the first beat may take
PAUSE = 1.0  # seconds before a process that died young is started again

MODULES = {
    Member.PLAYER: "loopwright.live.player",
    Member.COMPOSER: "loopwright.live.composer",
}


class Band:
    """The two processes and what they say. The app's main thread; never waits but in `end`."""

    def __init__(self, wiring: Wiring) -> None:
        """Start the player; the composer, who needs the same processors, when it is called."""
        self.board = Board()
        self._bell = Event()
        self._arrived: Inbox[tuple[Member, int, object]] = Inbox()
        self._given: dict[Member, tuple[object, ...]] = {
            Member.PLAYER: (self.board, wiring, None),
            Member.COMPOSER: (self.board,),
        }
        self._wiring = wiring
        self._starts = dict.fromkeys(Member, 0)  # how often each was started
        self._since: dict[Member, Seconds] = {}
        self._children: dict[Member, Child] = {}
        self.start(Member.PLAYER)

    def tell(self, member: Member, value: object) -> None:
        """Post a value to one of the two."""
        self._children[member].wire.post(value)

    def insist(self, system: str, *, exact: bool) -> None:
        """Have every later player open the MIDI system that the first one found, as that did."""
        self._wiring = replace(self._wiring, midi_system=system, exact=exact)
        self.patch(())

    def patch(self, cables: tuple[Cable, ...]) -> None:
        """Have every later player connect its ports like this."""
        self._given[Member.PLAYER] = (self.board, self._wiring, cables)

    def fell(self, member: Member) -> None:
        """Have one of the two started again: it runs, but does not do what it is for."""
        self._children[member].end(0.0)

    def heard(self, patience: float) -> list[tuple[Member, object]]:
        """Take what both said, waiting for at most `patience` seconds for something."""
        self._bell.wait(patience)
        self._bell.clear()
        said = self._arrived.take()
        return [
            (member, value)
            for member, start, value in said
            if start == self._starts[member] and not isinstance(value, Gone)
        ]

    def revived(self) -> list[Member]:
        """Start again who died, or shows no life; return who that was."""
        fallen = [member for member in self._children if self._fallen(member)]
        for member in fallen:
            self._children[member].end(0.0)
            self.start(member)
        return fallen

    def end(self) -> None:
        """Tell both to end, and see to it that they do: a second or two at most."""
        for child in self._children.values():
            child.wire.post(Gone())
        for child in self._children.values():
            child.end()

    def _fallen(self, member: Member) -> bool:
        """Whether a process died (not just now, for it may die again), or is stuck."""
        since = self._since[member]
        if not self._children[member].alive:
            return now() - since > PAUSE
        beat = self.board.last_beat(member)
        patience = SILENT[member] if beat > since else START[member]
        return now() - max(beat, since) > patience

    def start(self, member: Member) -> None:
        """Start one of the two."""
        self._starts[member] += 1
        self._since[member] = now()
        arrive = partial(self._arrive, member, self._starts[member])
        self._children[member] = spawn(MODULES[member], arrive, *self._given[member])

    def _arrive(self, member: Member, start: int, value: object) -> None:
        self._arrived.put((member, start, value))
        self._bell.set()

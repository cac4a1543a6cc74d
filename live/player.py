"""The player process: the only owner of MIDI ports. It feeds the conductor and does its wishes.

Nothing here imports numpy or a model, waits for another process, or writes a file.
"""

import gc
import os
import signal
import sys
import time
from dataclasses import dataclass, replace
from math import inf
from typing import cast

from loopwright.engine import conduct, midi, status
from loopwright.engine.errors import PortError
from loopwright.engine.happen import (
    Action,
    Ask,
    End,
    Happening,
    Keep,
    Pressed,
    Send,
    Wish,
    Woke,
)
from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, Tick, Timeline
from loopwright.live.board import Board
from loopwright.live.inbox import Inbox
from loopwright.live.now import LONGEST_SPIN, now
from loopwright.live.options import Wiring
from loopwright.live.patch import Cable
from loopwright.live.ports import Outlet, open_ports
from loopwright.live.processes import explained
from loopwright.live.tape import Tape
from loopwright.live.wire import Gone, Pipe, Wire

NAP = 0.001  # seconds between two looks at what came in
REPORTS = 0.1  # seconds between two reports to the app
LINGER = 0.06  # seconds that the MIDI system is given to send the last messages
PRIORITY = 2  # of SCHED_FIFO: below JACK's clients, which have 5
SWITCH = 0.0002  # seconds that one thread may keep the interpreter from another


@dataclass(frozen=True, slots=True)
class PortsOpen:
    """The ports are open, or there is no MIDI system: "none"."""

    system: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoPorts:
    """The ports do not open, with one sentence that says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fell:
    """The player dies of an error of its own, with what and where it was."""

    reason: str


@dataclass(frozen=True, slots=True)
class Patched:
    """The ports are connected in another way than before."""

    cables: tuple[Cable, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """Play, with these settings: the first word to a player. `again`: another one fell."""

    settings: Settings
    again: bool = False


@dataclass(frozen=True, slots=True)
class Playing:
    """Another loop plays, or none; a status that is told carries no loop."""

    loop: Loop | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The performance ended as it should: all is silent."""


def run(connection: Pipe, board: Board, wiring: Wiring, cables: tuple[Cable, ...]) -> None:
    """Open the ports, wait for the settings, and play until the end, or until the app is gone.

    `cables` are how the ports of a player that fell were connected: these will be again.
    The player process's main thread; blocks.
    """
    told: Inbox[object] = Inbox()
    catch_signals(told)
    wire = Wire(connection, told.put)
    try:
        outlet = open_ports(wiring) or Tape(wire.post)
        outlet.connect(cables)
        wire.post(PortsOpen(outlet.system, outlet.names))
        perform(wire, told, outlet, board)
    except (PortError, OSError) as error:
        wire.post(NoPorts(str(error)))
    except Exception as error:  # the outermost line of this process: say why it dies, then die
        wire.post(Fell(explained(error)))
    wire.finish(1.0)


def perform(wire: Wire, told: Inbox[object], outlet: Outlet, board: Board) -> None:
    """Play on open ports, and close them with nothing left to sound. Blocks."""
    try:
        release(board, outlet)
        begin = awaited(told, board)
        if begin is not None:
            if begin.again:
                hush(outlet, begin.settings)
            claim_time()
            Player(wire, told, outlet, board, begin.settings).play()
            wire.post(Ended())
    finally:
        release(board, outlet)
        time.sleep(LINGER)
        outlet.close()


def awaited(told: Inbox[object], board: Board) -> Begin | None:
    """Return the app's first word, None where it is gone. Blocks, and beats."""
    while not told:
        board.beat(now())
        time.sleep(NAP)
    first = told.take_one()
    return first if isinstance(first, Begin) else None


def catch_signals(told: Inbox[object]) -> None:
    """Take the signals that end a process as word that the app is gone. Never waits."""

    def end(*_: object) -> None:
        told.put(Gone())

    ends = [signal.SIGTERM] if sys.platform == "win32" else [signal.SIGTERM, signal.SIGHUP]
    for number in ends:
        signal.signal(number, end)


def claim_time() -> None:
    """Ask for real-time scheduling of this thread, and keep the interpreter from stalling it.

    Threads that run already, the driver's and the wire's, keep the scheduling that they have.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.disable()
    if sys.platform == "linux":
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except OSError:
            return  # not allowed to most users; it plays on without


def release(board: Board, outlet: Outlet) -> None:
    """End every note that the board says sounds. The player's thread; may raise OSError."""
    for part, data in list(board.hanging()):
        outlet.send(part, data, outlet.now())
        board.sent(part, data)


def hush(outlet: Outlet, settings: Settings) -> None:
    """Send "all notes off" to every part, for what a fallen player handed over last."""
    for part, channel in settings.channels.items():
        for data in midi.all_notes_off(channel):
            outlet.send(part, data, outlet.now())


class Player:
    """The conductor's hands and ears. One thread; the inboxes are filled by others."""

    def __init__(
        self, wire: Wire, told: Inbox[object], outlet: Outlet, board: Board, settings: Settings
    ) -> None:
        self._wire, self._told, self._outlet, self._board = wire, told, outlet, board
        self._reported = Seconds(0.0)
        self._loop: Loop | None = None
        self._line: Timeline | None = None
        self._cables: tuple[Cable, ...] = ()
        self._playing = True
        self._state, wishes = conduct.opening(replace(settings, lead=outlet.lead))
        self._grant(wishes)

    def play(self) -> None:
        """Play until the conductor says that it is over. Blocks."""
        while self._playing:
            self._board.beat(now())
            at = self._outlet.now()
            for happening in self._happenings(at):
                self._step(happening)
            due = conduct.due(self._state)
            if due is not None and due <= (at := self._outlet.now()):
                self._step(Woke(at))
                due = conduct.due(self._state)
            self._tell(at)
            self._rest(due)
        self._tell(Seconds(self._reported + REPORTS))

    def _happenings(self, at: Seconds) -> list[Happening]:
        """Return what happened since the last look, in order."""
        heard: list[Happening] = list(self._outlet.heard())
        return heard + [stamped(value, at) for value in self._told.take()]

    def _step(self, happening: Happening) -> None:
        self._state, wishes = conduct.step(self._state, happening)
        if self._outlet.system == "none":
            self._tell_line()
        self._grant(wishes)

    def _grant(self, wishes: tuple[Wish, ...]) -> None:
        for wish in wishes:
            match wish:
                case Send(part, data, at):
                    self._board.sending(part, data)
                    self._outlet.send(part, data, at)
                    self._board.sent(part, data)
                case Ask() | Keep():
                    self._wire.post(wish)
                case End():
                    self._playing = False

    def _tell_line(self) -> None:
        """Tell a recording app where the ticks of our own clock fall, before what falls there."""
        host = self._state.host
        line = None if host is None else Timeline(Tick(host.first), host.base, host.period)
        if line is not None and line != self._line:
            self._wire.post(line)
        self._line = line

    def _tell(self, at: Seconds) -> None:
        """Report to the app, ten times a second; the loop only when it is another."""
        if at - self._reported < REPORTS:
            return
        self._reported = at
        report = status.read(self._state)
        self._wire.post(replace(report, loop=None))
        cables = self._outlet.cables()
        if cables != self._cables:
            self._cables = cables
            self._wire.post(Patched(cables))
        if report.loop is not self._loop:
            self._loop = report.loop
            self._wire.post(Playing(report.loop))

    def _rest(self, due: Seconds | None) -> None:
        """Sleep for a millisecond at most; spin at the end where a message is due."""
        ahead = inf if due is None else due - self._outlet.now()
        spin = LONGEST_SPIN if self._outlet.spins else 0.0
        if ahead <= 0 or ahead > NAP + spin:
            time.sleep(NAP)
            return
        until = now() + ahead
        time.sleep(max(ahead - spin, 0.0))
        while now() < until and not (self._outlet.waiting() or self._told):
            pass


def stamped(value: object, at: Seconds) -> Happening:
    """Return what the app told as something that happens at second `at`."""
    if isinstance(value, Gone):
        return Pressed(Action.QUIT, at)
    return replace(cast(Happening, value), at=at)

"""The player process: the only owner of MIDI ports. It feeds the conductor and does its wishes.

Nothing here imports numpy or a model, waits for another process, or writes a file.
"""

import signal
import sys
import time

from loopwright.engine import midi
from loopwright.engine.errors import PortError
from loopwright.engine.state import Settings
from loopwright.live.board import Board, Member
from loopwright.live.inbox import Inbox
from loopwright.live.linkclock import join, load
from loopwright.live.messages import Begin, Ended, Fell, NoPorts, PortsOpen
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.patch import Cable
from loopwright.live.performer import NAP, Performer
from loopwright.live.ports import Outlet, open_ports
from loopwright.live.processes import explained
from loopwright.live.rights import claim_time
from loopwright.live.tape import Tape
from loopwright.live.wire import Gone, Pipe, Wire

LINGER = 0.06  # seconds that the MIDI system is given to send the last messages


def run(connection: Pipe, board: Board, wiring: Wiring, cables: tuple[Cable, ...]) -> None:
    """Open the ports, wait for the settings, and play until the end, or until the app is gone.

    `cables` are how the ports of a player that fell were connected: these will be again.
    The player process's main thread; blocks.
    """
    told: Inbox[object] = Inbox()
    catch_signals(told)
    wire = Wire(connection, told.put)
    try:
        if wiring.link:
            load()
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
            session = join(begin.settings)
            claim_time()
            Performer(wire, told, outlet, board, begin).play(session)
            wire.post(Ended())
    finally:
        release(board, outlet)
        time.sleep(LINGER)
        outlet.close()


def awaited(told: Inbox[object], board: Board) -> Begin | None:
    """Return the app's first word, None where it is gone. Blocks, and beats."""
    while not told:
        board.beat(Member.PLAYER, now())
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

"""The player process: the only owner of MIDI ports. It feeds the conductor and does its wishes.

Nothing here imports numpy or a model, waits for another process, or writes a file.
"""

import faulthandler
import os
import signal
import sys
import time
from typing import NoReturn

from loopwright.engine import midi
from loopwright.engine.errors import PortError
from loopwright.engine.happen import Resumed
from loopwright.engine.state import Settings
from loopwright.engine.time import NEVER
from loopwright.live.board import Board, Member
from loopwright.live.inbox import Inbox
from loopwright.live.jackports import JackPorts
from loopwright.live.linkclock import join, load
from loopwright.live.messages import Begin, Ended, Fell, NoPorts, PortsOpen
from loopwright.live.midisystem import SystemGone
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.outlet import Outlet
from loopwright.live.patch import Cable
from loopwright.live.performer import NAP, Performer
from loopwright.live.ports import open_ports
from loopwright.live.processes import explained
from loopwright.live.rights import claim_time
from loopwright.live.rtports import Ports
from loopwright.live.tape import Tape
from loopwright.live.wire import Gone, Pipe, Wire

CLOSING = 0.8  # seconds that closing may take
LINGER = 0.06  # seconds that the MIDI system is given to send the last messages


def run(connection: Pipe, board: Board, wiring: Wiring, cables: tuple[Cable, ...] | None) -> None:
    """Open the ports, wait for the settings, and play until the end, or until the app is gone.

    `cables` are those of a player that fell, if one did. The player process's main thread; blocks.
    """
    told: Inbox[object] = Inbox()
    catch_signals(told)
    wire = Wire(connection, told.put)
    try:
        if wiring.link:
            load()
        outlet = opened(board, wiring, cables) or Tape(wire.post)
        realtime = claim_time()
        exact = isinstance(outlet, JackPorts)
        wire.post(PortsOpen(outlet.system, outlet.names, outlet.through, realtime, exact))
        perform(wire, told, outlet, board)
    except SystemGone as error:
        leave_at_once(wire, board, str(error))
    except (PortError, OSError) as error:
        wire.post(NoPorts(str(error)))
    except Exception as error:  # the outermost line of this process: say why it dies, then die
        wire.post(Fell(explained(error)))
    wire.finish(1.0)


def opened(
    board: Board, wiring: Wiring, cables: tuple[Cable, ...] | None
) -> Ports | JackPorts | None:
    """Open the ports, connected as those of a player that fell, if one did. Raises PortError."""
    if cables is None:
        return open_ports(wiring)
    song = board.song()
    outlet = open_ports(wiring, near=0.0 if song is None else song.line.at)
    if outlet is not None:
        outlet.connect(cables)
    return outlet


def leave_at_once(wire: Wire, board: Board, reason: str) -> NoReturn:
    """Say that the MIDI system has gone, and end without a word to it: it may never answer.

    Its clock has gone with it, so nobody can go on in place. Blocks for a second at most.
    """
    board.show(None)
    wire.post(NoPorts(reason))
    wire.finish(1.0)
    os._exit(0)


def perform(wire: Wire, told: Inbox[object], outlet: Outlet, board: Board) -> None:
    """Play on open ports, and close them with nothing left to sound. Blocks.

    Raises SystemGone; the ports are not touched then.
    """
    try:
        release(board, outlet)
        begin = awaited(told, board)
        if begin is not None:
            if begin.again:
                hush(outlet, begin.settings)
                told.put(resumed(begin, board))
            session = join(begin.settings)
            Performer(wire, told, outlet, board, begin).play(session)
            wire.post(Ended())
    except SystemGone:
        raise
    except BaseException:
        close(board, outlet)
        raise
    close(board, outlet)


def close(board: Board, outlet: Outlet) -> None:
    """End what sounds, and close the ports. Blocks for a moment.

    JACK ends its threads by force; one that waits for the interpreter just then takes its lock
    along, and nothing here would ever run again. So the process ends then, whatever happens.
    """
    release(board, outlet)
    time.sleep(LINGER)
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(CLOSING, exit=True, file=nowhere)
        outlet.close()
        faulthandler.cancel_dump_traceback_later()


def resumed(begin: Begin, board: Board) -> Resumed:
    """Return where a player that fell was, for the one that takes over."""
    song = board.song()
    if song is None:
        return Resumed(begin.loop, None, leads=False, at=NEVER)
    return Resumed(begin.loop, song.line, song.leads, NEVER)


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

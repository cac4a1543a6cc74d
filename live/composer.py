"""The composer process: models at work, each on a thread of its own, each at its newest request.

While one preset's models serve, those of the next are opened beside them. An error that nobody
expected ends the whole process, whichever model it was: the app starts another one.
"""

import os
import signal
import sys
import time
from queue import SimpleQueue
from threading import Thread

from loopwright.engine.compose import Request
from loopwright.engine.melody import Melody
from loopwright.live.board import Board, Member
from loopwright.live.loading import Load, Refused, Release
from loopwright.live.now import now
from loopwright.live.processes import explained
from loopwright.live.wire import Gone, Pipe, Wire

PULSE = 0.25  # seconds between two beats
PARTING = 0.3  # seconds that a model may take to come to an end of its work


def run(connection: Pipe, board: Board) -> None:
    """Open the models that the app names, and answer requests until the app is gone.

    The composer process's main thread; blocks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Thread(target=beat, args=(board,), daemon=True).start()
    told: SimpleQueue[object] = SimpleQueue()
    wire = Wire(connection, told.put)
    try:
        distribute(wire, told)
    except Exception as error:  # the outermost line of this process: say why it dies, then die
        wire.post(Refused(None, explained(error)))
    wire.finish(1.0)
    os._exit(0)  # a model that is being opened on another thread would die of a tidy end, loudly


def beat(board: Board) -> None:
    """Show that this process runs, for ever: a stopped one shows nothing. Its own thread; blocks.

    A model at work lets other threads run, so however long it takes, this goes on.
    """
    while True:
        board.beat(Member.COMPOSER, now())
        time.sleep(PULSE)


def distribute(wire: Wire, told: "SimpleQueue[object]") -> None:
    """Hand every word to whom it concerns, until the app is gone. Blocks.

    Raises what a model fell over.
    """
    # Not before this process is there for the app: the models take their time.
    from loopwright.live.workers import Workers  # noqa: PLC0415

    workers = Workers(wire, told)
    while not isinstance(value := told.get(), Gone):
        match value:
            case Load():
                workers.load(value)
            case Request():
                workers.ask(value.slot, value)
            case Melody():
                workers.sing(value.slot, value)
            case Release(slot):
                workers.release(slot)
            case Exception():
                raise value
            case _:
                raise TypeError(f"the app said {value!r}")
    workers.end(PARTING)

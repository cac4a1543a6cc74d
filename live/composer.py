"""The composer process: the model, and one request at a time, the newest."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from loopwright.engine.compose import Composed, Request
from loopwright.engine.errors import LoopwrightError
from loopwright.live.board import Board, Member
from loopwright.live.inbox import Latest
from loopwright.live.now import now
from loopwright.live.processes import explained
from loopwright.live.wire import Pipe, Wire

if TYPE_CHECKING:
    from loopwright.live.runtime import LoopModel

AUTO = "auto"  # the device is ours to choose
PULSE = 0.25  # seconds between two beats
BACKGROUND = 10  # niceness once the music plays: a player without real-time rights comes first


@dataclass(frozen=True, slots=True)
class Load:
    """Open the model in `folder`, on `device`: the first word to a composer."""

    folder: Path
    device: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The model is ready; `device` is what it runs on, `took` seconds."""

    device: str
    took: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The model cannot be used, with one sentence that says why."""

    reason: str


def run(connection: Pipe, board: Board) -> None:
    """Open the model that the app names first, and answer requests until the app is gone.

    The composer process's main thread; blocks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Thread(target=beat, args=(board,), daemon=True).start()
    requests: Latest[object] = Latest()
    wire = Wire(connection, requests.put)
    try:
        answer_all(wire, requests)
    except LoopwrightError as error:
        wire.post(Refused(str(error)))
    except Exception as error:  # the outermost line of this process: say why it dies, then die
        wire.post(Refused(explained(error)))
    wire.finish(1.0)


def beat(board: Board) -> None:
    """Show that this process runs, for ever: a stopped one shows nothing. Its own thread; blocks.

    A model at work lets other threads run, so however long it takes, this goes on.
    """
    while True:
        board.beat(Member.COMPOSER, now())
        time.sleep(PULSE)


def answer_all(wire: Wire, requests: Latest[object]) -> None:
    """Answer the newest request, again and again, until the app is gone. Blocks."""
    # Imported in this process alone: the app tells the messages above apart without the model.
    from loopwright.live.compose_loop import compose  # noqa: PLC0415
    from loopwright.live.runtime import LoopModel  # noqa: PLC0415

    load = requests.take()
    if not isinstance(load, Load):
        return
    began = now()
    model = LoopModel.open(load.folder, load.device)
    wire.post(Opened(model.device, now() - began))
    first = True
    while isinstance(request := requests.take(), Request):
        wire.post(answer(partial(compose, model), request))
        if first:
            model = settled(model, load.device, wire)
        first = False


def settled(model: "LoopModel", device: str, wire: Wire) -> "LoopModel":
    """Step behind the player, now that the first loop is there, and look for a faster device."""
    if sys.platform != "win32":
        os.nice(BACKGROUND)
    if device != AUTO or (fastest := model.fastest()) is model:
        return model
    wire.post(Opened(fastest.device, 0.0))
    return fastest


def answer(composed: Callable[[Request], Composed], request: Request) -> Composed:
    """Return what `composed` makes of a request: a loop, or the reason why there is none."""
    began = now()
    try:
        return replace(composed(request), took=now() - began)
    except LoopwrightError as error:
        return Composed(request.number, None, str(error), now() - began)

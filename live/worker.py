"""One worker per model: a thread that opens it, and answers the newest request.

The composer process alone imports this: the models come with it.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Thread

from loopwright.engine.compose import Composed, Request
from loopwright.engine.errors import LoopwrightError
from loopwright.live.compose_loop import compose
from loopwright.live.inbox import Latest
from loopwright.live.loading import Load, Opened, Refused
from loopwright.live.now import now
from loopwright.live.runtime import AUTO, LoopModel
from loopwright.live.wire import Wire

BACKGROUND = 10  # niceness once the music plays: a player without real-time rights comes first


class Last:
    """No request comes any more."""


Work = Callable[[Load, Wire, Latest[object]], None]
"""Open a model and serve it. Raises LoopwrightError where it cannot be used; returns at Last."""


class Worker:
    """A model at work. `ask` and `end` on the main thread; the work on one of its own."""

    def __init__(self, work: Work, load: Load, wire: Wire, fell: Callable[[object], None]) -> None:
        self._requests: Latest[object] = Latest()
        self._work, self._load, self._wire, self._fell = work, load, wire, fell
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def ask(self, request: object) -> None:
        """Have it answer a request, in place of any that it has not come to yet."""
        self._requests.put(request)

    def end(self) -> None:
        """Have it end when it has answered what it is at."""
        self._requests.put(Last())

    def join(self, patience: float) -> None:
        """Wait for its end, for so many seconds at most."""
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            self._work(self._load, self._wire, self._requests)
        except LoopwrightError as error:
            self._wire.post(Refused(self._load.slot, str(error)))
        except BaseException as error:  # the outermost line of this thread: the process ends of it
            self._fell(error if isinstance(error, Exception) else RuntimeError(repr(error)))


def loop_work(load: Load, wire: Wire, requests: Latest[object]) -> None:
    """Open a loop model and answer for it, until the last request. Blocks.

    The first model of all works at full speed until its first loop is there, for somebody waits
    for it in silence; any other stays behind the player. Raises LoopwrightError.
    """
    began = now()
    if load.first is not None:
        step_back()
    model = opened(load)
    first = None if load.first is None else answer(partial(compose, model), load.first)
    wire.post(Opened(load.slot, model.device, now() - began, first))
    settled = False
    while True:
        if first is not None and not settled:
            model, settled = fastest(model, load, wire), True
        if not isinstance(request := requests.take(), Request):
            return
        first = answer(partial(compose, model), request)
        wire.post(first)


def opened(load: Load) -> LoopModel:
    """Return a slot's loop model, tried out before where nobody vouches for it.

    Raises LoopwrightError.
    """
    if load.strange:
        from loopwright.live.trial import tried  # noqa: PLC0415 - for strangers alone

        tried(load.loop)
    return LoopModel.open(load.loop, load.device)


def fastest(model: LoopModel, load: Load, wire: Wire) -> LoopModel:
    """Step behind the player, now that a loop is there, and look for a faster device."""
    step_back()
    if load.device != AUTO or (found := model.fastest()) is model:
        return model
    wire.post(Opened(load.slot, found.device, 0.0))
    return found


def step_back() -> None:
    """Let the player go first: this thread on Linux, elsewhere the process. May be called again."""
    if sys.platform != "win32" and os.getpriority(os.PRIO_PROCESS, 0) < BACKGROUND:
        os.setpriority(os.PRIO_PROCESS, 0, BACKGROUND)


def answer(composed: Callable[[Request], Composed], request: Request) -> Composed:
    """Return what `composed` makes of a request: a loop, or the reason why there is none."""
    began = now()
    try:
        return replace(composed(request), took=now() - began)
    except LoopwrightError as error:
        return Composed(request.number, None, str(error), now() - began)

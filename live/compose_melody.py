"""A melody model at work in the composer: the newest request counts, between any two tokens."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from loopwright.engine.errors import LoopwrightError, RuntimeMissing
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.phrase import answering
from loopwright.live.graphfiles import AUTO
from loopwright.live.inbox import Latest
from loopwright.live.loading import Load, MelodyOpened, MelodyRefused
from loopwright.live.now import now
from loopwright.live.stepopen import open_steps
from loopwright.live.wire import Wire


def melody_work(load: Load, wire: Wire, requests: Latest[object]) -> None:
    """Open a slot's melody model and answer for it, until the last request. Blocks.

    A model that cannot be used is said to be none: the music goes on without a melody.
    """
    folder = load.melody
    if folder is None:
        return
    began = now()
    try:
        model = opened(folder, load)
    except LoopwrightError as error:
        wire.post(MelodyRefused(folder, str(error)))
        return
    wire.post(MelodyOpened(folder, model.device, now() - began))
    while isinstance(melody := requests.take(), Melody):
        phrase = sung(model, melody, requests.waiting)
        if phrase is not None:
            wire.post(phrase)


def opened(folder: Path, load: Load) -> Stepper:
    """Return a melody model, tried out before where nobody vouches for it.

    The device that was asked for may be one of the loop model's alone. Raises LoopwrightError.
    """
    if load.strange and folder == load.loop:
        from loopwright.live.trial import tried  # noqa: PLC0415 - for strangers alone

        tried(folder, "melody")
    try:
        return open_steps(folder, load.device)
    except RuntimeMissing:
        return open_steps(folder, AUTO)


def sung(stepper: Stepper, melody: Melody, newer: Callable[[], bool]) -> Phrase | None:
    """Return the answer to a request, None where `newer` says that another one has come.

    Blocks for a step of the model a token.
    """
    began = now()
    try:
        for progress in answering(stepper, melody):
            if progress.phrase is not None:
                return replace(progress.phrase, took=now() - began)
            if newer():
                break
    except LoopwrightError as error:
        reached = max(melody.start or 0, melody.reached)
        took = now() - began
        return Phrase(melody.number, melody.answer, melody.composed, reached, str(error), took)
    return None

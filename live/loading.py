"""What the app and the composer tell each other about models, beside requests and answers.

Frozen values; both processes import this, and the app not the models.
"""

from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.compose import Composed, Request


@dataclass(frozen=True, slots=True)
class Load:
    """Open the models of a preset, which requests then call by its `slot`.

    `loop` is the folder of its loop model, `device` what that is to run on. With `first`, that
    loop is composed before the model counts as open. A `strange` model is tried out before, with
    limits of time and memory. `melody` is the folder of the melody model that goes with it, None
    where there is to be none; slots may share one.
    """

    slot: int
    loop: Path
    device: str
    first: Request | None = None
    strange: bool = False
    melody: Path | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Close the models of a slot: nobody will ask them again."""

    slot: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The loop model of a slot is ready; `device` is what it runs on, `took` seconds.

    `first` answers the request that it was loaded with. It comes again where it found a faster
    device.
    """

    slot: int
    device: str
    took: float
    first: Composed | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The models of a slot cannot be used, with one sentence that says why.

    With `slot` None the whole composer dies of it.
    """

    slot: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class MelodyOpened:
    """The melody model of a folder is ready; `device` is what it runs on, `took` seconds."""

    folder: Path
    device: str
    took: float


@dataclass(frozen=True, slots=True)
class MelodyRefused:
    """The melody model of a folder cannot be used, with one sentence that says why."""

    folder: Path
    reason: str

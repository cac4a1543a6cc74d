"""What was chosen to play next, as far as an instrument knows: frozen values."""

from dataclasses import dataclass

from loopwright.engine.setup import Setup
from loopwright.engine.time import Tick


@dataclass(frozen=True, slots=True)
class Bend:
    """The tempo of our own clock, in quarter notes a minute, from the clock of `tick` on."""

    tick: Tick
    tempo: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices of presets so far; `newest` is the number of the last, and the one that counts.

    `bank` is that of the last bank selects, 0..16383. `place` is what is being fetched, None where
    nothing is, or what was not chosen by its place; `fetching` says whether anything is.
    `coming` is what has been fetched for the newest choice, and waits for the next loop boundary.
    """

    bank: int = 0
    newest: int = 0
    place: int | None = None
    fetching: bool = False
    coming: Setup | None = None
    bend: Bend | None = None

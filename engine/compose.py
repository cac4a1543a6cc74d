"""What the conductor asks the composer for, and what comes back. Standard library only."""

from dataclasses import dataclass, field

from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note

BASS_FLOOR, BASS_CEILING = 28, 55  # E1..G3, C1 = 24


def spans_octave(low: int, high: int) -> bool:
    """Say whether each of the twelve pitch classes has a place in the MIDI pitches low..high."""
    return high - low >= 11


@dataclass(frozen=True, slots=True)
class Sampling:
    """How boldly the model draws: temperature, then top-k (0: all), then top-p (1: all)."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Take:
    """What the player gave as a seed: `bars` whole bars of notes, ticks from the first bar."""

    notes: tuple[Note, ...]
    bars: int


@dataclass(frozen=True, slots=True)
class Request:
    """One loop, please.

    `number` names the loop and, with `seed`, its stream of chance. `key` None leaves the bass
    where the model put it; `low` and `high` are the MIDI pitches that it is folded between. `slot`
    is the choice of a preset whose model is asked, 0 for the preset that all began with.
    """

    number: int
    seed: int
    sampling: Sampling = field(default_factory=Sampling)
    key: Key | None = None
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    take: Take | None = None
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Composed:
    """The answer to request `number`: a loop, or the reason why there is none."""

    number: int
    loop: Loop | None
    reason: str = ""
    took: float = 0.0  # seconds

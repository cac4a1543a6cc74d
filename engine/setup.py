"""What a preset brings to an instrument that plays, as one frozen value. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.roll import DRUM_OUT, Drum


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings and the first loop of a preset, which take effect all at once.

    `seed`, `key`, `low`, `high` and `drum_map` are those of `state.Settings`, `parameters` values
    of `engine.parameters`: what is not named there goes to its default. `tempo` is that of our own
    clock, in quarter notes a minute; None leaves it.
    """

    loop: Loop
    seed: int = 0
    key: Key | None = None
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    tempo: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))

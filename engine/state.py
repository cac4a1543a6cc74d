"""What an instrument is told when it begins, and what it knows while it plays: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loopwright.engine.capture import Capture
from loopwright.engine.clock import Follower
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR
from loopwright.engine.feel import Hit
from loopwright.engine.host import Host
from loopwright.engine.jitter import Jitter
from loopwright.engine.keys import Key
from loopwright.engine.notes import Part
from loopwright.engine.parameters import defaults
from loopwright.engine.repertoire import Repertoire
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.schedule import Waiting
from loopwright.engine.sounding import Table
from loopwright.engine.time import FIRST, NEVER, Seconds, Tick
from loopwright.engine.transport import Transport

PARTS = (Part.DRUMS, Part.BASS)
NOTHING: Waiting = dict[Part, tuple[Hit, ...]]({part: () for part in PARTS})


def channels() -> Mapping[Part, int]:
    """Return the channel of each part unless settings say otherwise, 1..16."""
    return {Part.DRUMS: 10, Part.BASS: 1, Part.MELODY: 2}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an instrument is told when it begins.

    `key` None takes that of the first loop. `low` and `high` are the MIDI pitches that the bass
    is folded between. `lead` is how many seconds ahead of their time messages are handed over: 0
    where the output is called when they are due. `loops` ends the performance after so many
    rounds of eight bars, 0 never. With `follow_clock` False a host's clock is not heard: our own
    starts with the first loop, at the parameter `tempo`.
    """

    seed: int = 0
    key: Key | None = None
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    parameters: Mapping[str, float] = field(default_factory=defaults)
    channels: Mapping[Part, int] = field(default_factory=channels)
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))
    lead: Seconds = NEVER
    loops: int = 0
    follow_clock: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """What went wrong so far: late and dropped notes, unknown messages, answers without a loop."""

    late: int = 0
    dropped: int = 0
    unknown: int = 0
    stale: int = 0
    failed: int = 0

    def plus(self, **more: int) -> "Counts":
        """Return the counts with `more` added."""
        return replace(self, **{name: getattr(self, name) + n for name, n in more.items()})


@dataclass(frozen=True, slots=True)
class Plan:
    """The hits laid out up to tick `laid`, a bar line; `origin` is when we began to play here."""

    waiting: Waiting = field(default_factory=lambda: NOTHING)
    laid: Tick = FIRST
    origin: Seconds = NEVER


@dataclass(frozen=True, slots=True)
class State:
    """The whole instrument, at second `now`.

    `jitter` is how far the host's clocks came from the line, all along.
    `retry` is when to ask again after a failure with nothing to play; `reason` is why it failed.
    `ending` says that the last round is laid out; `ended`, that all is silent and over.
    """

    settings: Settings
    parameters: Mapping[str, float]
    follower: Follower
    now: Seconds = NEVER
    transport: Transport = field(default_factory=Transport)
    host: Host | None = None
    repertoire: Repertoire = field(default_factory=Repertoire)
    plan: Plan = field(default_factory=Plan)
    table: Table = field(default_factory=Table)
    capture: Capture = field(default_factory=Capture)
    counts: Counts = field(default_factory=Counts)
    jitter: Jitter = field(default_factory=Jitter)
    reason: str = ""
    retry: Seconds | None = None
    ending: bool = False
    ended: bool = False

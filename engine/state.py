"""What an instrument is told when it begins, and what it knows while it plays: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loopwright.engine.answer import Answering
from loopwright.engine.capture import Capture
from loopwright.engine.choice import Choice
from loopwright.engine.clock import FREEWHEEL, Follower
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR
from loopwright.engine.echo import Echoes
from loopwright.engine.feel import Hit
from loopwright.engine.happen import Deaf
from loopwright.engine.host import Host
from loopwright.engine.jitter import Jitter
from loopwright.engine.keys import Key
from loopwright.engine.notes import CHANNELS, Part
from loopwright.engine.parameters import defaults
from loopwright.engine.position import Reading
from loopwright.engine.repertoire import Repertoire
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.schedule import Waiting
from loopwright.engine.sounding import Table
from loopwright.engine.time import FIRST, NEVER, TICKS_PER_STEP, Seconds, Tick, Timeline
from loopwright.engine.transport import Transport

PARTS = tuple(Part)
NOTHING: Waiting = dict[Part, tuple[Hit, ...]]({part: () for part in PARTS})


def ports() -> Mapping[Part, str]:
    """Return the port that each part leaves on: one of its own."""
    return {part: part.value for part in Part}


def offsets_of(parameters: Mapping[str, float]) -> Mapping[Part, Seconds]:
    """Return the signed offset of each part that plays."""
    return {part: Seconds(parameters[f"offset_{part}"] / 1000) for part in PARTS}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an instrument is told when it begins.

    `key` None takes that of the first loop. `low` and `high` are the MIDI pitches that the bass
    is folded between. `ports` says which parts leave on the same port: there, on one channel,
    they share their keys. `lead` is how many seconds ahead of their time messages are handed over:
    0 where the output is called when they are due. `loops` ends the performance after so many
    rounds of eight bars, 0 never. With `follow_clock` False a host's clock is not heard: our own
    starts with the first loop, at the parameter `tempo`.

    `unit` is how many ticks a host's song positions count in: 6, or 1 from a host that sends
    clocks. `freewheel` is how many seconds the music goes on without clocks; infinite until Stop.
    With `restart` False a Start that comes while we play is ignored.

    With `sends_clock` others follow our own clock. With `waits` it does not start by itself. With
    `session` the clock that we follow is one of several peers, who may all start, stop and bend it.

    `style` is a word of the melody model's own; one that does not know it plays as ever.

    `slot` is the choice that plays, 0 the preset that all began with, and `choices` is how many
    there were before: later ones count on.
    """

    seed: int = 0
    key: Key | None = None
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    parameters: Mapping[str, float] = field(default_factory=defaults)
    channels: Mapping[Part, int] = field(default_factory=lambda: dict(CHANNELS))
    ports: Mapping[Part, str] = field(default_factory=ports)
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))
    lead: Seconds = NEVER
    loops: int = 0
    follow_clock: bool = True
    unit: int = TICKS_PER_STEP
    freewheel: Seconds = FREEWHEEL
    restart: bool = True
    sends_clock: bool = False
    waits: bool = False
    session: bool = False
    style: str = ""
    slot: int = 0
    choices: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What went wrong so far: late and dropped notes, unknown messages, answers without a loop.

    `echoes` are messages of our own that came back to us. `tardy` melodies came when some of their
    notes' time had passed, `unanswered` ones did not come.
    """

    late: int = 0
    dropped: int = 0
    unknown: int = 0
    stale: int = 0
    failed: int = 0
    echoes: int = 0
    tardy: int = 0
    unanswered: int = 0

    def plus(self, **more: int) -> "Counts":
        """Return the counts with `more` added."""
        return replace(self, **{name: getattr(self, name) + n for name, n in more.items()})


@dataclass(frozen=True, slots=True)
class Plan:
    """The hits laid out up to tick `laid`, a bar line; `origin` is when we began to play here."""

    waiting: Waiting = field(default_factory=lambda: NOTHING)
    laid: Tick = FIRST
    origin: Seconds = NEVER


@dataclass(frozen=True)  # without slots: `but` needs a dictionary
class State:
    """The whole instrument, at second `now`; `offsets` are those of `parameters`.

    `jitter` is how far the host's clocks came from the line, all along.
    `retry` is when to ask again after a failure with nothing to play; `reason` is why it failed.
    `peers` is how many others are in the session that we play in, None without one.
    `search` is the line of a song that a player fell from, until a clock lies on it.
    `deaf` is a gap in what is heard, until the host's next clock; `made_up` is how many clocks were
    counted for it, until one comes in its time. `skipped` says that there was one while we stood
    still beside a host's clock, and that the host has started or stopped nothing since.
    `elsewhere` is the song position that a host told while our own clock led.
    `ending` says that the last round is laid out; `ended`, that all is silent and over.
    """

    settings: Settings
    parameters: Mapping[str, float]
    follower: Follower
    offsets: Mapping[Part, Seconds]
    now: Seconds = NEVER
    transport: Transport = field(default_factory=Transport)
    host: Host | None = None
    repertoire: Repertoire = field(default_factory=Repertoire)
    plan: Plan = field(default_factory=Plan)
    table: Table = field(default_factory=Table)
    capture: Capture = field(default_factory=Capture)
    answering: Answering = field(default_factory=Answering)
    echoes: Echoes = field(default_factory=Echoes)
    reading: Reading = field(default_factory=Reading)
    choice: Choice = field(default_factory=Choice)
    counts: Counts = field(default_factory=Counts)
    jitter: Jitter = field(default_factory=Jitter)
    reason: str = ""
    retry: Seconds | None = None
    peers: int | None = None
    search: Timeline | None = None
    deaf: Deaf | None = None
    made_up: int = 0
    skipped: bool = False
    elsewhere: int | None = None
    ending: bool = False
    ended: bool = False

    def but(self, **changes: object) -> "State":
        """Return the state with some fields changed: `replace`, at a tenth of its price.

        Each step of a performance makes several.
        """
        after = object.__new__(State)
        after.__dict__.update(self.__dict__)
        after.__dict__.update(changes)
        return after

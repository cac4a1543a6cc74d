"""What happens to the instrument, and what it wishes for in return: frozen values.

`conduct.step(state, happening) -> (state, wishes)` is the whole instrument; a recorded list of
happenings plays again exactly. Every happening carries `at`, in seconds of the run's one clock.
"""

from dataclasses import dataclass
from enum import StrEnum

from loopwright.engine import compose
from loopwright.engine.duet import Duet
from loopwright.engine.melody import USUAL_TEMPO, Melody, Phrase
from loopwright.engine.notes import Loop, Part
from loopwright.engine.setup import Setup
from loopwright.engine.time import Seconds, Timeline


class Action(StrEnum):
    """Something the player of the instrument does."""

    NEW = "new"  # compose another loop, for the next loop boundary
    GROW = "grow"  # the same, grown from what was played in
    KEEP = "keep"  # save the loop that plays
    KEEP_PHRASE = "keep phrase"  # save the latest answer, with what was played before it
    BACK = "back"  # bring back the loop before this one
    ANSWER = "answer"  # go on with a melody from what was played
    NEXT = "next slot"  # another preset, for the next loop boundary: the one after this
    BEFORE = "slot before"
    PLAY = "play"  # start or stop our own clock
    GO_ON = "go on"  # start it where it stopped
    PANIC = "panic"  # silence everything, now
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Heard:
    """One complete MIDI message came in."""

    data: bytes
    at: Seconds
    port: str = "in"


@dataclass(frozen=True, slots=True)
class Woke:
    """Time has passed; nothing else happened."""

    at: Seconds


@dataclass(frozen=True, slots=True)
class Answered:
    """The composer answered."""

    composed: compose.Composed
    at: Seconds


@dataclass(frozen=True, slots=True)
class Phrased:
    """The composer has gone on with a melody, or says why not."""

    phrase: Phrase
    at: Seconds


@dataclass(frozen=True, slots=True)
class Pressed:
    """An action was asked for: a key, a CC, a note, a command."""

    action: Action
    at: Seconds


@dataclass(frozen=True, slots=True)
class Turned:
    """A parameter of `engine.parameters` was set, in its own unit."""

    name: str
    value: float
    at: Seconds


@dataclass(frozen=True, slots=True)
class Recalled:
    """A kept loop is to play from the next loop boundary."""

    loop: Loop
    at: Seconds


@dataclass(frozen=True, slots=True)
class Chosen:
    """A slot was chosen: that of program `place` % 128 in bank `place` // 128, both from 0."""

    place: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class Fetched:
    """What choice `number` stands for is there, its model open; None: it cannot be had."""

    number: int
    setup: Setup | None
    at: Seconds


@dataclass(frozen=True, slots=True)
class Session:
    """The session that we play in changed: so many others, or this tempo.

    A new tempo counts from second `due` on, that of the next clock; None where it is as it was.
    """

    peers: int
    tempo: float
    due: Seconds | None
    at: Seconds


@dataclass(frozen=True, slots=True)
class OutputLost:
    """An output went away, as a cable does that is pulled: what sounds there is not ours any more.

    The music goes on.
    """

    at: Seconds


@dataclass(frozen=True, slots=True)
class Deaf:
    """What came in from second `since` on, up to now, may be lost: nobody could take it.

    For `skipped` seconds of these nothing of ours was run at all.
    """

    since: Seconds
    at: Seconds
    skipped: Seconds


@dataclass(frozen=True, slots=True)
class Resumed:
    """Another player fell before this one: `loop` played, and `line` is where its song was.

    `line` is None where nothing played, or nobody knows; `leads`: by our own clock.
    """

    loop: Loop | None
    line: Timeline | None
    leads: bool
    at: Seconds


Happening = (
    Heard
    | Woke
    | Answered
    | Phrased
    | Pressed
    | Turned
    | Recalled
    | Chosen
    | Fetched
    | OutputLost
    | Deaf
    | Session
    | Resumed
)


@dataclass(frozen=True, slots=True)
class Send:
    """Send one complete MIDI message of `part` at second `at`."""

    part: Part
    data: bytes
    at: Seconds


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the composer for a loop."""

    request: compose.Request


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the melody's composer what is played, or ask it to go on from that."""

    melody: Melody


@dataclass(frozen=True, slots=True)
class Keep:
    """Save this loop."""

    loop: Loop


@dataclass(frozen=True, slots=True)
class KeepPhrase:
    """Save this phrase, played by choice `slot` at a tempo; None: there is none."""

    duet: Duet | None
    slot: int = 0
    tempo: float = USUAL_TEMPO


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch what choice `number` stands for: the slot of a place, as `Chosen` counts them.

    With `place` None it is the slot that many steps after the one chosen last, or before.
    """

    number: int
    place: int | None
    step: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """Send one message to those who follow our clock at second `at`."""

    data: bytes
    at: Seconds


@dataclass(frozen=True, slots=True)
class Play:
    """Ask the session that we play in to start; where it plays, to stop, if it `stops`."""

    stops: bool = True


@dataclass(frozen=True, slots=True)
class Pace:
    """Ask the session that we play in for another tempo, in quarter notes a minute."""

    tempo: float


@dataclass(frozen=True, slots=True)
class End:
    """The performance is over: everything is silent, the ports may close."""


Wish = Send | Ask | Tell | Keep | KeepPhrase | Fetch | Cue | Play | Pace | End

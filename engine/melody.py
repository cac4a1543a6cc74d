"""What the conductor asks the melody's composer for, and what comes back. Standard library only.

Every request tells all that it is about, so that one may be lost, asked again, or played again from
a journal. Ticks count from the bar line that the seed's first bar begins with: tick 0 of a request
is a bar line of the host.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from loopwright.engine.compose import Sampling
from loopwright.engine.keys import Key
from loopwright.engine.notes import Note
from loopwright.engine.phraseclose import Close

FLOOR, CEILING = 48, 84  # C3..C6, C1 = 24: what a lead plays unless told otherwise
USUAL_TEMPO = 120.0  # quarter notes a minute, where nobody says otherwise
BOLD = Sampling(0.8, 50, 0.95)  # melody paper: the defaults of its sampling


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may do, whatever the model would like: masks on what is drawn.

    `classes` are the pitch classes that may sound, empty for all twelve. `low` and `high` are MIDI
    pitches. `density` is how many notes may begin in a beat, 0 for as many as come. `rest` is the
    longest silence in ticks, 0 for any. `close` is how it comes to rest, None: it does not.
    """

    classes: frozenset[int] = frozenset()
    low: int = FLOOR
    high: int = CEILING
    density: int = 0
    rest: int = 0
    close: Close | None = None

    def at(self, tick: int) -> Self:
        """Return what may be done at a tick, whatever the others let."""
        if self.close is None:
            return self
        home = self.close.home & (self.classes or self.close.home)
        rests = tick >= self.close.since and home
        return replace(self, classes=home if rests else self.classes, close=None)


@dataclass(frozen=True, slots=True)
class Melody:
    """Go on from `seed`, please: notes from tick `start` on, complete up to tick `until` at least.

    `number` names the request, and the newest counts; `answer` names the answer that it is a
    part of: with `seed_number`, its stream of chance. `composed` are the answer's notes so far;
    they stand. `earlier` is what was answered just before that goes on into this one, while the
    player played on: its latest bars are heard behind the seed, and nothing in it is repeated for
    ever. With `start` None there is nothing to answer yet:
    the seed is told while it is played, so that the model has heard it when it is to answer.
    `style` is a word of the model's own. `tempo`, in quarter notes a minute, is the host's, for
    models that know of it.
    `slot` is the choice of a preset whose model is asked, as in `compose.Request`.
    """

    number: int
    answer: int
    seed_number: int
    seed: tuple[Note, ...]
    start: int | None
    until: int = 0
    composed: tuple[Note, ...] = ()
    earlier: tuple[Note, ...] = ()
    reached: int = 0
    sampling: Sampling = BOLD
    limits: Limits = field(default_factory=Limits)
    key: Key | None = None
    style: str = ""
    slot: int = 0
    tempo: float = USUAL_TEMPO


@dataclass(frozen=True, slots=True)
class Phrase:
    """The answer to request `number`: the notes from tick `start` on, those before included.

    Nothing more can begin before tick `reached`. `reason` says why there are none, or fewer.
    """

    number: int
    answer: int
    notes: tuple[Note, ...]
    reached: int
    reason: str = ""
    took: float = 0.0  # seconds

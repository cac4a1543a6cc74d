"""How far REMI's simple tokens have told, token by token; units are an eighth of a beat."""

from dataclasses import dataclass, replace

from loopwright.engine.notes import Note, Part
from loopwright.engine.remitokens import BAR_UNITS, UNITS_PER_BEAT, Kind, Meaning
from loopwright.engine.time import TICKS_PER_QUARTER

TICKS_PER_UNIT = TICKS_PER_QUARTER // UNITS_PER_BEAT
UNTOLD = 0  # the velocity of a note whose tokens tell of none


@dataclass(frozen=True, slots=True)
class RemiState:
    """Where the tokens are: `now`, in the bar that begins at `bar`, and what was told `last`.

    `end` is where all notes have ended. `said` is when the last token was told, `marked` whether a
    mark came after it. A note that is being told has its `pitch`, then its `velocity`; `here` are
    the pitches that began now, `crowd` is how many notes began in the beat of the last `onset`.
    """

    notes: tuple[Note, ...] = ()
    bar: int = -BAR_UNITS
    now: int = 0
    end: int = 0
    said: int = -1
    last: Kind = Kind.OTHER
    marked: bool = False
    pitch: int | None = None
    velocity: int = UNTOLD
    here: tuple[int, ...] = ()
    crowd: int = 0
    onset: int = -UNITS_PER_BEAT

    @property
    def silent_from(self) -> int:
        """Where a rest would begin."""
        return max(self.end, self.now)

    def time_of(self, token: Meaning) -> int:
        """Return when a token would be told."""
        if token.kind is Kind.BAR:
            return self.bar + BAR_UNITS
        if token.kind is Kind.POSITION:
            return self.bar + int(token.value)
        return self.silent_from if token.kind is Kind.REST else self.now

    def after(self, token: Meaning) -> "RemiState":
        """Return the state once a token has come; one that tells nothing is passed."""
        if token.kind is Kind.OTHER:
            return self
        if token.kind is Kind.MARK:
            return replace(self, marked=True)
        if token.kind is Kind.DURATION:
            return self.with_note(int(token.value))
        if token.kind is Kind.VELOCITY:
            return replace(self, velocity=int(token.value), last=token.kind)
        pitch = int(token.value) if token.kind is Kind.PITCH else None
        told = replace(
            self, said=self.time_of(token), last=token.kind, marked=False, pitch=pitch
        )  # fmt: skip
        return told.moved(token)

    def moved(self, token: Meaning) -> "RemiState":
        """Return the state with time gone on, if the token that was just told moves it."""
        if token.kind is Kind.BAR:
            return replace(self, bar=self.said, now=self.said, here=())
        if token.kind is Kind.POSITION:
            return replace(self, now=self.said, here=self.here if self.said == self.now else ())
        if token.kind is Kind.REST:
            now = self.said + int(token.value)
            return replace(self, now=now, bar=now - now % BAR_UNITS, here=())
        return self

    def with_note(self, units: int) -> "RemiState":
        """Return the state once a note has its length."""
        if self.pitch is None:
            return self
        told = Note(
            self.now * TICKS_PER_UNIT,
            units * TICKS_PER_UNIT,
            self.pitch,
            self.velocity,
            Part.MELODY,
        )
        together = self.now // UNITS_PER_BEAT == self.onset // UNITS_PER_BEAT
        return replace(
            self,
            notes=(*self.notes, told),
            end=max(self.end, self.now + units),
            last=Kind.DURATION,
            pitch=None,
            here=(*self.here, self.pitch),
            crowd=self.crowd * together + 1,
            onset=self.now,
        )

"""The sounding table: every note-on that was sent, until its note-off was.

Each sounding note is known by where it went, its port, channel and pitch, and by a number of its
own, so that an off can never end a later note. Each key remembers the latest second that it was
committed to: nothing is sent to it for an earlier one, so an off stays before the on that follows
it, whatever the clock does. Other keys do not wait for it: what was handed over ahead of a jump
never delays the downbeat there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loopwright.engine.feel import Hit
from loopwright.engine.notes import Part
from loopwright.engine.time import NEVER, Seconds

Outlet = tuple[str, int]
"""The port and the channel that a note leaves by."""

Key = tuple[Outlet, int]
"""Where a pitch is struck."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A note that sounds until `end`, an absolute tick with a fraction; on since second `at`."""

    number: int
    part: Part
    outlet: Outlet
    pitch: int
    end: float
    at: Seconds


@dataclass(frozen=True, slots=True)
class Off:
    """The note-off of voice `number`, for second `at`."""

    number: int
    part: Part
    pitch: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class Table:
    """What sounds, in the order in which it began; `latest` is what each key is committed to."""

    voices: tuple[Voice, ...] = ()
    numbers: int = 0
    latest: Mapping[Key, Seconds] = field(default_factory=dict[Key, Seconds])

    @property
    def frontier(self) -> Seconds:
        """The latest second that anything is committed to."""
        return max(self.latest.values(), default=NEVER)


def key_of(voice: Voice) -> Key:
    """Return the key that a voice holds down."""
    return voice.outlet, voice.pitch


def voice_at(table: Table, outlet: Outlet, pitch: int) -> Voice | None:
    """Return the voice that holds a key down, None if it is up."""
    for voice in table.voices:
        if voice.pitch == pitch and voice.outlet == outlet:
            return voice
    return None


def turn_on(
    table: Table, hit: Hit, outlet: Outlet, at: Seconds
) -> tuple[Table, tuple[Off, ...], Seconds]:
    """Return the table in which a hit sounds, what must end before, and the second of its on.

    The second is `at`, or later where the key is committed for later already.
    """
    at = max(at, table.latest.get((outlet, hit.pitch), NEVER))
    held = voice_at(table, outlet, hit.pitch)
    ended = () if held is None else (held,)
    kept = tuple(v for v in table.voices if v is not held) if ended else table.voices
    voice = Voice(table.numbers, hit.part, outlet, hit.pitch, hit.place + hit.length, at)
    latest = {**table.latest, (outlet, hit.pitch): at}
    after = Table((*kept, voice), table.numbers + 1, latest)
    return after, tuple(off_of(v, at) for v in ended), at


def turn_off(table: Table, voice: Voice, at: Seconds) -> tuple[Table, Off]:
    """Return the table without a voice, and its note-off."""
    at = max(at, table.latest[key_of(voice)])
    kept = tuple(v for v in table.voices if v.number != voice.number)
    latest = {**table.latest, key_of(voice): at}
    return replace(table, voices=kept, latest=latest), off_of(voice, at)


def prolonged(table: Table, voice: Voice, end: float) -> Table:
    """Return the table in which a voice sounds until tick `end` at least."""
    longer = replace(voice, end=max(voice.end, end))
    return replace(table, voices=tuple(longer if v is voice else v for v in table.voices))


def flush(table: Table, now: Seconds) -> tuple[Table, tuple[Off, ...]]:
    """Return the empty table, and the note-off of everything, none before its own on."""
    offs = tuple(sorted((off_of(v, now) for v in table.voices), key=lambda off: off.at))
    ends = {key_of(v): max(now, v.at) for v in table.voices}
    return Table((), table.numbers, {**table.latest, **ends}), offs


def moved(table: Table, ticks: int) -> Table:
    """Return the table in which everything ends `ticks` later."""
    return replace(table, voices=tuple(replace(v, end=v.end + ticks) for v in table.voices))


def off_of(voice: Voice, at: Seconds) -> Off:
    """Return the note-off of a voice, not before its on."""
    return Off(voice.number, voice.part, voice.pitch, max(at, voice.at))

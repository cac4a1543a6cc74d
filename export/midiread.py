"""A MIDI file's messages as frozen values with absolute times: the one place where mido reads."""

# mido is not annotated; what it gives is narrowed here, once.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

from dataclasses import dataclass
from io import BytesIO

from mido import MidiFile
from mido.midifiles.meta import KeySignatureError

from loopwright.engine.errors import MidiFileError
from loopwright.engine.time import TICKS_PER_QUARTER

LARGEST = 2 * 1024 * 1024  # bytes: hours of notes, read in some seconds
BROKEN = (EOFError, OSError, ValueError, LookupError, TypeError, KeySignatureError)
NUMBERS = ("channel", "note", "velocity", "program", "numerator", "denominator", "tempo")


@dataclass(frozen=True, slots=True)
class Event:
    """A message of a file: its time in ticks (24 a quarter, with a fraction) and its kind.

    `kind` is mido's name for it (note_on, track_name, ...). Fields that a kind lacks are 0 and "".
    Channels count from 0; a tempo is the microseconds of a quarter note.
    """

    tick: float
    kind: str
    channel: int = 0
    note: int = 0
    velocity: int = 0
    program: int = 0
    numerator: int = 0
    denominator: int = 0
    tempo: int = 0
    name: str = ""


def read_tracks(content: bytes, name: str) -> list[list[Event]]:
    """Return the tracks of a MIDI file of type 0 or 1, called `name` where it is refused.

    Raises MidiFileError, which says at which byte and in which track reading stopped.
    """
    if len(content) > LARGEST:
        raise MidiFileError(
            f"{name} is too large for a seed: {len(content)} bytes, where {LARGEST} are the most"
        )
    if content[:4] != b"MThd":
        raise MidiFileError(f"{name} is no MIDI file")
    stream = BytesIO(content)
    try:
        file = MidiFile(file=stream)
    except BROKEN as trouble:
        track = content[: stream.tell()].count(b"MTrk")
        where = f"byte {stream.tell()}" + (f" (track {track})" if track else "")
        why = str(trouble) or "it ends too early"
        raise MidiFileError(f"{name} cannot be read at {where}: {why}") from None
    if file.type not in (0, 1) or file.ticks_per_beat <= 0:
        raise MidiFileError(f"{name} is of a kind that has no bars (type 2, or SMPTE time)")
    return [events_in(track, TICKS_PER_QUARTER / file.ticks_per_beat) for track in file.tracks]


def events_in(track: list[object], scale: float) -> list[Event]:
    """Return the messages of one of mido's tracks; `scale` makes ticks of the file's ticks."""
    found: list[Event] = []
    now = 0
    for message in track:
        now += message.time
        fields = vars(message)
        numbers = {n: int(fields[n]) for n in NUMBERS if n in fields}
        name = str(getattr(message, "name", ""))
        found.append(Event(now * scale, str(message.type), name=name, **numbers))
    return found

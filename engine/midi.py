"""MIDI messages: what their bytes mean, and the bytes of those sent. Standard library only.

Every message has one line in SPECS. Drivers hand over complete messages, so a message is parsed
alone: neither running status nor real-time bytes inside other messages occur here. Channels are
counted 1..16, as musicians do.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a message is about."""

    NOTE_OFF = "note off"
    NOTE_ON = "note on"
    KEY_PRESSURE = "key pressure"
    CONTROL = "control change"
    PROGRAM = "program change"
    PRESSURE = "channel pressure"
    BEND = "pitch bend"
    SYSEX = "system exclusive"
    TIME_CODE = "time code"
    POSITION = "song position"
    SONG = "song select"
    TUNE = "tune request"
    CLOCK = "clock"
    START = "start"
    CONTINUE = "continue"
    STOP = "stop"
    SENSING = "active sensing"
    RESET = "reset"


SPECS: dict[int, tuple[Kind, int]] = {
    0x80: (Kind.NOTE_OFF, 2),
    0x90: (Kind.NOTE_ON, 2),
    0xA0: (Kind.KEY_PRESSURE, 2),
    0xB0: (Kind.CONTROL, 2),
    0xC0: (Kind.PROGRAM, 1),
    0xD0: (Kind.PRESSURE, 1),
    0xE0: (Kind.BEND, 2),
    0xF1: (Kind.TIME_CODE, 1),
    0xF2: (Kind.POSITION, 2),
    0xF3: (Kind.SONG, 1),
    0xF6: (Kind.TUNE, 0),
    0xF8: (Kind.CLOCK, 0),
    0xFA: (Kind.START, 0),
    0xFB: (Kind.CONTINUE, 0),
    0xFC: (Kind.STOP, 0),
    0xFE: (Kind.SENSING, 0),
    0xFF: (Kind.RESET, 0),
}
"""Status byte (of channel 1) to the kind of message and how many data bytes follow."""

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
POSITIONS = 2**14  # that a song position can tell, in sixteenths: 128 loops
SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF = 64, 120, 123


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `channel` is 0 for system messages; `first` and `second` are its data bytes."""

    kind: Kind
    channel: int = 0
    first: int = 0
    second: int = 0

    @property
    def sixteenths(self) -> int:
        """Return where a song position points, in sixteenth notes (14 bits, low half first)."""
        return self.first + 128 * self.second


REAL_TIME: dict[bytes, Message] = {
    bytes([status]): Message(kind) for status, (kind, size) in SPECS.items() if size == 0
}


def parse(data: bytes) -> Message | None:
    """Return what one complete message says; None if it is no MIDI message or not complete.

    A note-on of velocity 0 is a note-off, as in running status.
    """
    known = REAL_TIME.get(data)
    if known is not None or not data:
        return known
    status = data[0]
    if status == 0xF0:
        return parse_sysex(data)
    spec = SPECS.get(status & 0xF0 if status < 0xF0 else status)
    if spec is None or len(data) != spec[1] + 1 or max(data[1:], default=0) > 127:
        return None
    return message_of(spec[0], data)


def parse_sysex(data: bytes) -> Message | None:
    """Return a system exclusive message, without its contents; None if it is cut short."""
    whole = len(data) >= 2 and data[-1] == 0xF7 and max(data[1:-1], default=0) < 128
    return Message(Kind.SYSEX) if whole else None


def message_of(kind: Kind, data: bytes) -> Message:
    """Return the message of a kind from its status byte and one or two data bytes."""
    channel = (data[0] & 0x0F) + 1 if data[0] < 0xF0 else 0
    second = data[2] if len(data) > 2 else 0
    if kind is Kind.NOTE_ON and second == 0:
        kind = Kind.NOTE_OFF
    return Message(kind, channel, data[1], second)


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """Return a note-on; velocity 1..127."""
    return bytes((0x8F + channel, pitch, velocity))


def note_off(channel: int, pitch: int) -> bytes:
    """Return a note-off, with the usual release velocity."""
    return bytes((0x7F + channel, pitch, 64))


def control(channel: int, number: int, value: int) -> bytes:
    """Return a control change."""
    return bytes((0xAF + channel, number, value))


def song_position(sixteenths: int) -> bytes:
    """Return a song position pointer, 0..16383 sixteenth notes."""
    return bytes((0xF2, sixteenths & 0x7F, sixteenths >> 7))


def all_notes_off(channel: int) -> tuple[bytes, ...]:
    """Return what silences a channel: pedal up, all notes off, all sound off.

    Some instruments ignore these; they follow note-offs, and never stand in for them.
    """
    numbers = (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF)
    return tuple(control(channel, number, 0) for number in numbers)

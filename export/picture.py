"""A loop as a picture: its piano roll, drums above, bass below, as a PNG file.

A PNG is a head, pixels packed with zlib and an end, each in a chunk with a CRC (W3C, "Portable
Network Graphics", third edition); here with a palette, a byte a pixel.
"""

import struct
import zlib
from collections.abc import Iterable

from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.roll import DRUM_IN, Drum
from loopwright.engine.time import LOOP_TICKS, TICKS_PER_BAR, TICKS_PER_QUARTER

WIDTH = LOOP_TICKS  # pixels: one a tick
ROW = 8  # pixels
GAP = 8  # pixels between drums and bass
BACK, BEAT, BAR, DRUM, BASS = range(5)
PALETTE = bytes.fromhex("101418 20262c 3a444e ffb454 59c2ff")
ORDER = (
    *(Drum.CRASH, Drum.RIDE, Drum.OPEN_HAT, Drum.CLOSED_HAT, Drum.HIGH_TOM, Drum.MID_TOM),
    *(Drum.LOW_TOM, Drum.SNARE, Drum.KICK),
)
"""Drums from the top."""


def png_bytes(loop: Loop) -> bytes:
    """Return the picture of a loop as the bytes of a PNG file."""
    rows = drum_rows(loop.of(Part.DRUMS)) + [empty_row()] * GAP + bass_rows(loop.of(Part.BASS))
    head = struct.pack(">LLBBBBB", WIDTH, len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", PALETTE), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def empty_row() -> bytes:
    """Return a row of pixels with the lines of beats and bars."""
    row = bytearray(WIDTH)
    row[::TICKS_PER_QUARTER] = bytes([BEAT]) * len(row[::TICKS_PER_QUARTER])
    row[::TICKS_PER_BAR] = bytes([BAR]) * len(row[::TICKS_PER_BAR])
    return bytes(row)


def drum_rows(notes: Iterable[Note]) -> list[bytes]:
    """Return rows of pixels, ROW for each drum."""
    notes = list(notes)
    rows: list[bytes] = []
    for drum in ORDER:
        rows += line([note for note in notes if DRUM_IN.get(note.pitch) is drum], DRUM)
    return rows


def bass_rows(notes: Iterable[Note]) -> list[bytes]:
    """Return rows of pixels, ROW for each semitone that the bass spans."""
    notes = list(notes)
    pitches = [note.pitch for note in notes] or [0]
    rows: list[bytes] = []
    for pitch in range(max(pitches), min(pitches) - 1, -1):
        rows += line([note for note in notes if note.pitch == pitch], BASS)
    return rows


def line(notes: Iterable[Note], colour: int) -> list[bytes]:
    """Return ROW rows of pixels with these notes; a pixel after each stays free."""
    row = bytearray(empty_row())
    for note in notes:
        length = max(1, note.length - 1)
        row[note.tick : note.tick + length] = bytes([colour]) * length
    return [bytes(row)] * (ROW - 1) + [empty_row()]

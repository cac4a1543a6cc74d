"""The picture of a loop, taken apart again."""

import struct
import zlib

from loopwright.engine.notes import Loop, Note, Part
from loopwright.export.picture import BACK, BAR, BASS, DRUM, GAP, ORDER, ROW, WIDTH, png_bytes

LOOP = Loop((Note(0, 6, 36, 100, Part.DRUMS), Note(96, 12, 40, 80, Part.BASS)))


def rows_of(content: bytes) -> list[bytes]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, dict[bytes, bytes]()
    while at < len(content):
        (size,) = struct.unpack_from(">L", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert struct.unpack_from(">L", content, at + 8 + size) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, colours = struct.unpack_from(">LLBB", chunks[b"IHDR"])
    assert (width, depth, colours) == (WIDTH, 8, 3)
    pixels = zlib.decompress(chunks[b"IDAT"])
    rows = [pixels[n * (width + 1) : (n + 1) * (width + 1)] for n in range(height)]
    assert all(row[0] == 0 for row in rows)
    return [row[1:] for row in rows]


def test_notes_are_where_they_sound() -> None:
    rows = rows_of(png_bytes(LOOP))
    kick, bass = (len(ORDER) - 1) * ROW, len(ORDER) * ROW + GAP
    assert rows[kick][:7] == bytes([DRUM] * 5 + [BACK] * 2)
    assert rows[bass][96:109] == bytes([BASS] * 11 + [BACK] * 2)
    assert len(rows) == bass + ROW
    assert rows[0][::96] == bytes([BAR] * 8)


def test_silence_has_a_picture_too() -> None:
    assert set(b"".join(rows_of(png_bytes(Loop(()))))) <= {0, 1, 2}

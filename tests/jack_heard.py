"""What an independent client heard, in frames, held against the clock that a host sent."""

# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from math import inf
from pathlib import Path

import mido

DRUMS, BASS = "Loopwright Drums", "Loopwright Bass"
STEP, LOOP = 6, 768  # ticks
Event = tuple[int, bytes]
Note = tuple[str, int, int, int]
"""Part, the tick it begins at, pitch, the tick it ends at."""


@dataclass(frozen=True)
class Heard:
    """What the host sent and the ears heard, in frames."""

    clocks: list[int]
    begin: int  # the number of the clock that is tick 0
    stop: int  # the frame of Stop
    parts: dict[str, list[Event]]

    @property
    def ticks(self) -> int:
        """How many ticks the host played."""
        return bisect_left(self.clocks, self.stop) - self.begin

    def nearest(self, frame: int) -> tuple[int, int]:
        """The sixteenth that a frame is nearest to: its tick, and the frames from it."""
        grid = self.clocks[self.begin :: STEP]
        after = bisect_left(grid, frame)
        places = [place for place in (after - 1, after) if 0 <= place < len(grid)]
        far, place = min((abs(frame - grid[place]), place) for place in places)
        return place * STEP, far

    def onsets(self, part: str) -> list[tuple[int, int, int]]:
        """The note-ons of a part: tick, frames from it, pitch."""
        return [(*self.nearest(f), m[1]) for f, m in self.parts[part] if is_on(m)]

    def notes(self, until: float = inf) -> Counter[Note]:
        """The notes that began before tick `until`, with both their ends."""
        return Counter(
            note for part in self.parts for note in self.notes_of(part) if note[1] < until
        )

    def notes_of(self, part: str) -> list[Note]:
        """The notes of a part; one that never ends is left out."""
        notes, begun = list[Note](), dict[int, int]()
        for frame, message in self.parts[part]:
            if is_on(message):
                begun[message[1]] = self.nearest(frame)[0]
            elif is_off(message) and message[1] in begun:
                begin = begun.pop(message[1])
                notes.append((part, begin, message[1], self.nearest(frame)[0]))
        return notes


def is_on(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x90 and message[2] > 0


def is_off(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x80 or (message[0] & 0xF0 == 0x90 and not message[2])


def sounding_after(events: list[Event]) -> set[bytes]:
    """The notes that were begun and not ended."""
    sounding = set[bytes]()
    for _, message in events:
        note = bytes((message[0] & 0x0F, message[1]))
        if is_on(message):
            assert note not in sounding, "a note began while it sounded"
            sounding.add(note)
        elif is_off(message):
            sounding.discard(note)
    return sounding


def errors(heard: Heard, since: float = 1, until: float = inf) -> list[int]:
    """How far, in frames, note-ons are from the sixteenths of the sent clock, in rising order.

    Those of the ticks from `since` to before `until`; from 1 on means all but the downbeat, which
    no clock before announces.
    """
    onsets = (onset for part in (DRUMS, BASS) for onset in heard.onsets(part))
    return sorted(far for tick, far, _ in onsets if since <= tick < until)


def written(folder: Path) -> list[list[Note]]:
    """The notes of the loops that `loopwright render` wrote, in order."""
    return [notes_in(file) for file in sorted(folder.glob("*.mid"))]


def notes_in(file: Path) -> list[Note]:
    """The notes of a loop in a MIDI file."""
    midi = mido.MidiFile(file)
    ticks = midi.ticks_per_beat // 24
    notes = list[Note]()
    for track in midi.tracks[1:]:
        now, begun = 0, dict[int, int]()
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                begun[message.note] = now // ticks
            elif message.type in ("note_on", "note_off"):
                start = begun.pop(message.note)
                notes.append((f"Loopwright {track.name}", start, message.note, now // ticks))
    return notes


def song(loops: list[list[Note]], ticks: int, until: float = inf) -> Counter[Note]:
    """The notes of loops one after another, up to `ticks`, that begin before tick `until`."""
    notes = (
        (part, number * LOOP + begin, pitch, min(number * LOOP + end, ticks))
        for number, loop in enumerate(loops)
        for part, begin, pitch, end in loop
    )
    return Counter(note for note in notes if note[1] < min(ticks, until))

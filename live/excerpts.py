"""`loopwright render --replay FILE --bars 17-32`: bars of a session as clips for the DAW.

One file with all parts and one of each, all of exactly these bars, with the tempos that were.
"""

from collections.abc import Iterable, Iterator, Sequence

from mido import Message, MetaMessage, MidiTrack

from loopwright.engine.bars import Bars
from loopwright.engine.course import Mark, Placed, tempos
from loopwright.engine.excerpt import Sounded, excerpt, sounded
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds, bpm_of, period_of
from loopwright.export.midifile import FINE, NAMES, file_bytes
from loopwright.live.recorder import in_file, tempo_messages

UNKNOWN = period_of(120.0)  # where no clock ever came
DIGITS = 4  # of a bar in a name: so names sort
Tempos = Sequence[tuple[float, Seconds]]


def clips(stem: str, page: Sequence[Placed | Mark], bars: Bars) -> Iterator[tuple[str, bytes]]:
    """Yield the files of some bars of a page, each with its name; none for what is silent there."""
    placed = [one for one in page if isinstance(one, Placed)]
    notes = excerpt(sounded(placed), bars)
    if not notes:
        return
    held = tempos_in(tempos(one for one in page if isinstance(one, Mark)), bars)
    title = title_of(stem, bars, bpm_of(held[0][1]))
    parts = [part for part in Part if any(note.part is part for note in notes)]
    yield f"{title}.mid", clip(title, parts, notes, (bars, held))
    for part in parts:
        name = f"{title}_{part}"
        yield f"{name}.mid", clip(name, [part], notes, (bars, held))


def title_of(stem: str, bars: Bars, tempo: float) -> str:
    """Return the name of a clip: jam_bar0017_16bar_120bpm."""
    count = bars.last - bars.first + 1
    return f"{stem}_bar{bars.first:0{DIGITS}}_{count}bar_{tempo:.0f}bpm"


def tempos_in(every: Iterable[tuple[int, Seconds]], bars: Bars) -> Tempos:
    """Return the tempos of some bars by their places in them, the first at the beginning."""
    moved = [(place - bars.start, period) for place, period in every]
    before = [period for place, period in moved if place <= 0]
    later = [(float(place), period) for place, period in moved if 0 < place < bars.ticks]
    first = before[-1] if before else moved[0][1] if moved else UNKNOWN
    return [(0.0, first), *later]


def clip(
    title: str, parts: Sequence[Part], notes: Sequence[Sounded], when: tuple[Bars, Tempos]
) -> bytes:
    """Return the MIDI file of some parts."""
    bars, held = when
    tracks = [track_of([n for n in notes if n.part is part], part, bars) for part in parts]
    return file_bytes(conductor(title, bars, held), *tracks)


def conductor(title: str, bars: Bars, held: Tempos) -> MidiTrack:
    """Return the track of name, 4/4 and tempos."""
    name = MetaMessage("track_name", name=title)
    meter = MetaMessage("time_signature", numerator=4, denominator=4)
    last = MetaMessage("end_of_track", time=bars.ticks * FINE - in_file(held[-1][0], FINE))
    return MidiTrack([name, meter, *tempo_messages(held, FINE), last])


def track_of(notes: Iterable[Sounded], part: Part, bars: Bars) -> MidiTrack:
    """Return the track of a part; it ends with the last bar."""
    track = MidiTrack([MetaMessage("track_name", name=NAMES[part])])
    reached = 0
    for tick, _, message in sorted(events(notes), key=lambda event: event[:2]):
        track.append(message.copy(time=tick - reached))
        reached = tick
    track.append(MetaMessage("end_of_track", time=bars.ticks * FINE - reached))
    return track


def events(notes: Iterable[Sounded]) -> Iterator[tuple[int, bool, Message]]:
    """Yield (tick of the file, whether a note begins, message)."""
    for note in notes:
        start, end = in_file(note.place, FINE), in_file(note.place + note.length, FINE)
        on = Message("note_on", channel=note.channel, note=note.pitch, velocity=note.velocity)
        yield start, True, on
        off = Message("note_off", channel=note.channel, note=note.pitch, velocity=0)
        yield max(end, start + 1), False, off

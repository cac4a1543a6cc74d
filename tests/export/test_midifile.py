from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import MidiFile

from loopwright.engine.errors import MidiFileError
from loopwright.engine.keys import Key
from loopwright.engine.notes import CHANNELS, Loop, Note, Part
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.export.midifile import Sheet, midi_bytes
from loopwright.export.midiread import LARGEST, read_tracks
from loopwright.export.takefile import read_take

LOOP = Loop(
    (
        Note(0, 6, 36, 100, Part.DRUMS),
        Note(0, 12, 40, 80, Part.BASS),
        Note(12, 756, 43, 80, Part.BASS),
        Note(762, 6, 42, 100, Part.DRUMS),
    ),
    key=Key(9, minor=True),
)

GOLDEN = b"".join(
    (
        b"MThd\x00\x00\x00\x06\x00\x01\x00\x03\x01\xe0",  # type 1, 3 tracks, 480 a quarter
        b"MTrk\x00\x00\x00\x22",
        b"\x00\xff\x03\x04loop",
        b"\x00\xff\x51\x03\x07\xa1\x20",  # 500 000 us a quarter: 120 bpm
        b"\x00\xff\x58\x04\x04\x02\x18\x08",  # 4/4
        b"\x00\xff\x59\x02\x00\x01",  # A minor
        b"\xf8\x00\xff\x2f\x00",  # ends at 15 360: bar 9
        b"MTrk\x00\x00\x00\x1e",
        b"\x00\xff\x03\x05Drums",
        b"\x00\x99\x24\x64\x78\x89\x24\x00",  # kick, a step long
        b"\xf6\x10\x99\x2a\x64\x78\x89\x2a\x00",  # closed hi-hat on the last step
        b"\x00\xff\x2f\x00",
        b"MTrk\x00\x00\x00\x21",
        b"\x00\xff\x03\x04Bass",
        b"\x00\xc0\x21",
        b"\x00\x90\x28\x50\x81\x70\x80\x28\x00",  # E, two steps
        b"\x00\x90\x2b\x50\xf6\x10\x80\x2b\x00",  # G, to the end
        b"\x00\xff\x2f\x00",
    )
)


def test_a_loop_by_hand_gives_these_bytes() -> None:
    assert midi_bytes(LOOP, Sheet()) == GOLDEN


def test_a_file_that_would_take_minutes_to_read_is_refused_at_once() -> None:
    with pytest.raises(MidiFileError, match=r"^black\.mid is too large for a seed: \d+ bytes"):
        read_tracks(GOLDEN + bytes(LARGEST), "black.mid")


def test_every_track_ends_at_bar_nine_even_in_silence() -> None:
    file = MidiFile(file=BytesIO(midi_bytes(Loop(()), Sheet(tempo=90))))
    assert (file.type, file.ticks_per_beat) == (1, 480)
    for track in read_tracks(midi_bytes(Loop(()), Sheet(tempo=90)), "empty"):
        assert (track[-1].kind, track[-1].tick) == ("end_of_track", 768)


def test_channels_and_drum_map_are_applied() -> None:
    sheet = Sheet(
        channels={**CHANNELS, Part.DRUMS: 3, Part.BASS: 5}, drum_map={**DRUM_OUT, Drum.KICK: 35}
    )
    tracks = read_tracks(midi_bytes(LOOP, sheet), "mapped")
    begun = [(e.channel, e.note) for track in tracks for e in track if e.kind == "note_on"]
    assert begun == [(2, 35), (2, 42), (4, 40), (4, 43)]


def test_a_pitch_again_at_once_is_ended_before_it_begins() -> None:
    again = Loop((Note(0, 12, 40, 80, Part.BASS), Note(12, 12, 40, 80, Part.BASS)))
    events = read_tracks(midi_bytes(again, Sheet()), "again")[2]
    kinds = [event.kind for event in events if event.kind.startswith("note")]
    assert kinds == ["note_on", "note_off", "note_on", "note_off"]


cells = st.sets(st.tuples(st.integers(0, 127), st.sampled_from(sorted(DRUM_OUT.values()))))
lines = st.lists(st.tuples(st.integers(1, 16), st.one_of(st.none(), st.integers(24, 107))))


@given(cells, lines, st.floats(20, 400))
def test_a_take_from_the_file_is_the_loop(
    hits: set[tuple[int, int]], runs: list[tuple[int, int | None]], tempo: float
) -> None:
    notes = [Note(step * 6, 6, pitch, 100, Part.DRUMS) for step, pitch in hits]
    notes.append(Note(0, 6, 36, 100, Part.DRUMS))  # bar 1 is played, so it is bar 1 of the take
    step = 0
    for steps, pitch in runs:
        if pitch is not None and step + steps <= 128:
            notes.append(Note(step * 6, steps * 6, pitch, 80, Part.BASS))
        step += steps
    loop = Loop(tuple(sorted(set(notes))))
    assert read_take(midi_bytes(loop, Sheet(tempo=tempo)), "loop").notes == loop.notes

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage
from timed_midi import Timed, file_of, on

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Note, Part
from loopwright.engine.roll import DRUM_IN, Drum
from loopwright.export.takefile import read_take


def metre(tick: int, beats: int, unit: int = 4) -> Timed:
    return tick, MetaMessage("time_signature", numerator=beats, denominator=unit)


def kick(tick: int) -> Note:
    return Note(tick, 6, 36, 70, Part.DRUMS)


DRUMS = 9


def test_ticks_of_the_file_become_steps() -> None:
    take = read_take(file_of(on(0, 20, 36, DRUMS) + on(481, 950, 40), ticks_per_beat=960), "a.mid")
    assert take.notes == (kick(0), Note(12, 24, 40, 70, Part.BASS))
    assert take.bars == 1


def test_empty_bars_before_the_first_note_are_left_out() -> None:
    take = read_take(file_of(on(4 * 384, 24, 36, DRUMS) + on(7 * 384, 24, 38, DRUMS)), "a.mid")
    assert [(n.tick, n.pitch) for n in take.notes] == [(0, 36), (3 * 96, 38)]
    assert take.bars == 4


def test_a_pickup_before_the_first_bar_is_left_out() -> None:
    take = read_take(file_of(on(288, 24, 38, DRUMS) + on(384, 24, 36, DRUMS)), "a.mid")
    assert take.notes == (kick(0),)


def test_a_pickup_written_as_a_short_bar_is_left_out() -> None:
    events = [metre(0, 1), metre(96, 4), *on(0, 24, 38, DRUMS), *on(96, 24, 36, DRUMS)]
    assert read_take(file_of(events), "a.mid").notes == (kick(0),)


def test_another_metre_outside_of_the_take_does_not_matter() -> None:
    events = [metre(0, 3), metre(288, 4), metre(288 + 8 * 384, 7, 8)]
    drums = [e for bar in range(9) for e in on(288 + bar * 384, 24, 36, DRUMS)]
    take = read_take(file_of(events, drums), "a.mid")
    assert (len(take.notes), take.bars) == (8, 8)


def test_only_eight_bars_are_taken() -> None:
    take = read_take(file_of([e for bar in range(12) for e in on(bar * 384, 999, 40)]), "a.mid")
    assert take.bars == 8
    assert max(note.tick + note.length for note in take.notes) <= 768


def test_bass_is_what_says_so() -> None:
    program = (0, Message("program_change", channel=2, program=38))
    named = (0, MetaMessage("track_name", name="Sub BASS"))
    keys = on(0, 24, 45, 0)
    for marked in ([program, *on(0, 24, 64, 2)], [named, *on(0, 24, 64, 4)]):
        assert [n.pitch for n in read_take(file_of(keys, marked), "a.mid").notes] == [64]
    assert [n.pitch for n in read_take(file_of(keys), "a.mid").notes] == [45]


def test_a_note_that_never_ends_lasts_to_the_end_of_its_track() -> None:
    events: list[Timed] = [(0, Message("note_on", note=40, velocity=70)), metre(768, 4)]
    assert read_take(file_of(events), "a.mid").notes == (Note(0, 192, 40, 70, Part.BASS),)


def test_drums_go_by_the_drum_map_that_is_given() -> None:
    content = file_of(on(0, 24, 24, DRUMS))
    heard = {**DRUM_IN, 24: Drum.SNARE}
    assert [n.pitch for n in read_take(content, "a.mid", heard).notes] == [38]


REFUSED = [
    (b"", "a.mid is no MIDI file"),
    (b"RIFF" * 5, "a.mid is no MIDI file"),
    (file_of(on(0, 24, 36, DRUMS))[:-6], "(track 1): it ends too early"),
    (file_of(on(0, 24, 72)), "a.mid holds no drums (channel 10) and no bass"),
    (file_of([]), "a.mid holds no drums (channel 10) and no bass"),
    (file_of([metre(0, 3), *on(0, 24, 36, DRUMS)]), "a.mid is in 3/4 from quarter note 0 on"),
    (
        file_of([metre(384, 6, 8), *on(0, 24, 36, DRUMS), *on(400, 24, 36, DRUMS)]),
        "a.mid is in 6/8 from quarter note 4 on; seeds are in 4/4",
    ),
    (file_of(on(0, 24, 36, DRUMS)).replace(b"\x00\x01\x00\x01", b"\x00\x02\x00\x01"), "type 2"),
    (file_of(on(0, 24, 36, DRUMS), ticks_per_beat=0xE728 - 0x10000), "SMPTE"),
]


@pytest.mark.parametrize(("content", "says"), REFUSED)
def test_what_is_no_seed_is_refused_with_the_place(content: bytes, says: str) -> None:
    with pytest.raises(MidiFileError, match=re.escape(says)) as refused:
        read_take(content, "a.mid")
    assert "\n" not in str(refused.value)


GOOD = file_of([metre(0, 4), *on(0, 24, 36, DRUMS)], on(0, 48, 40))


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(GOOD)))
    for damaged in (bytes(content), GOOD[:cut]):
        try:
            take = read_take(damaged, "a.mid")
        except MidiFileError:
            continue
        assert take.notes
        assert 1 <= take.bars <= 8

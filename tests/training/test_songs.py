"""Notes to rolls: rounding, range, lowest pitch, sustain, which music is 4/4, broken files."""

import pytest
from small_song import BAR, STEP, song

from loopwright.engine.errors import MidiFileError
from loopwright.engine.roll import BASS_LOW, DRUMS, Drum
from loopwright.training.songs import Bits, Meter, Reading, read_rolls

KICKS = [(0, STEP, 36), (BAR - STEP, STEP, 36)]


def only_roll(content: bytes, reading: Reading | None = None) -> Bits:
    (roll,) = read_rolls(content, reading or Reading())
    return roll


def bass_of(roll: Bits) -> list[tuple[int, int]]:
    return [(int(s), int(p) + BASS_LOW) for s, p in zip(*roll[:, DRUMS:].nonzero(), strict=True)]


def test_a_note_fills_the_steps_it_sounds_on() -> None:
    assert bass_of(only_roll(song([(0, 3 * STEP, 40)], KICKS))) == [(0, 40), (1, 40), (2, 40)]


def test_without_sustain_only_the_onset_is_kept() -> None:
    roll = only_roll(song([(0, 3 * STEP, 40)], KICKS), Reading(sustain=False))
    assert bass_of(roll) == [(0, 40)]


def test_onsets_go_to_the_nearest_step_and_halves_go_up() -> None:
    early, half = STEP // 2 - 1, 4 * STEP + STEP // 2
    roll = only_roll(song([(early, STEP, 40), (half, STEP, 41)], KICKS))
    assert bass_of(roll) == [(0, 40), (5, 41)]


def test_a_note_shorter_than_a_step_is_a_step_long() -> None:
    assert bass_of(only_roll(song([(0, 5, 40)], KICKS))) == [(0, 40)]


def test_of_bass_notes_at_once_the_lowest_stays() -> None:
    both = [(0, 2 * STEP, 47), (STEP, STEP, 40)]
    assert bass_of(only_roll(song(both, KICKS))) == [(0, 47), (1, 40)]
    assert len(bass_of(only_roll(song(both, KICKS), Reading(lowest_only=False)))) == 3


def test_bass_outside_the_roll_is_dropped() -> None:
    assert bass_of(only_roll(song([(0, STEP, 23), (STEP, STEP, 24)], KICKS))) == [(1, 24)]


def test_drums_are_read_by_the_map_and_others_are_dropped() -> None:
    roll = only_roll(song([(0, STEP, 40)], [(0, STEP, 35), (STEP, STEP, 57), (2 * STEP, STEP, 56)]))
    assert roll[0, Drum.KICK]
    assert roll[1, Drum.CRASH]
    assert not roll[2, :DRUMS].any()


def test_the_last_bar_is_filled_up() -> None:
    assert only_roll(song([(0, STEP, 40)], [(BAR, STEP, 36)])).shape == (32, 93)


@pytest.mark.parametrize("signatures", [[(0, 3, 4)], [(0, 4, 4), (BAR, 3, 4)]])
def test_other_meters_are_refused(signatures: list[tuple[int, int, int]]) -> None:
    with pytest.raises(MidiFileError, match="not 4/4"):
        read_rolls(song([(0, STEP, 40)], KICKS, signatures), Reading())


def test_no_time_signature_is_4_4_only_in_the_wide_meter() -> None:
    content = song([(0, STEP, 40)], KICKS, [])
    with pytest.raises(MidiFileError, match="no time signature"):
        read_rolls(content, Reading())
    assert only_roll(content, Reading(meter=Meter.WIDE)).shape == (16, 93)


def test_the_wide_meter_takes_the_stretches_in_4_4() -> None:
    marks = [(0, 4, 4), (2 * BAR, 3, 4), (2 * BAR + 12 * STEP, 4, 4)]
    content = song([(0, STEP, 40), (4 * BAR, STEP, 41)], KICKS, marks)
    first, second = read_rolls(content, Reading(meter=Meter.WIDE))
    assert len(first) == 32
    assert bass_of(second) == [(20, 41)]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"MThd", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk"])
def test_a_broken_file_says_why(content: bytes) -> None:
    with pytest.raises(MidiFileError):
        read_rolls(content, Reading())


def test_a_file_without_drums_or_bass_says_so() -> None:
    with pytest.raises(MidiFileError, match="no drums"):
        read_rolls(song([(0, STEP, 40)], []), Reading())
    with pytest.raises(MidiFileError, match="no bass"):
        read_rolls(song([], KICKS), Reading())

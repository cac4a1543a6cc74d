"""A tune from a MIDI file: which notes are it, where its first bar line is, what is refused."""

import pytest
from mido import MetaMessage
from timed_midi import Timed, file_of, on

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Note, Part
from loopwright.export.tunefile import MOST_BARS, read_tune

QUARTER, BAR = 96, 384


def named(name: str) -> Timed:
    return 0, MetaMessage("track_name", name=name)


def metre(tick: int, beats: int) -> Timed:
    return tick, MetaMessage("time_signature", numerator=beats, denominator=4)


def note(tick: int, length: int, pitch: int) -> Note:
    return Note(tick, length, pitch, 70, Part.MELODY)


def test_ticks_are_a_quarters_24_and_stay_where_they_were_played() -> None:
    tune = read_tune(file_of(on(0, 48, 60) + on(BAR + 5, 300, 64)), "a.mid")
    assert tune.notes == (note(0, 12, 60), note(97, 75, 64))
    assert (tune.bars, tune.tempo) == (2, None)


def test_a_note_that_is_let_go_a_little_late_does_not_make_a_bar_more() -> None:
    assert read_tune(file_of(on(0, BAR + 8, 60)), "a.mid").bars == 1


def test_empty_bars_in_front_are_left_out_and_of_many_bars_the_last_count() -> None:
    tune = read_tune(file_of(on(3 * BAR + QUARTER, QUARTER, 60)), "a.mid")
    assert (tune.notes, tune.bars) == ((note(24, 24, 60),), 1)
    long = [event for bar in range(40) for event in on(bar * BAR, BAR, bar)]
    tune = read_tune(file_of(long), "a.mid")
    assert [n.pitch for n in tune.notes] == list(range(40 - MOST_BARS, 40))
    assert (tune.notes[0].tick, tune.bars) == (0, MOST_BARS)


def test_a_pickup_keeps_its_place_before_the_bar_line() -> None:
    tune = read_tune(
        file_of([metre(0, 1), metre(QUARTER, 4), *on(0, QUARTER, 55), *on(96, 96, 60)]), "a.mid"
    )
    assert tune.notes == (note(72, 24, 55), note(96, 24, 60))


@pytest.mark.parametrize("name", ["Lead Synth", "MELODY", "Vocals", "Solo 1"])
def test_a_track_that_is_called_so_is_the_tune(name: str) -> None:
    tune = read_tune(file_of([named("Piano"), *on(0, 96, 40)], [named(name), *on(0, 96, 72)]), "a")
    assert [n.pitch for n in tune.notes] == [72]


def test_else_all_but_drums_and_bass_is_the_tune_and_the_bass_where_it_is_alone() -> None:
    drums, bass, keys = on(0, 9, 36, 9), [named("Bass"), *on(0, 96, 33)], on(0, 96, 64)
    assert [n.pitch for n in read_tune(file_of(drums, bass, keys), "a").notes] == [64]
    assert [n.pitch for n in read_tune(file_of(drums, bass), "a").notes] == [33]


def tempo(tick: int, quarter: int) -> Timed:
    return tick, MetaMessage("set_tempo", tempo=quarter)


FAST, SLOW, WILD = 400_000, 750_000, 100  # microseconds a quarter: 150, 80, 600000 BPM


@pytest.mark.parametrize(
    ("told", "tempos"),
    [
        ([], ()),
        ([(0, FAST)], ((0, 150.0),)),
        ([(0, FAST), (0, SLOW)], ((0, 80.0),)),
        ([(0, WILD)], ()),
        ([(0, FAST), (BAR, WILD), (BAR + QUARTER, SLOW)], ((0, 150.0), (24, 80.0))),
        ([(QUARTER, FAST), (BAR // 2, SLOW)], ((0, 80.0),)),  # an empty bar in front
        ([(BAR + QUARTER, SLOW)], ((0, 120.0), (24, 80.0))),
        ([(0, FAST), (2 * BAR, SLOW)], ((0, 150.0), (96, 80.0))),  # as it ends
        ([(0, FAST), (2 * BAR + 3, SLOW)], ((0, 150.0),)),
        ([(3 * BAR, SLOW)], ()),
    ],
)
def test_tempos_are_those_of_the_tune_up_to_its_end(
    told: list[tuple[int, int]], tempos: tuple[tuple[int, float], ...]
) -> None:
    master = [tempo(*one) for one in told]
    tune = read_tune(file_of(master, on(BAR, QUARTER, 60)), "a.mid")
    assert tune.tempos == tempos
    assert tune.tempo == (tempos[-1][1] if tempos else None)


REFUSED = (
    ("drums", file_of(on(0, 9, 36, 9)), "a.mid holds drums alone: no melody goes on from those"),
    ("no notes", file_of([named("Piano")]), "a.mid holds no notes"),
    ("waltz", file_of([metre(0, 3), *on(0, 96, 60)]), "a.mid is in 3/4 from quarter note 0 on"),
    ("empty", b"", "a.mid is no MIDI file"),
    ("no MIDI", b"#!/bin/sh\n" * 9, "a.mid is no MIDI file"),
)


@pytest.mark.parametrize(
    ("content", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_holds_no_tune_is_refused_in_a_line(content: bytes, says: str) -> None:
    with pytest.raises(MidiFileError) as refused:
        read_tune(content, "a.mid")
    assert str(refused.value).startswith(says)
    assert "\n" not in str(refused.value)

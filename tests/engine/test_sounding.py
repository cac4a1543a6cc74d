import pytest

from loopwright.engine.feel import Hit
from loopwright.engine.notes import Part
from loopwright.engine.sounding import Off, Outlet, Table, Voice, flush, turn_off, turn_on
from loopwright.engine.time import Seconds

OUT = ("bass", 1)


def hit(pitch: int = 40, part: Part = Part.BASS) -> Hit:
    return Hit(0.0, 24.0, pitch, 80, part)


def sounding(*times: float) -> Table:
    table = Table()
    for n, at in enumerate(times):
        table, _, _ = turn_on(table, hit(40 + n), OUT, Seconds(at))
    return table


def test_a_note_sounds_until_it_is_turned_off() -> None:
    table = sounding(1.0)
    (voice,) = table.voices
    assert voice == Voice(0, Part.BASS, OUT, 40, 24.0, Seconds(1.0))
    after, off = turn_off(table, voice, Seconds(2.0))
    assert after.voices == ()
    assert off == Off(0, Part.BASS, 40, Seconds(2.0))


def test_the_same_pitch_again_ends_the_first_at_the_second_one() -> None:
    table, ends, at = turn_on(sounding(1.0), hit(), OUT, Seconds(2.0))
    assert ends == (Off(0, Part.BASS, 40, Seconds(2.0)),)
    assert at == 2.0
    assert [voice.number for voice in table.voices] == [1]


@pytest.mark.parametrize("elsewhere", [("drums", 1), ("bass", 10)])
def test_the_same_pitch_on_another_port_or_channel_is_another_note(elsewhere: Outlet) -> None:
    table, ends, _ = turn_on(sounding(1.0), hit(40, Part.DRUMS), elsewhere, Seconds(2.0))
    assert ends == ()
    assert len(table.voices) == 2


def test_the_same_pitch_of_another_part_in_the_same_place_is_the_same_key() -> None:
    table, ends, _ = turn_on(sounding(1.0), hit(40, Part.DRUMS), OUT, Seconds(2.0))
    assert [off.part for off in ends] == [Part.BASS]
    assert [voice.part for voice in table.voices] == [Part.DRUMS]


def test_a_flush_ends_everything_but_nothing_before_it_begins() -> None:
    table, offs = flush(sounding(1.0, 1.2, 3.0), Seconds(2.0))
    assert table.voices == ()
    assert [(off.pitch, off.at) for off in offs] == [(40, 2.0), (41, 2.0), (42, 3.0)]


def test_nothing_begins_on_a_key_before_what_it_is_committed_to() -> None:
    table, _ = flush(sounding(3.0), Seconds(2.0))
    _, _, at = turn_on(table, hit(), OUT, Seconds(2.5))
    assert at == 3.0


def test_another_key_does_not_wait_for_it() -> None:
    table, _ = flush(sounding(3.0), Seconds(2.0))
    _, _, at = turn_on(table, hit(41), OUT, Seconds(2.5))
    assert at == 2.5


def test_numbers_are_never_used_again() -> None:
    table, _ = flush(sounding(1.0, 1.1), Seconds(2.0))
    table, _, _ = turn_on(table, hit(), OUT, Seconds(3.0))
    assert [voice.number for voice in table.voices] == [2]

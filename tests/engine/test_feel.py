from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.feel import hits_of_bar, melody_hit, swung, velocity_of
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.parameters import defaults
from loopwright.engine.roll import DRUM_OUT, Drum

DEFAULTS = defaults()
FLAT = {**DEFAULTS, "flat": 1.0}
KICKS = Loop(tuple(Note(tick, 6, 36, 100, Part.DRUMS) for tick in range(0, 768, 6)))
LINE = Loop(tuple(Note(tick, 6, 40, 80, Part.BASS) for tick in range(0, 768, 6)))


def test_flat_is_as_written_and_on_the_grid() -> None:
    hits = hits_of_bar(KICKS, 0, FLAT, DRUM_OUT)
    assert [hit.place for hit in hits] == [6.0 * n for n in range(16)]
    assert {hit.velocity for hit in hits} == {100}
    assert {hit.velocity for hit in hits_of_bar(LINE, 0, FLAT, DRUM_OUT)} == {80}


def test_bars_go_round_after_eight() -> None:
    loop = Loop((Note(96 + 12, 6, 40, 80, Part.BASS),))
    assert [hit.place for hit in hits_of_bar(loop, 17, FLAT, DRUM_OUT)] == [17 * 96 + 12.0]
    assert hits_of_bar(loop, 16, FLAT, DRUM_OUT) == ()


def test_full_swing_is_a_triplet() -> None:
    assert [swung(tick, 1.0) for tick in (0, 6, 12, 18)] == [0.0, 8.0, 12.0, 20.0]


@given(st.floats(0, 1))
def test_swing_keeps_order_and_the_strong_steps(swing: float) -> None:
    places = [swung(tick, swing) for tick in range(97)]
    assert all(a < b for a, b in pairwise(places))
    assert all(places[tick] == tick for tick in range(0, 97, 12))


@given(st.floats(0, 1))
def test_swung_notes_still_join(swing: float) -> None:
    hits = hits_of_bar(LINE, 0, {**DEFAULTS, "swing": swing}, DRUM_OUT)
    assert all(a.place + a.length == pytest.approx(b.place) for a, b in pairwise(hits))


def test_the_downbeat_is_loudest_and_beats_stand_out() -> None:
    velocities = [hit.velocity for hit in hits_of_bar(KICKS, 0, DEFAULTS, DRUM_OUT)]
    assert max(velocities) == velocities[0]
    assert min(velocities[::4]) > max(velocities[1::2])


def test_the_backbeat_is_as_strong_as_the_downbeat() -> None:
    snare = Note(24, 6, DRUM_OUT[Drum.SNARE], 100, Part.DRUMS)
    kick = Note(0, 6, 36, 100, Part.DRUMS)
    assert velocity_of(snare, DEFAULTS) == velocity_of(kick, DEFAULTS)


@given(st.floats(0, 1), st.integers(1, 127), st.integers(1, 127), st.integers(1, 127))
def test_velocities_stay_in_their_range(accent: float, low: int, high: int, written: int) -> None:
    values = {**DEFAULTS, "accent": accent, "velocity_low": low, "velocity_high": high}
    for tick in range(0, 96, 6):
        note = Note(tick, 6, 40, written, Part.BASS)
        assert min(low, high) <= velocity_of(note, values) <= max(low, high)


@pytest.mark.parametrize("played", [1, 30, 64, 120, 127])
def test_a_melody_is_as_soft_and_as_loud_as_it_was_composed(played: int) -> None:
    note = Note(0, 6, 60, played, Part.MELODY)
    assert melody_hit(note, 0, DEFAULTS).velocity == played


@given(st.floats(0, 1), st.integers(1, 127), st.sampled_from(range(0, 96, 6)))
def test_accents_of_a_melody_are_velocities(accent: float, played: int, tick: int) -> None:
    note = Note(tick, 6, 60, played, Part.MELODY)
    assert 1 <= melody_hit(note, 0, {**DEFAULTS, "accent": accent}).velocity <= 127


def test_a_muted_part_is_silent() -> None:
    assert hits_of_bar(LINE, 0, {**FLAT, "mute_bass": 1.0}, DRUM_OUT) == ()
    assert hits_of_bar(KICKS, 0, {**FLAT, "mute_bass": 1.0}, DRUM_OUT) != ()


def test_a_drum_map_changes_drums_and_leaves_the_bass() -> None:
    both = Loop((Note(0, 6, 36, 100, Part.DRUMS), Note(0, 6, 36, 80, Part.BASS)))
    hits = hits_of_bar(both, 0, FLAT, {**DRUM_OUT, Drum.KICK: 60})
    assert {(hit.part, hit.pitch) for hit in hits} == {(Part.DRUMS, 60), (Part.BASS, 36)}

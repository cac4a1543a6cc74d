"""The measures, on loops small enough to count by hand."""

import numpy as np
import pytest

from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.measures import (
    Known,
    Rolls,
    known,
    measure,
    reconstruction_error,
)


def rolls(*cells: tuple[int, int, int]) -> Rolls:
    held = np.zeros((2, 128, 93), np.uint8)
    for cell in cells:
        held[cell] = 1
    return held


CODES = np.array([[1, 2], [1, 3]])
SOME = rolls(
    (0, 0, Drum.KICK), (0, 0, Drum.CRASH), (1, 0, Drum.KICK),
    (0, 0, DRUMS + 5), (0, 1, DRUMS + 5), (0, 1, DRUMS + 6), (0, 64, DRUMS + 5),
)  # fmt: skip


def test_the_first_step() -> None:
    found = measure(SOME, CODES)
    assert (found.first_kick, found.first_crash, found.first_drums) == (1.0, 0.5, 0.5)
    assert found.first_bass == 0.5


def test_bars_one_and_five_are_compared_cell_by_cell() -> None:
    assert measure(SOME, CODES).ham_dist == pytest.approx((4 + 1) / (2 * 16 * 93))


def test_two_bass_notes_on_a_step_are_counted_by_the_step() -> None:
    assert measure(SOME, CODES).double_bass == pytest.approx(1 / 256)


def test_pitches_are_columns_used_in_a_bar_and_density_steps_that_sound() -> None:
    found = measure(SOME, CODES)
    assert found.pitches == pytest.approx((4 + 1 + 1) / 16)
    assert found.density == pytest.approx(4 / 256)


def test_unique_and_overlap_go_by_codes() -> None:
    again = np.array([[1, 2], [1, 2], [3, 4], [1, 3]])
    found = measure(np.concatenate([SOME, SOME]), again, Known(CODES, frozenset()))
    assert (found.unique, found.overlap) == (0.75, 0.75)
    assert measure(SOME, CODES).overlap is None
    assert measure(SOME).unique is None


def test_by_notes_a_loop_in_another_key_is_the_same_loop() -> None:
    low, high = DRUMS + 5, DRUMS + 83
    here = rolls((0, 0, Drum.KICK), (0, 0, low), (0, 1, low + 7), (1, 0, Drum.KICK), (1, 0, low))
    moved = rolls((0, 0, Drum.KICK), (0, 0, high - 7), (0, 1, high), (1, 0, Drum.SNARE))
    found = measure(np.concatenate([here, moved]), None, known(here))
    assert found.unique_notes == 3 / 4
    assert found.overlap_notes == 3 / 4


def test_reconstruction_error_is_the_share_of_cells_that_differ() -> None:
    assert reconstruction_error(SOME, rolls()) == pytest.approx(7 / (2 * 128 * 93))


def test_each_drum_and_the_bass_are_counted_by_the_step() -> None:
    sounding = measure(SOME, CODES).sounding
    assert sounding[Drum.KICK] == pytest.approx(2 / 256)
    assert sounding[Drum.RIDE] == 0.0
    assert sounding[DRUMS] == pytest.approx(3 / 256)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.time import (
    LOOP_TICKS,
    Seconds,
    Tick,
    Timeline,
    bpm_of,
    loop_phase,
    period_of,
    step_of,
)

BPM = st.floats(20, 400)


@given(BPM)
def test_tempo_and_period_are_inverse(bpm: float) -> None:
    assert bpm_of(period_of(bpm)) == pytest.approx(bpm)


@given(st.floats(0, 1e5), st.integers(0, 10**6), BPM, st.floats(0, 10**6))
def test_a_place_is_found_again_at_its_own_time(
    at: float, tick: int, bpm: float, place: float
) -> None:
    line = Timeline(Tick(tick), Seconds(at), period_of(bpm))
    assert line.place_of(line.time_of(place)) == pytest.approx(place, abs=1e-3)


@given(st.integers(0, 10**4), st.integers(0, LOOP_TICKS - 1))
def test_the_phase_counts_from_the_loops_beginning(loop: int, tick: int) -> None:
    assert loop_phase(loop * LOOP_TICKS + tick) == tick


def test_a_tick_falls_on_the_step_that_is_nearest() -> None:
    assert [step_of(tick) for tick in (-3, -4, 0, 2, 2.9, 3, 8.9, 9)] == [0, -1, 0, 0, 0, 1, 1, 2]


def test_120_bpm_has_48_ticks_a_second() -> None:
    assert period_of(120) == pytest.approx(1 / 48)

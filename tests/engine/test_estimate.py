from statistics import linear_regression

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.estimate import WANDER, Estimate
from loopwright.engine.time import period_of

STARTS, PERIODS = st.floats(0, 1e5), st.floats(0.006, 0.4)
JITTERS = st.lists(st.floats(-0.001, 0.001), min_size=3, max_size=60)


@given(STARTS, PERIODS, JITTERS)
def test_clock_by_clock_it_is_the_regression_through_all_of_them(
    start: float, period: float, jitters: list[float]
) -> None:
    times = [start + n * period + off for n, off in enumerate(jitters)]
    estimate = Estimate(times[0], period_of(120)).after(times[1:])
    slope, _ = linear_regression(range(len(times)), [at - start for at in times])
    assert estimate.period == pytest.approx(slope, abs=1e-5)
    last = len(times) - 1
    _, begin = linear_regression([n - last for n in range(len(times))], [t - start for t in times])
    assert estimate.at - start == pytest.approx(begin, abs=2e-5)


@given(PERIODS, st.integers(4, 60))
def test_what_is_known_of_a_clock_is_what_a_regression_knows(period: float, count: int) -> None:
    estimate = Estimate(0.0, period).after([n * period for n in range(1, count)])
    assert estimate.phase == pytest.approx((4 * count - 2) / (count * (count + 1)), rel=0.01)
    assert estimate.tempo == pytest.approx(12 / (count**3 - count), rel=0.01)


def test_on_a_steady_clock_it_remembers_some_hundred_clocks_and_no_more() -> None:
    estimate = Estimate(0.0, 0.02).after([n * 0.02 for n in range(1, 5000)])
    assert 4 / estimate.phase == pytest.approx(2.0**1.5 / WANDER**0.25, rel=0.05)


@given(st.floats(1e-7, 1e-2))
def test_a_turn_of_the_tempo_makes_it_less_sure_of_all(turned: float) -> None:
    estimate = Estimate(0.0, 0.02).after([n * 0.02 for n in range(1, 100)])
    calm, alert = estimate.ahead(), estimate.ahead(turned)
    assert alert[:2] == calm[:2]
    assert all(more > less for more, less in zip(alert[2:], calm[2:], strict=True))
    assert alert.both**2 <= alert.phase * alert.tempo


def test_no_tempo_is_beyond_sense() -> None:
    assert Estimate(0.0, 0.02).after([0.0, 0.0, 0.0]).period == period_of(999)
    assert Estimate(0.0, 0.02).after([9.0]).period == period_of(5)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.regression import fit


@given(st.floats(0, 1e5), st.floats(0.002, 0.2), st.integers(2, 24))
def test_clocks_on_a_line_are_that_line(start: float, period: float, count: int) -> None:
    line = fit([start + n * period for n in range(count)])
    assert line.slope == pytest.approx(period, rel=1e-6)
    assert line.end == pytest.approx(start + (count - 1) * period, abs=1e-7)
    assert line.spread < 1e-7


def test_one_clock_off_the_line_moves_it_by_least_squares() -> None:
    line = fit([0.0, 1.0, 2.0, 4.0])
    assert (line.slope, line.end) == (pytest.approx(1.3), pytest.approx(3.7))
    assert line.spread == pytest.approx((0.3 / 2) ** 0.5)

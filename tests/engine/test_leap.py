import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.leap import NO_LEAP

CLOCKS = st.integers(4, 1000)


def after(*leaps: tuple[int, float]) -> float:
    """Return the slope that the last of jumps tells, each so many clocks after the one before."""
    last, slope, clock = NO_LEAP, 0.0, 5000
    for apart, size in leaps:
        clock += apart
        leap = last.then(clock, size)
        last, slope = leap, leap.slope(last)
    return slope


@given(CLOCKS, st.floats(0.001, 0.049), st.sampled_from((1, -1)))
def test_the_third_jump_tells_how_much_longer_clocks_are(apart: int, size: float, way: int) -> None:
    size *= way
    assert after((apart, size)) == after((apart, size), (apart, size)) == 0.0
    assert after(*[(apart, size)] * 3) == pytest.approx(size / apart)


@pytest.mark.parametrize(
    "jumps",
    [
        [(20, 0.01), (20, -0.01), (20, 0.01), (20, -0.01)],  # here and back again
        [(20, 0.01), (20, 0.02), (20, 0.04)],  # a tempo that turns
        [(20, 0.01), (20, 0.01), (200, 0.01)],  # not evenly
        [(20, 0.06)] * 4,  # longer than any block
        [(3, 0.01)] * 4,  # one jump that is not over
        [(1001, 0.01)] * 4,  # by chance
    ],
)
def test_jumps_that_no_block_makes_tell_nothing(jumps: list[tuple[int, float]]) -> None:
    assert after(*jumps) == 0.0

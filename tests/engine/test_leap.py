import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.leap import NO_LEAP

CLOCKS = st.integers(5, 89)


def after(*leaps: tuple[int, float]) -> float:
    """Return the slope that the last of jumps tells, each so many clocks after the one before."""
    last, clock = NO_LEAP, 5000
    for apart, size in leaps:
        clock += apart
        last = last.then(clock, size)
    return last.slope


@given(CLOCKS, st.floats(0.001, 0.049), st.sampled_from((1, -1)), st.sampled_from((-1, 0, 1)))
def test_the_fourth_jump_tells_how_much_longer_clocks_are(
    apart: int, size: float, way: int, more: int
) -> None:
    """Where a block is no whole part of a clock, jumps are by turns a clock farther apart."""
    size *= way
    jumps = [(apart, size), (apart + more, size), (apart, size), (apart + more, size)]
    assert [after(*jumps[:count]) for count in (1, 2, 3)] == [0.0] * 3
    assert after(*jumps) == pytest.approx(size / (apart + more))


@pytest.mark.parametrize(
    "jumps",
    [
        [(20, 0.01), (20, -0.01), (20, 0.01), (20, -0.01)],  # here and back again
        [(20, 0.01), (20, 0.02), (20, 0.04), (20, 0.08)],  # a tempo that turns
        [(20, 0.01), (20, 0.01), (20, 0.01), (80, 0.01)],  # not evenly
        [(20, 0.01), (20, 0.01), (18, 0.01), (20, 0.01)],  # nearly
        [(20, 0.06)] * 4,  # longer than any block
        [(3, 0.01)] * 4,  # one jump that is not over
        [(96, 0.01)] * 4,  # by chance, or every bar
    ],
)
def test_jumps_that_no_block_makes_tell_nothing(jumps: list[tuple[int, float]]) -> None:
    assert after(*jumps) == 0.0

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.change import Kind, change_of

STEADY = [0.0002, -0.0004, 0.0001, 0.0003]
SIZES = st.one_of(st.floats(0.006, 0.05), st.floats(-0.05, -0.006))


@given(SIZES, st.integers(2, 5))
def test_deviations_that_grow_are_a_bend(size: float, count: int) -> None:
    change = change_of([*STEADY, *(n * size for n in range(1, count + 1))], count, 0.0005)
    assert change is not None
    assert (change.kind, change.clocks) == (Kind.BEND, count)
    assert change.size == pytest.approx(size)


@given(SIZES, st.integers(2, 5))
def test_deviations_all_alike_are_a_jump(size: float, count: int) -> None:
    change = change_of([*STEADY, *[size] * count], count, 0.0005)
    assert change is not None
    assert (change.kind, change.clocks) == (Kind.JUMP, count)
    assert change.size == pytest.approx(size)


def test_a_bend_may_have_begun_before_a_clock_was_doubted() -> None:
    change = change_of([*STEADY, -0.003, -0.006, -0.009], 2, 0.001)
    assert change is not None
    assert (change.kind, change.clocks) == (Kind.BEND, 3)


@pytest.mark.parametrize("late", [(0.02, 0.0), (0.02, 0.007, 0.013), (0.011, 0.019, 0.006)])
def test_clocks_late_by_chance_have_no_meaning(late: tuple[float, ...]) -> None:
    assert change_of([*STEADY, *late], len(late), 0.0005) is None

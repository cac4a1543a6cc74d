from hypothesis import given
from hypothesis import strategies as st

from loopwright.live.jackports import WRAP, unwrapped


@given(true=st.integers(0, 2**40), near=st.integers(-(2**30), 2**30))
def test_frames_are_counted_past_32_bits(true: int, near: int) -> None:
    assert unwrapped(true % WRAP, true + near) == true


def test_the_count_goes_on_where_jack_begins_anew() -> None:
    assert unwrapped(5, WRAP - 10) == WRAP + 5
    assert unwrapped(WRAP - 10, WRAP + 5) == WRAP - 10

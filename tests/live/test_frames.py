from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.time import Seconds
from loopwright.live.frames import WRAP, frame_of, unwrapped


@given(true=st.integers(0, 2**40), near=st.integers(-(2**30), 2**30))
def test_frames_are_counted_past_32_bits(true: int, near: int) -> None:
    assert unwrapped(true % WRAP, true + near) == true


def test_the_count_goes_on_where_jack_begins_anew() -> None:
    assert unwrapped(5, WRAP - 10) == WRAP + 5
    assert unwrapped(WRAP - 10, WRAP + 5) == WRAP - 10


@given(st.integers(0, 2**34), st.floats(-1e-6, 1e-6))
def test_a_place_between_two_frames_is_always_the_same_frame(frame: int, noise: float) -> None:
    assert frame_of(Seconds((frame + 0.5 + noise) / 48000), 48000) == frame + 1
    assert frame_of(Seconds((frame + noise) / 48000), 48000) == frame

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.time import Seconds
from loopwright.live.stamps import LOST, Stamps

DELTAS = st.lists(st.floats(0, 0.5), min_size=1, max_size=60)


def stamped(pairs: list[tuple[float, float]]) -> list[float]:
    """The stamps of (delta, arrival) pairs that come to one port."""
    stamps = Stamps()
    return [stamps.stamp(delta, Seconds(arrival)) for delta, arrival in pairs]


def test_a_late_callback_does_not_move_the_stamp() -> None:
    assert stamped([(0.0, 10.0), (0.02, 10.02), (0.02, 10.055), (0.02, 10.06)]) == [
        10.0,
        10.02,
        10.04,
        10.06,
    ]


def test_a_first_message_that_was_late_is_soon_forgotten() -> None:
    assert stamped([(0.0, 10.01), (0.02, 10.02), (0.02, 10.045)])[1:] == [10.02, 10.04]


def test_driver_time_that_was_lost_is_not_made_up_for_ever() -> None:
    assert stamped([(0.0, 10.0), (0.02, 10.02 + LOST + 0.1)])[-1] == 10.02 + LOST + 0.1


def test_a_driver_clock_that_is_slow_is_followed_within_the_window() -> None:
    pairs = [(0.0, 0.0)] + [(0.02 * 0.999, 0.02 * i) for i in range(1, 1000)]
    assert 0 <= pairs[-1][1] - stamped(pairs)[-1] < 0.0021


@given(deltas=DELTAS, delays=st.lists(st.floats(0, 0.2), min_size=60, max_size=60))
def test_stamps_never_go_back_and_never_lie_ahead(deltas: list[float], delays: list[float]) -> None:
    truth = arrival = 0.0
    pairs = list[tuple[float, float]]()
    for delta, delay in zip(deltas, delays, strict=False):
        truth += delta
        arrival = max(arrival, truth + delay)
        pairs.append((delta, arrival))
    stamps = stamped(pairs)
    assert all(a <= b + 1e-9 for a, b in pairwise(stamps))
    assert all(s <= arrival for s, (_, arrival) in zip(stamps, pairs, strict=True))

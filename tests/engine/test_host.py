from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine import host
from loopwright.engine.host import Host
from loopwright.engine.time import Seconds, period_of


def clocks(ours: Host, count: int) -> tuple[Host, list[float]]:
    times: list[float] = []
    for _ in range(count):
        times.append(ours.due)
        ours = host.told(ours)
    return ours, times


@given(st.floats(20, 400), st.floats(0, 1e6))
def test_clocks_fall_at_absolute_deadlines(bpm: float, base: float) -> None:
    _, times = clocks(host.started(bpm, Seconds(base)), 2000)
    assert times == [base + n * period_of(bpm) for n in range(2000)]


@given(st.integers(0, 50), st.floats(20, 400), st.floats(20, 400))
def test_a_new_tempo_moves_the_base_to_the_next_clock(
    count: int, before: float, after: float
) -> None:
    ours, _ = clocks(host.started(before, Seconds(7.0)), count)
    bend = ours.due
    ours, times = clocks(host.at_tempo(ours, after), 100)
    assert times == [bend + n * period_of(after) for n in range(100)]
    assert ours.next == count + 100


def test_a_host_that_was_moved_counts_on_from_there() -> None:
    ours, _ = clocks(host.started(125, Seconds(0.0)), 3)
    ours, times = clocks(host.moved(ours, Seconds(1.0)), 2)
    assert times == [1.0, 1.02]
    assert ours.next == 5

import pytest

from loopwright.engine import host
from loopwright.engine.host import Host
from loopwright.engine.midi import CLOCK
from loopwright.engine.time import Seconds


def test_clocks_are_told_at_absolute_deadlines() -> None:
    ours = host.started(125, Seconds(10.0))
    times: list[float] = []
    for until in (10.0, 10.1, 10.13, 15.0, 100.0):
        ours, told = host.tells(ours, Seconds(until))
        assert all(heard.data == CLOCK and heard.port == host.NAME for heard in told)
        times += [heard.at for heard in told]
    assert times == [10.0 + n * 0.02 for n in range(len(times))]
    assert len(times) == 4501


def test_a_new_tempo_begins_at_the_next_clock() -> None:
    ours, _ = host.tells(host.started(125, Seconds(0.0)), Seconds(0.05))
    slower, told = host.tells(host.at_tempo(ours, 62.5), Seconds(0.15))
    assert [heard.at for heard in told] == pytest.approx([0.06, 0.1, 0.14])
    assert slower.due == pytest.approx(0.18)


def test_nothing_is_told_before_it_is_due() -> None:
    ours = Host(Seconds(1.0), Seconds(0.02))
    assert host.tells(ours, Seconds(0.999)) == (ours, ())

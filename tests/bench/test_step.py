"""What one happening costs the conductor, while it plays eight bars of drums and bass."""

from collections.abc import Callable

from score import playing

from loopwright.engine import conduct, midi
from loopwright.engine.happen import Heard, Woke
from loopwright.engine.time import Seconds


def test_a_clock_between_notes(benchmark: Callable[..., object]) -> None:
    stand = playing()
    stand.clocks(100)
    clock = Heard(midi.CLOCK, Seconds(stand.at))
    benchmark(lambda: conduct.step(stand.state, clock))


def test_waking_for_three_notes(benchmark: Callable[..., object]) -> None:
    stand = playing()
    stand.clocks(95)
    woke = Woke(Seconds(stand.at + stand.period))
    benchmark(lambda: conduct.step(stand.state, woke))


def test_asking_when_to_wake(benchmark: Callable[..., object]) -> None:
    stand = playing()
    stand.clocks(100)
    benchmark(lambda: conduct.due(stand.state))

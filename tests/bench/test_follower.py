"""The follower on clocks of known jitter, beside a plain delay-locked loop in the same run.

Columns: sd of the phase in ms and of the tempo after 20 seconds at 120, for three kinds of jitter;
clocks until within 2 of the tempo after 120 -> 140; mean phase error in ms on a ramp 120 -> 160 in
eight bars. The last two have 1 ms of jitter too, as ten runs each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import pi, sqrt
from statistics import mean, pstdev

import pytest
from clocks import Jitter, by_block, follow, gaussian, ramp, steady, step

from loopwright.engine.clock import Follower, heard
from loopwright.engine.time import Seconds, bpm_of, period_of


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a follower puts a clock."""

    at: float
    period: float


Way = Callable[[Iterable[float]], list[Seen]]
OMEGA = 2 * pi * (60 / 500) / 24  # a clock, at any tempo: the loop of Ardour's MIDI clock follower


def ours(times: Iterable[float]) -> list[Seen]:
    return [Seen(f.at, f.period) for f in follow(times)]


def plain(times: Iterable[float]) -> list[Seen]:
    """Follow with a delay-locked loop of one bandwidth, begun from two clocks."""
    seen: list[Seen] = []
    for at in times:
        if len(seen) < 2:
            seen.append(Seen(at, at - seen[0].at if seen else period_of(120)))
            continue
        expected = seen[-1].at + seen[-1].period
        error = at - expected
        period = seen[-1].period + OMEGA * OMEGA * error
        seen.append(Seen(expected + sqrt(2) * OMEGA * error, period))
    return seen


def calm(way: Way, jitter: Jitter) -> str:
    truth = steady(120, 80)
    seen = list(zip(way(jitter(at) for at in truth), truth, strict=True))[960:]
    phase = pstdev((s.at - at) * 1000 for s, at in seen)
    tempo = pstdev(60 / (24 * s.period) for s, _ in seen)
    return f"{phase:.2f} / {tempo:.3f}"


def settling(way: Way) -> str:
    counts: list[int] = []
    for seed in range(10):
        jitter = gaussian(0.001, seed)
        truth, before = step(120, 140)
        seen = way(jitter(at) for at in truth)[before:]
        away = [n for n, s in enumerate(seen) if abs(60 / (24 * s.period) - 140) > 2]
        counts.append(max(away, default=-1) + 1)
    return f"{mean(counts):.0f} (max {max(counts)})"


def lag(way: Way) -> str:
    errors: list[float] = []
    for seed in range(10):
        jitter = gaussian(0.001, seed)
        truth = ramp(120, 160)
        seen = way(jitter(at) for at in truth)
        errors += [abs(s.at - at) * 1000 for s, at in zip(seen, truth, strict=True)][-768:]
    return f"{mean(errors):.2f} (max {max(errors):.1f})"


def row(way: Way) -> list[str]:
    jitters = (gaussian(0.001), gaussian(0.003), by_block(512 / 48000))
    return [*(calm(way, jitter) for jitter in jitters), settling(way), lag(way)]


def test_a_clock_is_followed(
    benchmark: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    table = [("plain loop", row(plain)), ("ours", row(ours))]
    jitter = gaussian(0.001)
    times = [jitter(at) for at in steady(120, 20)]

    def listen() -> float:
        follower = Follower(period_of(120))
        for at in times:
            follower = heard(follower, Seconds(at))
        return bpm_of(follower.period)

    benchmark(listen)
    heads = ["1 ms", "3 ms", "512 frames", "step: clocks", "ramp: ms"]
    with capsys.disabled():
        print(f"\n{len(times)} clocks a round\n{'':12}" + "".join(f"{head:>18}" for head in heads))
        for name, cells in table:
            print(f"{name:12}" + "".join(f"{cell:>18}" for cell in cells))

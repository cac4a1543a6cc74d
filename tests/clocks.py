"""Clocks of hosts that are not there: when they should come, and how they really do."""

import random
from collections.abc import Callable, Iterable
from math import ceil

from loopwright.engine.clock import Follower, heard
from loopwright.engine.time import Seconds, period_of

Jitter = Callable[[float], float]


def steady(bpm: float, seconds: float, start: float = 100.0) -> list[float]:
    return [start + n * period_of(bpm) for n in range(int(seconds / period_of(bpm)))]


def step(before: float, after: float, seconds: float = 30.0) -> tuple[list[float], int]:
    """Return clocks that change their tempo, and how many come before that."""
    first = steady(before, seconds)
    return [*first, *steady(after, 10, first[-1] + period_of(before))], len(first)


def ramp(low: float, high: float, clocks: int = 768) -> list[float]:
    """Return 20 steady seconds, then `clocks` clocks from one tempo to the other."""
    times = steady(low, 20)
    for n in range(clocks):
        times.append(times[-1] + period_of(low + (high - low) * n / clocks))
    return times


def gaussian(sd: float, seed: int = 1) -> Jitter:
    chance = random.Random(seed)
    return lambda at: at + chance.gauss(0, sd)


def outliers(seed: int) -> Jitter:
    """Return 1 ms of jitter, and one clock in a hundred 5-20 ms late besides."""
    chance = random.Random(seed)
    return lambda at: (
        at + chance.gauss(0, 0.001) + (chance.uniform(0.005, 0.02) if chance.random() < 0.01 else 0)
    )


def by_block(block: float, phase: float = 0.003) -> Jitter:
    """Return the jitter of a host that writes its clocks once a block of `block` seconds."""
    return lambda at: ceil((at - phase) / block) * block + phase


def follow(times: Iterable[float], follower: Follower | None = None) -> list[Follower]:
    """Return the follower after each clock."""
    follower = follower or Follower(period_of(120))
    line: list[Follower] = []
    for at in times:
        follower = heard(follower, Seconds(at))
        line.append(follower)
    return line

"""How fast a model learns in the course of a run."""

import math

from loopwright.training.settings import Schedule


def cosine(schedule: Schedule, share: float) -> float:
    """Return the learning rate when `share` (0..1) of the run is done."""
    fall = (1 + math.cos(math.pi * share)) / 2
    return schedule.last_rate + (schedule.rate - schedule.last_rate) * fall


def warmed(schedule: Schedule, share: float, warm_up: float) -> float:
    """Return the learning rate that rises evenly until `warm_up` of the run, as a cosine falls."""
    return min(share / warm_up, 1.0) * cosine(schedule, share)

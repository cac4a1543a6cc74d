"""How long a training will take: a few of its steps are timed before it begins."""

import time
from collections.abc import Sequence
from itertools import islice

from torch import Tensor

from loopwright.training.settings import Schedule
from loopwright.training.task import Task

TIMED = 4  # steps, after one that warms up
JUDGING = 1.15  # a run with its judgements, beside its steps alone


def announced(parts: Sequence[tuple[Task, Schedule]]) -> str:
    """Say how long runs take together, at most."""
    total = sum(seconds_of(task, schedule) for task, schedule in parts)
    return f"training takes {in_words(total)} here, less where nothing gets better any more"


def seconds_of(task: Task, schedule: Schedule) -> float:
    """Return the seconds that a run takes at most; nothing of its model changes.

    At rest, norms and codebook stay as they are; chance is drawn anew for each epoch anyway.
    """
    task.model.eval()
    stamps = [timed(task, batch) for batch in islice(task.batches(), TIMED + 1)]
    a_step = (stamps[-1] - stamps[0]) / max(len(stamps) - 1, 1)
    return a_step * task.steps * schedule.epochs * JUDGING


def timed(task: Task, batch: Tensor) -> float:
    """Take a step but for its last: return the second at which that was done."""
    task.loss(batch).backward()
    task.model.zero_grad()
    return time.monotonic()


def in_words(seconds: float) -> str:
    """Return a time as somebody would say it."""
    minutes = seconds / 60
    if minutes < 1:
        return "less than a minute"
    return "about a minute" if minutes < 1.5 else f"about {minutes:.0f} minutes"

"""What clocks that are not where they should be mean: a bend of the line, a jump, or nothing yet.

A change of tempo bends the line at some clock, so that deviations grow from there; a host that
paused, or lost clocks, or writes them once a block makes it jump, so that they are all alike. What
explains the deviations best is believed, if it leaves no more of them than the host's jitter.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

BACK = 3  # clocks, still near enough to the line, at which a change may have begun
CLOSE = 3.0  # times the jitter: what may be left unexplained


class Kind(Enum):
    """What happened to the line."""

    BEND = auto()  # deviations grow with every clock
    JUMP = auto()  # they are all alike


class Change(NamedTuple):
    """The last `clocks` lie off the line: each by `size` seconds, or by `size` more than before."""

    kind: Kind
    clocks: int
    size: float


def change_of(deviations: Sequence[float], doubted: int, jitter: float) -> Change | None:
    """Return what the deviations of the latest clocks, in seconds, mean; None if it is not clear.

    The last `doubted` of them are too large for chance; `jitter` is their usual size.
    """
    recent = deviations[-doubted - BACK :]
    bends = (bend(recent[-n:]) for n in range(doubted, len(recent) + 1))
    explained, change = max(*bends, jump(recent[-doubted:]), key=lambda found: found[0])
    left = sum(d * d for d in recent) - explained
    return change if left <= len(recent) * (CLOSE * jitter) ** 2 else None


def bend(deviations: Sequence[float]) -> tuple[float, Change]:
    """Return what a change of tempo just before these explains of their squares, and itself."""
    count = len(deviations)
    squares = count * (count + 1) * (2 * count + 1) / 6
    product = sum(n * d for n, d in enumerate(deviations, 1))
    return product * product / squares, Change(Kind.BEND, count, product / squares)


def jump(deviations: Sequence[float]) -> tuple[float, Change]:
    """Return what a jump just before these explains of their squares, and the jump."""
    count, total = len(deviations), sum(deviations)
    return total * total / count, Change(Kind.JUMP, count, total / count)

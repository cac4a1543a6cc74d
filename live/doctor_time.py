"""How late this machine wakes a process that sleeps as the player does, with and without rights.

`python -m loopwright.live.doctor_time fifo|plain` is the process that is measured.
"""

import json
import os
import subprocess
import sys
from typing import cast

from loopwright.engine.time import Seconds
from loopwright.live.findings import Finding, percentile
from loopwright.live.now import now, wait_until
from loopwright.live.rights import PRIORITY, claim_time

EVERY, FOR = 0.002, 2.0  # seconds between two wake-ups, seconds in all
SHARES = (0.5, 0.99, 0.999)
LATE = 1.0  # milliseconds at p99 from which something should be changed
RIGHTS = (
    'let the player have real-time scheduling: as root write "@audio - rtprio 20" to '
    "/etc/security/limits.d/99-loopwright.conf, run `usermod -aG audio YOU`, and log in again"
)
BUSY = "this machine wakes programs late: close what works beside it, and look at its power mode"


def scheduling() -> Finding:
    """Measure wake-ups with the scheduling that the player asks for, and without. Some 4.5 s."""
    allowed, limit = fifo_allowed(), rtprio()
    measured = {kind: measure(kind) for kind in (("fifo", "plain") if allowed else ("plain",))}
    rights = f"SCHED_FIFO: {'allowed' if allowed else 'not allowed'}{limit_of(limit)}"
    if sys.platform != "linux":
        rights = "real-time scheduling: not asked for on this system"
    lines = [f"{kind}: late by {spoken(found)}" for kind, found in measured.items()]
    best = min(found[SHARES.index(0.99)] for found in measured.values())
    wanting = sys.platform == "linux" and not allowed
    advice = (*((RIGHTS,) if wanting else ()), *((BUSY,) if best > LATE else ()))
    facts = {"fifo_allowed": allowed, "rtprio": limit, "late_ms": dict(measured)}
    return Finding("scheduling", (rights, *lines), facts, advice)


def limit_of(limit: int | None) -> str:
    """Return the limit of priorities in words."""
    return "" if limit is None else f" (rtprio limit {limit})"


def spoken(found: tuple[float, ...]) -> str:
    """Return milliseconds in words."""
    names = (f"p{100 * share:g} {late:.3f} ms" for share, late in zip(SHARES, found, strict=True))
    return ", ".join(names)


def rtprio() -> int | None:
    """Return the highest real-time priority that this user may ask for, None where none is told."""
    if sys.platform != "linux":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    return 99 if soft == resource.RLIM_INFINITY else soft


def fifo_allowed() -> bool:
    """Return whether the scheduling that the player asks for is granted; gives it back."""
    if sys.platform != "linux":
        return False
    before, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        os.sched_setscheduler(0, before, priority)
    except OSError:
        return False
    return True


def measure(kind: str) -> tuple[float, ...]:
    """Return how late, in ms at SHARES, a process of its own wakes up. Blocks for some 2.1 s."""
    command = [sys.executable, "-P", "-m", __name__, kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10 * FOR, check=True)
    return tuple(cast(list[float], json.loads(done.stdout)))


def lateness() -> list[float]:
    """Return how many seconds late each wake-up is. Blocks for FOR seconds."""
    begin = now() + EVERY
    late: list[float] = []
    for number in range(round(FOR / EVERY)):
        due = Seconds(begin + number * EVERY)
        wait_until(due)
        late.append(now() - due)
    return late


def main(kind: str) -> None:
    """Be the process that is measured, and print its figures."""
    if kind == "fifo":
        claim_time()
    late = lateness()
    print(json.dumps([round(1000 * percentile(late, share), 4) for share in SHARES]))


if __name__ == "__main__":
    main(sys.argv[1])

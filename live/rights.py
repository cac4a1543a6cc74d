"""What the player asks of the operating system, so that nothing stalls it."""

import gc
import os
import sys

PRIORITY = 2  # of SCHED_FIFO: below JACK's clients, which have 5
SWITCH = 0.0002  # seconds that one thread may keep the interpreter from another


def claim_time() -> None:
    """Ask for real-time scheduling of this thread, and keep the interpreter from stalling it.

    Threads that run already, the driver's and the wire's, keep the scheduling that they have.
    The player's main thread; never waits.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.disable()
    if sys.platform == "linux":
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except OSError:
            return  # not allowed to most users; it plays on without

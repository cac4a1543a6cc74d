"""What the player asks of the operating system, so that nothing stalls it."""

import gc
import os
import sys

PRIORITY = 2  # of SCHED_FIFO: below JACK's clients, which have 5
SWITCH = 0.0002  # seconds that one thread may keep the interpreter from another


def claim_time() -> bool:
    """Ask for real-time scheduling, and keep the interpreter from stalling this thread.

    The wire's threads get the same, a step below: one that was put aside while it holds the
    interpreter would stall us. JACK's own have more already. Return whether it was granted: most
    users are not allowed, and it plays on without. The player's main thread; never waits.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.disable()
    return sys.platform == "linux" and granted()


def granted() -> bool:
    """Ask Linux for real-time scheduling; return whether this thread has it."""
    try:
        for thread in map(int, os.listdir("/proc/self/task")):
            if os.sched_getscheduler(thread) == os.SCHED_OTHER:
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(PRIORITY - 1))
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        return False
    return True

"""One program at a time, by a lock that the system takes back when its holder ends."""

import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Hold the lock of a file, which is made and stays. Blocks while another program holds it.

    Where no file can be made or locked, nobody is waited for.
    """
    with ExitStack() as held:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock(held.enter_context(path.open("ab")).fileno())
        yield


def lock(handle: int) -> None:
    """Lock an open file until it is closed. Blocks. Raises OSError."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows alone has it

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.flock(handle, fcntl.LOCK_EX)

"""Single keys from the terminal, without waiting for the return key."""

import os
import re
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|\[?$|.)?", re.DOTALL)  # ECMA-48
Reader = Callable[[], str]
"""Returns the keys pressed since the last call. Never waits."""


def in_front(file: int) -> bool:
    """Whether a terminal is ours to read; one that is not would stop us if we touched it."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(file) == os.getpgrp()
    except OSError:
        return True  # not the terminal of our session: nobody else's jobs are on it


def no_keys() -> str:
    """Return nothing: there is no terminal to read."""
    return ""


@contextmanager
def keyboard() -> Generator[Reader]:
    """Lend a reader of single keys; the terminal is put back as it was, whatever happens.

    The main thread only; never waits.
    """
    if not (sys.stdin and sys.stdin.isatty() and in_front(sys.stdin.fileno())):
        yield no_keys
    elif sys.platform == "win32":
        yield windows_keys
    else:
        with posix_keys() as reader:
            yield reader


if sys.platform == "win32":
    import msvcrt

    def windows_keys() -> str:
        """Return the keys pressed since the last call."""
        keys = ""
        while msvcrt.kbhit():
            keys += msvcrt.getwch()
        return keys

else:
    import select
    import termios
    import tty

    @contextmanager
    def posix_keys() -> Generator[Reader]:
        """Lend a reader, with echo and line editing off; Ctrl-C still interrupts."""
        file = sys.stdin.fileno()
        before = termios.tcgetattr(file)
        try:
            tty.setcbreak(file, termios.TCSANOW)
            yield lambda: read_keys(file)
        finally:
            # Touched from the background it would stop us; closed, it cannot be put back.
            if in_front(file):
                with suppress(termios.error):
                    termios.tcsetattr(file, termios.TCSANOW, before)

    def read_keys(file: int) -> str:
        """Return what waits at a terminal's file descriptor. Never waits.

        Escape sequences, such as arrow keys send, are dropped whole, and nothing else is: none of
        their letters is a key that was pressed.
        """
        try:
            waiting = waiting_bytes(file) if in_front(file) else b""
        except (OSError, termios.error):  # it was closed
            return ""
        return SEQUENCE.sub("", waiting.decode(errors="ignore"))

    def waiting_bytes(file: int) -> bytes:
        """Return what waits at a terminal that is ours to read. Raises OSError, termios.error."""
        # A shell that had it meanwhile (Ctrl-Z, fg) gives it back with line editing on.
        if termios.tcgetattr(file)[3] & termios.ICANON:
            tty.setcbreak(file, termios.TCSANOW)
        return os.read(file, 64) if select.select([file], [], [], 0)[0] else b""

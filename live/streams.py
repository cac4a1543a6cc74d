"""What a command reads and says: standard streams that are there, and what happens where not.

Standard library only: this is all that runs before a command is known.
"""

import io
import os
import select
import sys
from typing import TextIO


def ready() -> None:
    """Have all three streams open, for other processes of ours too, and no letter refused.

    What was closed reads and writes nothing; a letter that the output's encoding lacks is spelt.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # its number is the lowest that is free: files take it else
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - until the end
            os.set_inheritable(nowhere.fileno(), True)
            setattr(sys, name, nowhere)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def is_cut(file: TextIO) -> bool:
    """Whether what is written to a file cannot arrive: nobody reads on, or its disk is full."""
    try:
        file.flush()
        return sys.platform != "win32" and unread(file.fileno())
    except io.UnsupportedOperation:  # it is no file of the system's
        return False
    except OSError:
        return True


def unread(number: int) -> bool:
    """Whether a pipe has nobody at its other end."""
    poll = select.poll()
    poll.register(number, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def to_nowhere(file: TextIO) -> None:
    """Have a file take all that is written, and drop it.

    What is still in its buffer would fail again at the end of the program.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, file.fileno())
    os.close(nowhere)

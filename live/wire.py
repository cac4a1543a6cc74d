"""One end of the connection between two of our processes: values go and come, nobody waits."""

from collections.abc import Callable
from pickle import UnpicklingError
from queue import SimpleQueue
from threading import Thread
from typing import Protocol


class Pipe(Protocol):
    """An end of a multiprocessing pipe; that of Windows is another class."""

    def recv(self) -> object:
        """Wait for a value. Raises EOFError or OSError when the other side is gone."""
        ...

    def send(self, obj: object) -> None:
        """Send a value, waiting while the pipe is full."""
        ...


class Gone:
    """The other process has ended: nothing will come from it any more."""


class Last:
    """Nothing more is to be sent."""


class Wire:
    """Frozen values to and from another process.

    Two threads of its own do the waiting. `arrive` is called on one of them with each value
    that comes and, at the end, with a Gone. What cannot be sent any more is dropped.
    """

    def __init__(self, connection: Pipe, arrive: Callable[[object], None]) -> None:
        self._connection = connection
        self._arrive = arrive
        self._leaving: SimpleQueue[object] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()
        self._writer = Thread(target=self._write, daemon=True)
        self._writer.start()

    def post(self, value: object) -> None:
        """Send a value, soon. Any thread; never waits."""
        self._leaving.put(value)

    @property
    def waiting(self) -> int:
        """How many values are still to be sent. Any thread; never waits."""
        return self._leaving.qsize()

    def finish(self, patience: float) -> None:
        """Wait until all is sent, for at most `patience` seconds. Any thread; blocks."""
        self._leaving.put(Last())
        self._writer.join(patience)

    def _read(self) -> None:
        while True:
            try:
                value = self._connection.recv()
            except (EOFError, OSError, UnpicklingError):
                self._arrive(Gone())
                return
            self._arrive(value)

    def _write(self) -> None:
        while True:
            value = self._leaving.get()
            if isinstance(value, Last):
                return
            try:
                self._connection.send(value)
            except (OSError, ValueError):
                return

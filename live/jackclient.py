"""What is used of JACK-Client, which has no types, behind protocols."""

from collections.abc import Callable, Iterable
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol, cast

from loopwright.engine.errors import PortError

ANSWER = 10.0  # seconds that a server may take to let somebody in


class Named(Protocol):
    """Any port; the whole name has the client's before it."""

    name: str


class Port(Protocol):
    """A MIDI port of ours."""

    name: str
    shortname: str

    def clear_buffer(self) -> None:
        """Empty the buffer of this period; outputs only."""
        ...

    def write_midi_event(self, time: int, event: bytes) -> None:
        """Write a message, `time` frames into this period, not before the one before."""
        ...

    def incoming_midi_events(self) -> Iterable[tuple[int, bytes]]:
        """Yield (frames into this period, message); inputs only."""
        ...


class Ports(Protocol):
    """Our ports of one kind."""

    def register(self, shortname: str) -> Port:
        """Make a port."""
        ...


class Client(Protocol):
    """A client of a JACK server. Frames are counted in 32 bits."""

    name: str
    samplerate: int
    blocksize: int
    frames_since_cycle_start: int  # about now
    frame_time: int  # about now
    last_frame_time: int  # the first frame of this period; in the process callback
    midi_inports: Ports
    midi_outports: Ports

    def get_ports(
        self, *, is_midi: bool = False, is_input: bool = False, is_output: bool = False
    ) -> Iterable[Named]:
        """Return the ports of all clients of some kind."""
        ...

    def get_all_connections(self, port: Port) -> Iterable[Named]:
        """Return the ports that a port of ours is connected to."""
        ...

    def connect(self, source: str, destination: str) -> None:
        """Connect two ports."""
        ...

    def set_process_callback(self, callback: Callable[[int], None]) -> None:
        """Have `callback` called, with the frames of a period, for every period."""
        ...

    def set_shutdown_callback(self, callback: Callable[[object, str], None]) -> None:
        """Have `callback` called when the server goes away."""
        ...

    def activate(self) -> None:
        """Begin."""
        ...

    def deactivate(self) -> None:
        """Stop the callbacks."""
        ...

    def close(self) -> None:
        """Leave the server."""
        ...


class Jack(Protocol):
    """The module `jack`."""

    JackError: type[Exception]

    def Client(self, name: str, *, no_start_server: bool) -> Client:
        """Join the server. Raises JackError."""
        ...

    def set_error_function(self, callback: Callable[[str], None]) -> None:
        """Have complaints go to `callback`."""
        ...

    def set_info_function(self, callback: Callable[[str], None]) -> None:
        """Have remarks go to `callback`."""
        ...


def join(jack: Jack, name: str, patience: float = ANSWER) -> Client:
    """Join a server, for a command that somebody waits for. Blocks for `patience` s at most.

    Raises JackError where there is no server, and PortError where one stands still: it answers
    nobody, and the library would wait for ever.
    """
    answers = SimpleQueue[Client | Exception]()

    def ask() -> None:
        try:
            answers.put(jack.Client(name, no_start_server=True))
        except jack.JackError as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=patience)
    except Empty:
        raise PortError(
            "the JACK server stands still: it does not answer; end it and start it again"
        ) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def load() -> Jack | None:
    """Return JACK-Client, silenced; None where it, or JACK's own library, is not installed."""
    try:
        jack = cast(Jack, import_module("jack"))
    except (ImportError, OSError):
        return None
    jack.set_error_function(ignore)
    jack.set_info_function(ignore)
    return jack


def ignore(_: str) -> None:
    """Drop what the library says."""

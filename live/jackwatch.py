"""What python-rtmidi does not tell of JACK: that the server has gone, and who is connected.

A client of our own, without ports, through JACK's library itself. It does nothing but listen.
"""

import ctypes
from collections.abc import Iterator, Mapping
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_ulong, c_void_p, cast
from itertools import count, takewhile

from loopwright.live.patch import Cable

LIBRARY = "libjack.so.0"
NO_START = 1  # JackNoStartServer
MIDI = b"8 bit raw midi"
Shut = CFUNCTYPE(None, c_void_p)


class JackWatch:
    """A silent client beside our ports. Any thread of the player; waits at the opening alone."""

    def __init__(self) -> None:
        """Join the server. Raises OSError where that, or the library, is not there."""
        self.gone = False
        self._jack = signed(ctypes.CDLL(LIBRARY))
        self._client = self._jack.jack_client_open(b"Loopwright watch", NO_START, byref(c_int()))
        if not self._client:
            raise OSError("no JACK server")
        self._shut = Shut(self._note)  # kept, or it would be collected while JACK has it
        self._jack.jack_on_shutdown(self._client, self._shut, None)
        self._ours: dict[str, tuple[str, bool]] = {}
        self._before = self._ports()

    def learn(self, ours: Mapping[str, bool]) -> None:
        """Learn what JACK calls the ports that were opened since; `ours`: name, whether an input.

        That is not always the same: a client whose name is taken gets another.
        """
        new = self._ports() - self._before
        self._ours = {
            own: (name, incoming)
            for own, incoming in ours.items()
            for name in new
            if name.endswith(f":{own}")
        }

    def cables(self) -> tuple[Cable, ...]:
        """Return how our ports are connected."""
        return tuple(
            Cable(own, other, incoming)
            for own, (name, incoming) in self._ours.items()
            for other in self._connected(name)
        )

    def join(self, cable: Cable) -> None:
        """Connect a port of ours to another's, if both are there."""
        name, _ = self._ours[cable.name]
        ends = (cable.other, name) if cable.incoming else (name, cable.other)
        self._jack.jack_connect(self._client, *(end.encode() for end in ends))

    def _ports(self) -> set[str]:
        return set(self._told(self._jack.jack_get_ports(self._client, None, MIDI, 0)))

    def _connected(self, name: str) -> tuple[str, ...]:
        port = self._jack.jack_port_by_name(self._client, name.encode())
        if not port:
            return ()
        return tuple(self._told(self._jack.jack_port_get_all_connections(self._client, port)))

    def close(self) -> None:
        """Leave the server."""
        self._jack.jack_client_close(self._client)

    def _note(self, _: object) -> None:
        self.gone = True

    def _told(self, names: int | None) -> Iterator[str]:
        """Yield the names of a list that JACK made, and give it back."""
        if not names:
            return
        listed = cast(names, POINTER(c_char_p))
        yield from (name.decode() for name in takewhile(bool, map(listed.__getitem__, count())))
        self._jack.jack_free(names)


def watch_on(system: str) -> JackWatch | None:
    """Return a watch where the MIDI system is JACK, and its library is there. Takes some 30 ms."""
    try:
        return JackWatch() if system == "jack" else None
    except OSError:
        return None


def nothing(_: object) -> None:
    """Drop what the library says."""


SAYS = CFUNCTYPE(None, c_char_p)
SILENT = SAYS(nothing)  # the library keeps it


def signed(jack: ctypes.CDLL) -> ctypes.CDLL:
    """Return JACK's library with the types of what is used of it."""
    for function, result, *given in (
        (jack.jack_client_open, c_void_p, c_char_p, c_int, POINTER(c_int)),
        (jack.jack_on_shutdown, None, c_void_p, Shut, c_void_p),
        (jack.jack_get_ports, c_void_p, c_void_p, c_char_p, c_char_p, c_ulong),
        (jack.jack_port_by_name, c_void_p, c_void_p, c_char_p),
        (jack.jack_port_get_all_connections, c_void_p, c_void_p, c_void_p),
        (jack.jack_connect, c_int, c_void_p, c_char_p, c_char_p),
        (jack.jack_client_close, c_int, c_void_p),
        (jack.jack_free, None, c_void_p),
        (jack.jack_set_error_function, None, SAYS),
        (jack.jack_set_info_function, None, SAYS),
    ):
        function.restype, function.argtypes = result, given
    jack.jack_set_error_function(SILENT)
    jack.jack_set_info_function(SILENT)
    return jack

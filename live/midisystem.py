"""The MIDI systems that python-rtmidi can reach, behind types.

python-rtmidi is opened directly, with its system named: left to choose, it takes ALSA even where
only JACK runs. It is imported on use; where it does not import there is no MIDI system.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol, cast

from loopwright.engine.errors import PortError
from loopwright.engine.time import Seconds
from loopwright.live.now import now

APIS = {
    "jack": "API_UNIX_JACK",
    "alsa": "API_LINUX_ALSA",
    "core": "API_MACOSX_CORE",
    "windows": "API_WINDOWS_MM",
}
TITLES = {
    "jack": "JACK",
    "alsa": "ALSA",
    "core": "CoreMIDI",
    "windows": "Windows MIDI",
    "none": "no MIDI",
}


class SystemGone(PortError):
    """The MIDI system that we played on has gone: nothing can be sent, not even an end."""


Hearer = Callable[[bytes, float, Seconds], None]
"""Takes a message, the driver's seconds since the one before, and the second it arrived."""
Note = Callable[[str], object]
"""Takes a sentence: what was tried, and did not open."""


class OpenPort(Protocol):
    """An open port of python-rtmidi."""

    def open_port(self, port: int, name: str) -> object:
        """Connect a port called `name` to the system's port number `port`."""
        ...

    def open_virtual_port(self, name: str) -> object:
        """Make a port that others can connect to."""
        ...

    def get_ports(self) -> list[str]:
        """Return the names of the ports that it could connect to."""
        ...

    def close_port(self) -> None:
        """Close the port; another can be opened."""
        ...

    def delete(self) -> None:
        """Close the port and its connection to the MIDI system."""
        ...


class OutPort(OpenPort, Protocol):
    """An open output."""

    def send_message(self, message: bytes) -> None:
        """Send one complete message. May block where the MIDI system died."""
        ...


class InPort(OpenPort, Protocol):
    """An open input."""

    def ignore_types(self, *, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Say which messages are not wanted."""
        ...

    def set_callback(
        self, func: Callable[[tuple[list[int], float], object], None], data: object = None
    ) -> None:
        """Have `func` called, on the driver's thread, for every message."""
        ...

    def cancel_callback(self) -> None:
        """Have nothing called any more."""
        ...


@contextmanager
def quiet() -> Generator[None]:
    """Keep what C libraries print on standard error off the screen. One thread; never waits."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def quiet_for_good() -> None:
    """Do the same until this process ends: JACK's library complains when the server dies."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


class MidiSystem:
    """One MIDI system that really opens. Its methods may take some 20 ms each."""

    def __init__(self, name: str) -> None:
        """Open the system, an entry of APIS. Raises PortError where it does not answer."""
        self.name = name
        try:
            self._rtmidi = import_module("rtmidi")
        except ImportError as error:
            raise PortError(f"python-rtmidi does not load: {error}") from None
        self._api = cast(int, getattr(self._rtmidi, APIS[name]))
        if self._api not in self._rtmidi.get_compiled_api():
            raise PortError(f"this python-rtmidi was built without {TITLES[name]}")
        probe = self._made("MidiOut", "Loopwright")
        self.outputs = tuple(probe.get_ports())
        probe.delete()

    @property
    def virtual(self) -> bool:
        """Whether ports can be made that others connect to."""
        return self.name != "windows"

    def inputs(self) -> tuple[str, ...]:
        """Return the names of the ports that messages can come from."""
        probe = self._made("MidiIn", "Loopwright")
        names = tuple(probe.get_ports())
        probe.delete()
        return names

    def listen(self, name: str, source: str | None, hear: Hearer) -> InPort:
        """Open an input called `name`, connected to `source` or, with None, virtual.

        `hear` is called on the driver's thread.
        """
        port = cast(InPort, self._made("MidiIn", name))
        port.ignore_types(sysex=True, timing=False, active_sense=True)

        def heard(event: tuple[list[int], float], _: object) -> None:
            arrival = now()
            hear(bytes(event[0]), event[1], arrival)

        port.set_callback(heard)
        self._open(port, name, source)
        return port

    def speak(self, name: str, target: str | None) -> OutPort:
        """Open an output called `name`, connected to `target` or, with None, virtual."""
        port = cast(OutPort, self._made("MidiOut", name))
        self._open(port, name, target)
        return port

    def reopen(self, port: OpenPort, name: str, other: str) -> None:
        """Close a port and open it again, connected to `other`. Raises PortError."""
        port.close_port()
        self._open(port, name, other)

    def _made(self, kind: str, client: str) -> OpenPort:
        try:
            return cast(OpenPort, getattr(self._rtmidi, kind)(self._api, name=client))
        except (OSError, ValueError) as error:
            raise PortError(f"{TITLES[self.name]} does not open: {error}") from None

    def _open(self, port: OpenPort, name: str, other: str | None) -> None:
        try:
            if other is None:
                port.open_virtual_port(name)
            else:
                port.open_port(port.get_ports().index(other), name)
        except (OSError, ValueError, NotImplementedError) as error:
            raise PortError(f"{TITLES[self.name]}: {name!r} does not open: {error}") from None


def candidates(platform: str) -> tuple[str, ...]:
    """Return the MIDI systems to try on `sys.platform`, the most wanted first."""
    if platform == "darwin":
        return ("core",)
    return ("windows",) if platform == "win32" else ("jack", "alsa")


def ignore(_: str) -> None:
    """Take no note."""


def find(wanted: str, note: Note = ignore) -> MidiSystem | None:
    """Return the MIDI system `wanted`, or the first that opens; None where none does.

    `note` is told why others do not. Raises PortError where one was named and does not open.
    Takes some 30 ms.
    """
    if wanted == "none":
        return None
    with quiet():
        if wanted != "auto":
            return MidiSystem(wanted)
        for name in candidates(sys.platform):
            try:
                return MidiSystem(name)
            except PortError as error:
                note(str(error))
    return None

"""`loopwright ports` and `loopwright panic`: what ports there are, and silence on all of them.

Both go the way that a jam would: through JACK-Client where that is installed and a server runs,
else through python-rtmidi.
"""

import time
from collections import deque
from collections.abc import Iterable
from threading import Event

from loopwright.engine import midi
from loopwright.engine.errors import PortError
from loopwright.live.jackclient import Jack, join
from loopwright.live.jackports import JackPorts, in_jack
from loopwright.live.midisystem import TITLES, MidiSystem, Note, find, ignore, quiet
from loopwright.live.patch import OUTPUT, match
from loopwright.live.rtports import PRECISION

CLIENT = "Loopwright Panic"
ALL_OFF = tuple(data for channel in range(1, 17) for data in midi.all_notes_off(channel))
KEYS = tuple(midi.note_off(channel, key) for channel in range(1, 17) for key in range(128))
SILENCE = (*ALL_OFF, *KEYS)  # some instruments know only the one, some only the other
BURST, PAUSE = 48, 0.005  # so many messages at once, then so many seconds: faster, some get lost
PATIENCE = 5.0  # seconds that JACK may take to send it all


class Driver:
    """The ports that python-rtmidi sees."""

    def __init__(self, system: MidiSystem) -> None:
        """Read the names of all ports. Takes some 20 ms."""
        self._system = system
        self.title = f"{TITLES[system.name]} through python-rtmidi: {PRECISION[system.name]}"
        self.outputs = system.outputs
        with quiet():
            self.inputs = system.inputs()

    def send(self, targets: tuple[str, ...], messages: Iterable[bytes]) -> tuple[str, ...]:
        """Send messages to each port, in bursts, and return who could be reached.

        Blocks for some 0.2 s a port.
        """
        told = tuple(messages)
        with quiet():
            return tuple(target for target in targets if self._reaches(target, told))

    def _reaches(self, target: str, messages: tuple[bytes, ...]) -> bool:
        try:
            out = self._system.speak(OUTPUT, target)
            for number, data in enumerate(messages):
                if number % BURST == 0:
                    time.sleep(PAUSE)
                out.send_message(data)
            out.delete()
        except (PortError, OSError):
            return False
        return True


class Server:
    """The MIDI ports of a JACK server, seen through JACK-Client. One thread, and JACK's own."""

    title = f"JACK through {JackPorts.through}"

    def __init__(self, jack: Jack) -> None:
        """Join the server and read the names of all ports. Raises JackError and PortError."""
        self._jack = jack
        self._client = join(jack, CLIENT)
        found = self._client.get_ports
        self.inputs = tuple(port.name for port in found(is_midi=True, is_output=True))
        self.outputs = tuple(port.name for port in found(is_midi=True, is_input=True))

    def send(self, targets: tuple[str, ...], messages: Iterable[bytes]) -> tuple[str, ...]:
        """Send messages to all ports at once, as many a period as there is room for.

        Returns who could be reached. Blocks for some 0.2 s. Raises PortError where the server
        takes nothing.
        """
        leaving, sent = deque[bytes](), Event()
        port = self._client.midi_outports.register(OUTPUT)

        def process(_: int) -> None:
            port.clear_buffer()
            if not leaving:
                return
            for _ in range(min(BURST, len(leaving))):
                try:
                    port.write_midi_event(0, leaving[0])
                except self._jack.JackError:
                    return  # no room for more: the next period has some
                leaving.popleft()
            if not leaving:
                sent.set()

        self._client.set_process_callback(process)
        self._client.activate()
        reached = tuple(target for target in targets if self._connects(target))
        leaving.extend(messages)
        if not sent.wait(PATIENCE):
            raise PortError("the JACK server takes no messages")
        time.sleep(2 * self._client.blocksize / self._client.samplerate + PAUSE)
        return reached

    def _connects(self, target: str) -> bool:
        try:
            self._client.connect(f"{self._client.name}:{OUTPUT}", target)
        except self._jack.JackError:
            return False  # gone meanwhile, or its client is not active
        return True

    def close(self) -> None:
        """Leave the server."""
        with quiet():
            self._client.deactivate()
            self._client.close()


def listing() -> str:
    """Return a text that lists the MIDI system and its ports, for `loopwright ports`."""
    tried = list[str]()
    server = joined(tried.append)
    if server is not None:
        server.close()
    directory = server or driver(tried.append)
    unused = [f"not used: {reason}" for reason in tried]
    if directory is None:
        return "\n".join(
            ["no MIDI system here; `loopwright jam` plays to a MIDI file then", *unused]
        )
    lines = [f"MIDI system: {directory.title}", *unused, "inputs (notes and clock come from):"]
    lines += [f"  {name}" for name in directory.inputs] or ["  none"]
    lines += ["outputs (loops go to):", *([f"  {n}" for n in directory.outputs] or ["  none"])]
    return "\n".join(lines)


def silence(port: str | None) -> str:
    """Silence every output that exists, or the one that `port` names: `loopwright panic`.

    Returns what was done. Raises PortError.
    """
    server = joined()
    try:
        directory = server or driver()
        if directory is None:
            return "no MIDI system here: nothing to silence"
        outputs = directory.outputs
        targets = outputs if port is None else (match(port, outputs, "output"),)
        reached = directory.send(targets, SILENCE)
    finally:
        if server is not None:
            server.close()
    missed = [target for target in targets if target not in reached]
    said = "silenced: " + (", ".join(reached) or "nothing")
    return said + (f"; not reached: {', '.join(missed)}" if missed else "")


def joined(note: Note = ignore) -> Server | None:
    """Join a JACK server through JACK-Client, None where there is none of the two.

    `note` is told which.
    """
    return in_jack(Server, note)


def driver(note: Note = ignore) -> Driver | None:
    """Return what python-rtmidi sees, None where no MIDI system opens; `note` is told why."""
    system = find("auto", note)
    return None if system is None else Driver(system)

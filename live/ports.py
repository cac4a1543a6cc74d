"""The open ports of a run: what comes in, stamped, and what goes out."""

from functools import partial
from typing import Protocol

from loopwright.engine.errors import PortError
from loopwright.engine.happen import Heard
from loopwright.engine.time import Seconds
from loopwright.live.inbox import Inbox
from loopwright.live.jackports import JackPorts, open_jack
from loopwright.live.midisystem import MidiSystem, OpenPort, OutPort, find, quiet
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.patch import (
    Cable,
    Feed,
    Intake,
    Outtake,
    kind_of,
    plan_inputs,
    plan_outputs,
)
from loopwright.live.stamps import Stamps


class Outlet(Protocol):
    """Where the player's messages go to and come from."""

    system: str
    names: tuple[str, ...]
    spins: bool  # whether to wait for a due message by spinning

    @property
    def lead(self) -> Seconds:
        """How far ahead of their time messages are to be handed over."""
        ...

    def now(self) -> Seconds:
        """Return the present second of the clock that this outlet keeps. Never waits."""
        ...

    def heard(self) -> list[Heard]:
        """Take what came in. The player's thread; never waits."""
        ...

    def waiting(self) -> bool:
        """Return whether anything came in that was not taken yet. Never waits."""
        ...

    def send(self, part: Feed, data: bytes, at: Seconds) -> None:
        """Send one complete message, due at second `at`, now. The player's thread."""
        ...

    def cables(self) -> tuple[Cable, ...]:
        """Return how our ports are connected, where the MIDI system tells. Never waits."""
        ...

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Connect our ports like this, as far as the others are still there."""
        ...

    def close(self) -> None:
        """Close everything. The player's thread."""
        ...


class Ports:
    """Open ports of python-rtmidi. The player's thread, but for the driver's callbacks."""

    lead = Seconds(0.0)
    spins = True

    def __init__(self, system: MidiSystem, wiring: Wiring) -> None:
        """Open all that `wiring` asks for. Raises PortError; takes some 20 ms a port."""
        self.system = system.name
        self._arrived: Inbox[tuple[int, bytes, float, Seconds]] = Inbox()
        self._inputs: list[tuple[Intake, Stamps, OpenPort]] = []
        self._outputs: dict[Feed, OutPort] = {}
        with quiet():
            intakes = plan_inputs(wiring, system.inputs(), system.virtual)
            outtakes = plan_outputs(wiring, system.outputs, system.virtual)
            self.names = tuple(place.name for place in (*intakes, *outtakes))
            for intake in intakes:
                self._listen(system, intake)
            for outtake in outtakes:
                self._speak(system, outtake)

    def now(self) -> Seconds:
        """Return the present second."""
        return now()

    def heard(self) -> list[Heard]:
        """Take what came in, in order of time, less what its port is not for."""
        came = list[Heard]()
        for index, data, delta, arrival in self._arrived.take():
            intake, stamps, _ = self._inputs[index]
            at = stamps.stamp(delta, arrival)
            if data and kind_of(data) in intake.takes:
                came.append(Heard(data, at, intake.name))
        return sorted(came, key=lambda heard: heard.at)

    def waiting(self) -> bool:
        """Return whether anything came in that was not taken yet."""
        return bool(self._arrived)

    def send(self, part: Feed, data: bytes, at: Seconds) -> None:
        """Send now. Raises OSError; blocks for ever where the MIDI system died."""
        del at  # these ports know no time but now
        self._outputs[part].send_message(data)

    def cables(self) -> tuple[Cable, ...]:
        """Return nothing: python-rtmidi does not tell."""
        return ()

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Do nothing: there are no cables that were told."""

    def close(self) -> None:
        """Close everything."""
        ports = [port for _, _, port in self._inputs] + list(self._outputs.values())
        for port in dict.fromkeys(ports):
            port.delete()

    def _listen(self, system: MidiSystem, intake: Intake) -> None:
        arrive = partial(self._arrive, len(self._inputs))
        port = system.listen(intake.name, intake.source, arrive)
        self._inputs.append((intake, Stamps(), port))

    def _arrive(self, index: int, data: bytes, delta: float, arrival: Seconds) -> None:
        self._arrived.put((index, data, delta, arrival))

    def _speak(self, system: MidiSystem, outtake: Outtake) -> None:
        port = system.speak(outtake.name, outtake.target)
        self._outputs.update(dict.fromkeys(outtake.feeds, port))


def open_ports(wiring: Wiring) -> Ports | JackPorts | None:
    """Open the ports of a run, None where there is no MIDI system.

    JACK is best reached through JACK-Client, where that is installed.

    Raises PortError where a name does not fit, or a port was named and nothing can be opened.
    """
    if wiring.midi_system in ("auto", "jack"):
        exact = open_jack(wiring)
        if exact is not None:
            return exact
    system = find(wiring.midi_system)
    if system is not None:
        return Ports(system, wiring)
    for asked in (wiring.port, wiring.clock_from, wiring.notes_from, wiring.clock_to):
        if asked is not None:
            raise PortError(f"no MIDI system here, so no port {asked!r}")
    if wiring.lead or wiring.link:
        raise PortError("no MIDI system here, so nobody to lead and nothing to play a session with")
    return None

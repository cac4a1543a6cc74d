"""Open ports of python-rtmidi: ALSA, CoreMIDI, Windows, and JACK by the period."""

import time
from functools import partial
from typing import cast

from loopwright.engine.errors import PortError
from loopwright.engine.happen import Heard, OutputLost
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.hotplug import HotPlug, Plug, plugs_of
from loopwright.live.inbox import Inbox
from loopwright.live.jackwatch import watch_on
from loopwright.live.midisystem import (
    InPort,
    MidiSystem,
    OpenPort,
    OutPort,
    SystemGone,
    quiet,
    quiet_for_good,
)
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.patch import (
    Cable,
    Feed,
    Fit,
    Intake,
    Outtake,
    kind_of,
    match,
    plan_inputs,
    plan_outputs,
)
from loopwright.live.stamps import Stamps

SETTLE = 0.02  # seconds in which a callback that has begun comes to its end
PRECISION = {
    "jack": "exact to the period (pip install 'loopwright[jack]': to the frame)",
    "alsa": "by the driver's time stamps",
    "core": "by the driver's time stamps",
    "windows": "by the driver's time stamps",
}


class Nowhere:
    """Where messages go that have no port: while it is opened anew, or was never made."""

    def send_message(self, message: bytes) -> None:
        """Drop it."""


class Ports:
    """Open ports of python-rtmidi. The player's thread, but for the driver's callbacks."""

    lead = Seconds(0.0)
    spins = True

    def __init__(self, system: MidiSystem, wiring: Wiring, fit: Fit = match) -> None:
        """Open all that `wiring` asks for, as `fit` finds it.

        Raises PortError; takes some 20 ms a port.
        """
        self.system, self._midi = system.name, system
        self.through = f"python-rtmidi: {PRECISION[system.name]}"
        self._arrived: Inbox[tuple[int, bytes, float, Seconds]] = Inbox()
        self._lost: Inbox[OutputLost] = Inbox()
        self._inputs: list[tuple[Intake, Stamps, InPort]] = []
        self._outputs: dict[Feed, OutPort | Nowhere] = dict.fromkeys(Part, Nowhere())
        self._open: dict[str, OpenPort] = {}
        with quiet():
            intakes = plan_inputs(wiring, system.inputs(), system.virtual, fit)
            outtakes = plan_outputs(wiring, system.outputs, system.virtual, fit)
            self.names = tuple(place.name for place in (*intakes, *outtakes))
            heard = {intake.name for intake in intakes}
            self._watch = watch_on(system.name)
            for intake in intakes:
                self._listen(intake)
            for outtake in outtakes:
                self._speak(outtake)
            if self._watch is not None:
                self._watch.learn({name: name in heard for name in self.names})
        if system.name == "jack":
            quiet_for_good()
        self._plugs = HotPlug(self, plugs_of(intakes, outtakes))

    def now(self) -> Seconds:
        """Return the present second."""
        return now()

    def heard(self) -> list[Heard | OutputLost]:
        """Take what came in, in order of time, less what its port is not for; and what was lost.

        Raises SystemGone where JACK has gone.
        """
        if self._watch is not None and self._watch.gone:
            raise SystemGone("JACK has gone")
        came = list[Heard | OutputLost](self._lost.take())
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
        """Return how our ports are connected, where that is told: by JACK."""
        return () if self._watch is None else self._watch.cables()

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Connect our ports like this, as far as the others are still there."""
        if self._watch is not None:
            for cable in cables:
                self._watch.join(cable)

    def away(self) -> tuple[str, ...]:
        """Return what was named and is not there now."""
        return self._plugs.away()

    def there(self, plug: Plug) -> list[str]:
        """Return the ports of others that a plug could be put into."""
        return self._open[plug.name].get_ports()

    def put(self, plug: Plug, other: str) -> bool:
        """Open a port of ours anew, connected to another's; return whether it is."""
        port, cables = self._open[plug.name], self.cables()
        feeds: list[Feed] = [feed for feed, out in self._outputs.items() if out is port]
        self._route(feeds, Nowhere())
        try:
            self._midi.reopen(port, plug.name, other)
        except PortError:
            return False
        finally:
            self._route(feeds, cast(OutPort, port))
        self.connect(tuple(cable for cable in cables if cable.name == plug.name))
        return True

    def _route(self, feeds: list[Feed], out: OutPort | Nowhere) -> None:
        for feed in feeds:
            self._outputs[feed] = out

    def lose(self, plug: Plug) -> None:
        """Take in that the port that a plug was in is gone."""
        if not plug.incoming:
            self._lost.put(OutputLost(now()))

    def close(self) -> None:
        """Close everything, after the callbacks: one that waits for us would never be closed."""
        self._plugs.end()
        for _, _, port in self._inputs:
            port.cancel_callback()
        time.sleep(SETTLE)
        for port in self._open.values():
            port.delete()
        if self._watch is not None:
            self._watch.close()

    def _listen(self, intake: Intake) -> None:
        arrive = partial(self._arrive, len(self._inputs))
        port = self._midi.listen(intake.name, intake.source, arrive)
        self._inputs.append((intake, Stamps(), port))
        self._open[intake.name] = port

    def _arrive(self, index: int, data: bytes, delta: float, arrival: Seconds) -> None:
        self._arrived.put((index, data, delta, arrival))

    def _speak(self, outtake: Outtake) -> None:
        port = self._midi.speak(outtake.name, outtake.target)
        self._outputs.update(dict.fromkeys(outtake.feeds, port))
        self._open[outtake.name] = port

"""Out of one port of ours and in at another: how long messages take, and how many come.

`python -m loopwright.live.loopback WAY` is the process that plays to itself, with what the player
asks of the system: a driver that blocks for ever blocks nobody else.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from loopwright.engine.errors import PortError
from loopwright.engine.happen import Heard
from loopwright.engine.midi import control
from loopwright.engine.notes import Part
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.time import Seconds, period_of
from loopwright.live.jackclient import load
from loopwright.live.jackports import JackPorts
from loopwright.live.midisystem import TITLES, MidiSystem, quiet
from loopwright.live.now import now, wait_until
from loopwright.live.options import Wiring
from loopwright.live.patch import INPUT, Cable, port_name
from loopwright.live.rights import claim_time
from loopwright.live.stamps import Stamps

EXACT = "JACK through JACK-Client"
PATIENCE = 12.0  # seconds that messages may take to come back
FOR, TEMPO = 2.0, 120.0  # seconds, quarter notes a minute
NUMBERED = 3  # a CC that means nothing: its value numbers the messages, 0..127
SETTLE = 0.3  # seconds that connections and the last messages are given
NAP = 0.001  # seconds


@dataclass(frozen=True, slots=True)
class Loopback:
    """What came back of messages sent: delays in seconds, frames a second where frames count."""

    sent: int
    delays: tuple[float, ...]
    rate: int = 0


def measured(way: str) -> Loopback | None:
    """Return what comes back on a way, an entry of LOOPS; None where nothing does. Some 4 s."""
    command = [sys.executable, "-P", "-m", __name__, way]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except subprocess.SubprocessError:
        return None
    told = json.loads(done.stdout)
    return Loopback(told["sent"], tuple(told["delays"]), told["rate"])


def deadlines(begin: Seconds) -> list[Seconds]:
    """Return the seconds at which messages are sent: those of a host's clocks."""
    period = period_of(TEMPO)
    return [Seconds(begin + n * period) for n in range(round(FOR / period))]


def loop_jack_client() -> Loopback:
    """Play to ourselves through the ports of a jam. Blocks for some 3 s. Raises PortError."""
    jack = load()
    if jack is None:
        raise PortError("JACK-Client is not here any more")
    with quiet():
        ports = JackPorts(jack, Wiring())
    try:
        ports.connect((Cable(INPUT, ports.whole(port_name(Part.DRUMS)), incoming=True),))
        time.sleep(SETTLE)
        due = deadlines(Seconds(ports.now() + SETTLE))
        for number, at in enumerate(due):
            while ports.now() < at - ports.lead:
                time.sleep(NAP)
            ports.send(Part.DRUMS, numbered(number), at)
        time.sleep(SETTLE)
        came = [(one.data, one.at) for one in ports.heard() if isinstance(one, Heard)]
        return Loopback(len(due), delays(due, came), ports.rate)
    finally:
        ports.close()


def loop_rtmidi(api: str) -> Loopback:
    """Play to ourselves through python-rtmidi. Blocks for some 3 s. Raises PortError."""
    system, name = MidiSystem(api), "Loopwright Doctor"
    stamps, came = Stamps(), list[tuple[bytes, Seconds]]()

    def hear(data: bytes, delta: float, arrival: Seconds) -> None:
        came.append((data, stamps.stamp(delta, arrival)))

    with quiet():
        out = system.speak(name, None)
        source = next((port for port in system.inputs() if name in port), None)
        if source is None:
            out.delete()
            raise PortError("the system does not list our own port")
        ear = system.listen(f"{name} In", source, hear)
    time.sleep(SETTLE)
    due = deadlines(Seconds(now() + SETTLE))
    for number, at in enumerate(due):
        wait_until(at)
        out.send_message(numbered(number))
    time.sleep(SETTLE)
    for port in (ear, out):
        port.delete()
    return Loopback(len(due), delays(due, came))


def numbered(number: int) -> bytes:
    """Return message number 0..127."""
    return control(CONTROL_CHANNEL, NUMBERED, number)


def delays(due: Sequence[float], came: Sequence[tuple[bytes, float]]) -> tuple[float, ...]:
    """Return how long after its time each message came, of those that came."""
    arrived = dict(reversed(came))
    pairs = ((arrived.get(numbered(number)), at) for number, at in enumerate(due))
    return tuple(there - at for there, at in pairs if there is not None)


LOOPS: Mapping[str, Callable[[], Loopback]] = {
    EXACT: loop_jack_client,
    **{api: partial(loop_rtmidi, api) for api in TITLES if api != "none"},
}

if __name__ == "__main__":
    claim_time()
    print(json.dumps(asdict(LOOPS[sys.argv[1]]())))

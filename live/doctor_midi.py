"""Which MIDI systems open here, and how evenly messages go out of one port of ours and in again."""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from loopwright.engine.errors import PortError
from loopwright.engine.midi import control
from loopwright.engine.notes import Part
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.time import Seconds, period_of
from loopwright.live.findings import Finding, percentile
from loopwright.live.jackclient import load
from loopwright.live.jackports import JackPorts
from loopwright.live.midisystem import TITLES, MidiSystem, candidates, quiet
from loopwright.live.now import now, wait_until
from loopwright.live.options import Wiring
from loopwright.live.patch import INPUT, Cable, port_name
from loopwright.live.rights import claim_time
from loopwright.live.stamps import Stamps

PATIENCE = 12.0  # seconds that messages may take to come back
FOR, TEMPO = 2.0, 120.0  # seconds, quarter notes a minute
NUMBERED = 3  # a CC that means nothing: its value numbers the messages, 0..127
SETTLE = 0.3  # seconds that connections and the last messages are given
NAP = 0.001  # seconds
EXACT = "JACK through JACK-Client"
INSTALL = "pip install 'loopwright[jack]' (JACK to the frame)"
UNEVEN = 3.0  # milliseconds at p99 from which something should be changed
SEQUENCER = Path("/dev/snd/seq")
START_JACK = (
    "start a MIDI system: `modprobe snd-seq` as root gives ALSA; a JACK server (jackd, QjackCtl) "
    "or PipeWire (run Loopwright with pw-jack) gives JACK"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Whether a MIDI system opens, or else why not; `loop` names the entry of LOOPS for it."""

    name: str
    trouble: str = ""
    loop: str = ""


@dataclass(frozen=True, slots=True)
class Loopback:
    """What came back of messages sent: delays in seconds, frames a second where frames count."""

    sent: int
    delays: tuple[float, ...]
    rate: int = 0


def systems() -> tuple[Opened, ...]:
    """Try every MIDI system of this platform, the most wanted first. Takes some 100 ms."""
    return (through_jack_client(), *(through_rtmidi(name) for name in candidates(sys.platform)))


def through_jack_client() -> Opened:
    """Try JACK through JACK-Client."""
    if importlib.util.find_spec("jack") is None:
        return Opened(EXACT, "JACK-Client is not installed")
    jack = load()
    if jack is None:
        return Opened(EXACT, "JACK's own library, libjack, is not here")
    try:
        with quiet():
            jack.Client("Loopwright Doctor", no_start_server=True).close()
    except jack.JackError:
        return Opened(EXACT, "no JACK server runs")
    return Opened(EXACT, loop=EXACT)


def through_rtmidi(name: str) -> Opened:
    """Try a MIDI system through python-rtmidi."""
    title = f"{TITLES[name]} through python-rtmidi"
    try:
        with quiet():
            system = MidiSystem(name)
    except PortError as trouble:
        return Opened(title, reason(name, str(trouble)))
    return Opened(title, loop=name if system.virtual else "")


def reason(name: str, trouble: str) -> str:
    """Return why a system does not open, as exactly as the machine tells."""
    if name == "alsa" and "does not open" in trouble:
        if not SEQUENCER.exists():
            return f"{SEQUENCER} is missing: the kernel module snd-seq is not loaded"
        return f"{SEQUENCER} is there, but not for this user (or it is in use): {trouble}"
    if name == "jack" and "does not open" in trouble:
        return "no JACK server runs"
    return trouble


def midi(found: Sequence[Opened]) -> Finding:
    """Tell which systems open, and what to change where none does or a better one could."""
    lines = [f"{one.name}: {one.trouble or 'opens'}" for one in found]
    facts = {one.name: one.trouble or "opens" for one in found}
    return Finding("MIDI systems", tuple(lines), facts, tuple(advice(found)))


def advice(found: Sequence[Opened]) -> list[str]:
    """Return what to change about MIDI systems."""
    troubles = {one.name: one.trouble for one in found}
    missing = [one for one in found if "does not load" in one.trouble]
    words = [f"make python-rtmidi load: {missing[0].trouble}"] if missing else []
    if all(troubles.values()):
        words.append("no MIDI system opens: jam plays to a file")
        if sys.platform == "linux":
            words.append(START_JACK)
    if "not installed" in troubles[EXACT] and not troubles.get("JACK through python-rtmidi", "x"):
        words.append(INSTALL)
    return words


def loopback(found: Sequence[Opened]) -> Finding:
    """Send messages out of a port of ours and into another, on the first system that can.

    In a process of its own, with what the player asks of the system; a driver may block for ever.
    """
    working = next((one for one in found if one.loop), None)
    if working is None:
        return Finding("loopback", ("not measured: no MIDI system here opens virtual ports",))
    command = [sys.executable, "-P", "-m", __name__, working.loop]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except subprocess.SubprocessError:
        words = f"{working.name}: the messages did not come back"
        return Finding("loopback", (words,), {"trouble": words}, (words,))
    figures = json.loads(done.stdout)
    return told(working.name, Loopback(figures["sent"], tuple(figures["delays"]), figures["rate"]))


def told(name: str, measured: Loopback) -> Finding:
    """Tell how even the delays are: what all have in common is no jitter."""
    delays = measured.delays
    lost = measured.sent - len(delays)
    usual = percentile(delays, 0.5)
    away = [abs(delay - usual) for delay in delays]
    shares = {
        "p50": percentile(away, 0.5),
        "p99": percentile(away, 0.99),
        "worst": percentile(away, 1.0),
    }
    lines = [
        f"{name}: {measured.sent} messages out and in again, {lost} lost, "
        f"delay {1000 * usual:.2f} ms",
        "jitter: " + ", ".join(f"{n} {in_words(s, measured.rate)}" for n, s in shares.items()),
    ]
    facts: dict[str, object] = {"system": name, "sent": measured.sent, "lost": lost}
    facts |= {"delay_ms": round(1000 * usual, 4)}
    facts |= {f"jitter_{n}_ms": round(1000 * s, 4) for n, s in shares.items()}
    if measured.rate:
        facts |= {f"jitter_{n}_frames": round(s * measured.rate) for n, s in shares.items()}
    uneven = 1000 * shares["p99"] > UNEVEN
    words = [f"messages come unevenly by {name}: a smaller period helps"] if uneven else []
    words += [f"messages get lost by {name}: a larger period or buffer helps"] if lost else []
    return Finding("loopback", tuple(lines), facts, tuple(words))


def in_words(seconds: float, rate: int) -> str:
    """Return a time in milliseconds, and in frames where frames count."""
    frames = f" ({round(seconds * rate)} frames)" if rate else ""
    return f"{1000 * seconds:.3f} ms{frames}"


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
        came = [(heard.data, heard.at) for heard in ports.heard()]
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

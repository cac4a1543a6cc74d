"""Which MIDI systems open here, how evenly messages travel by the best, and what to change."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.errors import PortError
from loopwright.live.findings import Finding, percentile
from loopwright.live.jackclient import join, load
from loopwright.live.loopback import EXACT, Loopback, measured
from loopwright.live.midisystem import TITLES, MidiSystem, candidates, quiet

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


def systems() -> tuple[Opened, ...]:
    """Try every MIDI system of this platform, the most wanted first. Takes some 100 ms."""
    return (through_jack_client(), *(through_rtmidi(name) for name in candidates(sys.platform)))


def through_jack_client() -> Opened:
    """Try JACK through JACK-Client. Raises PortError where its server stands still."""
    if importlib.util.find_spec("jack") is None:
        return Opened(EXACT, "JACK-Client is not installed")
    jack = load()
    if jack is None:
        return Opened(EXACT, "JACK's own library, libjack, is not here")
    try:
        with quiet():
            join(jack, "Loopwright Doctor").close()
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
    """Send messages out of a port of ours and into another, on the first system that can."""
    working = next((one for one in found if one.loop), None)
    if working is None:
        return Finding("loopback", ("not measured: no MIDI system here opens virtual ports",))
    came = measured(working.loop)
    if came is None:
        words = f"{working.name}: the messages did not come back"
        return Finding("loopback", (words,), {"trouble": words}, (words,))
    return told(working.name, came)


def told(name: str, came: Loopback) -> Finding:
    """Tell how even the delays are: what all have in common is no jitter."""
    delays = came.delays
    lost = came.sent - len(delays)
    usual = percentile(delays, 0.5)
    away = [abs(delay - usual) for delay in delays]
    shares = {
        "p50": percentile(away, 0.5),
        "p99": percentile(away, 0.99),
        "worst": percentile(away, 1.0),
    }
    lines = [
        f"{name}: {came.sent} messages out and in again, {lost} lost, delay {1000 * usual:.2f} ms",
        "jitter: " + ", ".join(f"{n} {in_words(s, came.rate)}" for n, s in shares.items()),
    ]
    facts: dict[str, object] = {"system": name, "sent": came.sent, "lost": lost}
    facts |= {"delay_ms": round(1000 * usual, 4)}
    facts |= {f"jitter_{n}_ms": round(1000 * s, 4) for n, s in shares.items()}
    if came.rate:
        facts |= {f"jitter_{n}_frames": round(s * came.rate) for n, s in shares.items()}
    uneven = 1000 * shares["p99"] > UNEVEN
    words = [f"messages come unevenly by {name}: a smaller period helps"] if uneven else []
    words += [f"messages get lost by {name}: a larger period or buffer helps"] if lost else []
    return Finding("loopback", tuple(lines), facts, tuple(words))


def in_words(seconds: float, rate: int) -> str:
    """Return a time in milliseconds, and in frames where frames count."""
    frames = f" ({round(seconds * rate)} frames)" if rate else ""
    return f"{1000 * seconds:.3f} ms{frames}"

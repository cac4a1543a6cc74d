"""Which MIDI system a run uses, and its ports opened there."""

from loopwright.engine.errors import PortError
from loopwright.live.jackports import JackPorts, open_jack
from loopwright.live.midisystem import Note, find, ignore
from loopwright.live.options import Wiring
from loopwright.live.patch import await_name, match
from loopwright.live.rtports import Ports


def open_ports(
    wiring: Wiring, note: Note = ignore, near: float | None = None
) -> Ports | JackPorts | None:
    """Open the ports of a run, None where there is no MIDI system.

    JACK is best reached through JACK-Client, where that is installed, and in no other way where
    `wiring` says so: a server that is starting may answer one way and not yet the other, and the
    ports would have other names. `note` is told what did not open. After a player that fell,
    `near` is the second that it counted to, or 0; what was there once is then waited for, not
    refused.

    Raises PortError where a name does not fit, or a port was named and nothing can be opened.
    """
    fit = match if near is None else await_name
    if wiring.midi_system in ("auto", "jack"):
        exact = open_jack(wiring, note, fit, near or 0.0)
        if exact is not None:
            return exact
        if wiring.exact:
            raise PortError("no JACK server runs")
    system = find(wiring.midi_system, note)
    if system is not None:
        return Ports(system, wiring, fit)
    insisted(wiring)
    return None


def insisted(wiring: Wiring) -> None:
    """Raise PortError where what is asked for needs a MIDI system."""
    for asked in (wiring.port, wiring.clock_from, wiring.notes_from, wiring.clock_to):
        if asked is not None:
            raise PortError(f"no MIDI system here, so no port {asked!r}")
    if wiring.lead or wiring.link:
        raise PortError("no MIDI system here, so nobody to lead and nothing to play a session with")

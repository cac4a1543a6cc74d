"""Which ports a run opens, worked out from names alone: nothing here touches a port."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto

from loopwright.engine.errors import PortError
from loopwright.engine.notes import Part
from loopwright.live.options import Wiring

INPUT = "Loopwright In"
OUTPUT = "Loopwright Out"  # the one port of all parts
ALSA_NUMBERS = re.compile(r" \d+:\d+$")  # of client and port; they change from run to run


class Takes(Flag):
    """What is heard on an input; the rest of what comes there is dropped."""

    CLOCK = auto()  # clock, transport and song position
    NOTES = auto()
    CONTROLS = auto()  # control changes, program changes, and all else of a channel


def kind_of(data: bytes) -> Takes:
    """Return what sort of message this is."""
    if data[0] >= 0xF0:
        return Takes.CLOCK
    return Takes.NOTES if data[0] < 0xA0 else Takes.CONTROLS


@dataclass(frozen=True, slots=True)
class Intake:
    """An input to open: `source` is the port that it connects to, None for a virtual one."""

    name: str
    source: str | None
    takes: Takes


@dataclass(frozen=True, slots=True)
class Outtake:
    """An output to open for `parts`: `target` None makes a virtual port."""

    name: str
    target: str | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Cable:
    """A connection between our port called `name` and another client's port `other`."""

    name: str
    other: str
    incoming: bool


def port_name(part: Part) -> str:
    """Return the name of a part's own output."""
    return f"Loopwright {part.capitalize()}"


def matches(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `wanted` is, or else those that it is a part of; case is nothing."""
    every, sought = tuple(names), wanted.casefold()
    whole = tuple(n for n in every if ALSA_NUMBERS.sub("", n).casefold() == sought)
    whole = tuple(n for n in every if n.casefold() == sought) or whole
    return whole or tuple(n for n in every if sought in n.casefold())


def match(wanted: str, names: Iterable[str], kind: str) -> str:
    """Return the one name that `wanted` means.

    Raises PortError, listing the ports of this `kind` ("input" or "output"), where none or
    several match.
    """
    every = tuple(names)
    found = matches(wanted, every)
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(n) for n in found or every) or "none at all"
    if found:
        raise PortError(f"{wanted!r} is the name of several MIDI {kind}s: {listed}")
    raise PortError(f"no MIDI {kind} is called {wanted!r}; there are: {listed}")


def plan_inputs(wiring: Wiring, there: tuple[str, ...], virtual: bool) -> tuple[Intake, ...]:
    """Return the inputs to open, where the inputs `there` exist. Raises PortError."""
    takes, intakes = Takes.CONTROLS, list[Intake]()
    if wiring.clock_from is None:
        takes |= Takes.CLOCK
    else:
        source = match(wiring.clock_from, there, "input")
        intakes.append(Intake("Loopwright Clock", source, Takes.CLOCK))
    if wiring.notes_from is None:
        takes |= Takes.NOTES
    else:
        source = match(wiring.notes_from, there, "input")
        intakes.append(Intake("Loopwright Notes", source, Takes.NOTES | Takes.CONTROLS))
    return tuple(main_input(wiring, there, virtual, takes)) + tuple(intakes)


def main_input(
    wiring: Wiring, there: tuple[str, ...], virtual: bool, takes: Takes
) -> Iterable[Intake]:
    """Yield `Loopwright In`, virtual or an existing port, unless others stand in for it.

    A port named with --port is listened to as well as played to, as one listens to a drum
    machine; but not where --clock-from says that the host is elsewhere.
    """
    if wiring.port is not None and wiring.clock_from is None and matches(wiring.port, there):
        yield Intake(INPUT, match(wiring.port, there, "input"), takes)
    elif virtual:
        yield Intake(INPUT, None, takes)
    elif matches(INPUT, there):
        yield Intake(INPUT, match(INPUT, there, "input"), takes)
    elif wiring.clock_from is None and wiring.port is None:
        raise PortError(f"{NO_VIRTUAL} {INPUT!r}, or name one with --clock-from")


NO_VIRTUAL = "Windows has no virtual MIDI ports: make one with loopMIDI and call it"


def plan_outputs(wiring: Wiring, there: tuple[str, ...], virtual: bool) -> tuple[Outtake, ...]:
    """Return the outputs to open, where the outputs `there` exist. Raises PortError."""
    every = tuple(Part)
    if wiring.port is not None:
        return (Outtake(OUTPUT, match(wiring.port, there, "output"), every),)
    if wiring.one_port:
        return (Outtake(OUTPUT, None if virtual else named(OUTPUT, there), every),)
    if virtual:
        return tuple(Outtake(port_name(p), None, (p,)) for p in every)
    # The melody has nothing to say yet, so a missing port for it is no reason not to play.
    melody = bool(matches(port_name(Part.MELODY), there))
    return tuple(
        Outtake(port_name(p), named(port_name(p), there), (p,))
        for p in every
        if p is not Part.MELODY or melody
    )


def named(name: str, there: tuple[str, ...]) -> str:
    """Return the existing output called `name`. Raises PortError, with what to do about it."""
    if not matches(name, there):
        raise PortError(f"{NO_VIRTUAL} {name!r}, or name an existing one with --port")
    return match(name, there, "output")

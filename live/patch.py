"""Which ports a run opens, worked out from names alone: nothing here touches a port."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from typing import Literal

from loopwright.engine.errors import PortError
from loopwright.engine.notes import Part
from loopwright.live.options import Wiring

INPUT = "Loopwright In"
OUTPUT = "Loopwright Out"  # the one port of all parts
CLOCK_OUTPUT = "Loopwright Clock Out"
Feed = Part | Literal["clock"]
"""What leaves on a port: a part, or the clock that others follow."""
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
    """An input to open: `source` is the port that it connects to, None for a virtual one.

    `wanted` is what the user called it; with `source` None it is not there now.
    """

    name: str
    source: str | None
    takes: Takes
    wanted: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outtake:
    """An output to open for `feeds`: `target` None makes a virtual port, `wanted` as above."""

    name: str
    target: str | None
    feeds: tuple[Feed, ...]
    wanted: str | None = field(default=None, compare=False)


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
    every = tuple(names)
    sought = wanted.casefold()
    return whole(wanted, every) or tuple(n for n in every if sought in n.casefold())


def whole(wanted: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that `wanted` is, or is but for the numbers of ALSA."""
    sought = wanted.casefold()
    numberless = tuple(n for n in names if ALSA_NUMBERS.sub("", n).casefold() == sought)
    return tuple(n for n in names if n.casefold() == sought) or numberless


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


def await_name(wanted: str, names: tuple[str, ...], kind: str) -> str | None:
    """Return the one name that `wanted` means, None where there is none, or not one; as `match`."""
    del kind
    found = matches(wanted, names)
    return found[0] if len(found) == 1 else None


Fit = Callable[[str, tuple[str, ...], str], str | None]
"""How a name is looked for: `match`, or `await_name` where it was there once."""


def plan_inputs(
    wiring: Wiring, there: tuple[str, ...], virtual: bool, fit: Fit = match
) -> tuple[Intake, ...]:
    """Return the inputs to open, where the inputs `there` exist. Raises PortError."""
    takes, intakes = Takes.CONTROLS, list[Intake]()
    if wiring.clock_from is None and not (wiring.lead or wiring.link):
        takes |= Takes.CLOCK
    if wiring.clock_from is not None:
        source = fit(wiring.clock_from, there, "input")
        intakes.append(Intake("Loopwright Clock", source, Takes.CLOCK, wiring.clock_from))
    if wiring.notes_from is None:
        takes |= Takes.NOTES
    else:
        source, kinds = fit(wiring.notes_from, there, "input"), Takes.NOTES | Takes.CONTROLS
        intakes.append(Intake("Loopwright Notes", source, kinds, wiring.notes_from))
    return tuple(main_input(wiring, there, virtual, takes, fit)) + tuple(intakes)


def main_input(
    wiring: Wiring, there: tuple[str, ...], virtual: bool, takes: Takes, fit: Fit
) -> Iterable[Intake]:
    """Yield `Loopwright In`, virtual or an existing port, unless others stand in for it.

    A port named with --port is listened to as well as played to, as one listens to a drum
    machine; but not where --clock-from says that the host is elsewhere. Raises PortError.
    """
    heard = wiring.port is not None and (fit is await_name or matches(wiring.port, there))
    if wiring.port is not None and wiring.clock_from is None and heard:
        yield Intake(INPUT, fit(wiring.port, there, "input"), takes, wiring.port)
    elif virtual:
        yield Intake(INPUT, None, takes)
    elif matches(INPUT, there):
        yield Intake(INPUT, match(INPUT, there, "input"), takes)
    elif wiring.clock_from is None and wiring.port is None:
        raise PortError(f"{NO_VIRTUAL} {INPUT!r}, or name one with --clock-from")


NO_VIRTUAL = "Windows has no virtual MIDI ports: make one with loopMIDI and call it"


def plan_outputs(
    wiring: Wiring, there: tuple[str, ...], virtual: bool, fit: Fit = match
) -> tuple[Outtake, ...]:
    """Return the outputs to open, where the outputs `there` exist. Raises PortError.

    Our clock leaves on a port of its own; on the one port of all parts, if that is all there is.
    """
    outputs = plan_parts(wiring, there, virtual, fit)
    if not wiring.lead:
        return outputs
    if wiring.clock_to is not None:
        target = fit(wiring.clock_to, there, "output")
        return (*outputs, Outtake(CLOCK_OUTPUT, target, ("clock",), wiring.clock_to))
    if wiring.port is not None or wiring.one_port:
        return tuple(replace(one, feeds=(*one.feeds, "clock")) for one in outputs)
    target = None if virtual else named(CLOCK_OUTPUT, there, "--clock-to")
    return (*outputs, Outtake(CLOCK_OUTPUT, target, ("clock",)))


def plan_parts(
    wiring: Wiring, there: tuple[str, ...], virtual: bool, fit: Fit
) -> tuple[Outtake, ...]:
    """Return the outputs to open for the parts. Raises PortError."""
    every = tuple(Part)
    if wiring.port is not None:
        return (Outtake(OUTPUT, fit(wiring.port, there, "output"), every, wiring.port),)
    if wiring.one_port:
        return (Outtake(OUTPUT, None if virtual else named(OUTPUT, there), every),)
    if virtual:
        return tuple(Outtake(port_name(p), None, (p,)) for p in every)
    # Who wants no melody need not make a port for it.
    melody = bool(matches(port_name(Part.MELODY), there))
    return tuple(
        Outtake(port_name(p), named(port_name(p), there), (p,))
        for p in every
        if p is not Part.MELODY or melody
    )


def named(name: str, there: tuple[str, ...], option: str = "--port") -> str:
    """Return the existing output called `name`. Raises PortError, with what to do about it."""
    if not matches(name, there):
        raise PortError(f"{NO_VIRTUAL} {name!r}, or name an existing one with {option}")
    return match(name, there, "output")

"""What a control change or a control note asks for, by the one table of parameters."""

from collections.abc import Mapping
from math import isfinite

from loopwright.engine.happen import Pressed, Turned
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import (
    BY_NAME,
    CONTROL_CHANNEL,
    CONTROLS,
    PARAMETERS,
    clamp,
    from_cc,
)
from loopwright.engine.time import Seconds

PRESSED = 64  # CC value from which a button is down

ACTION_OF_CC = {c.cc: c.action for c in CONTROLS}
ACTION_OF_NOTE = {c.note: c.action for c in CONTROLS}
PARAMETER_OF_CC = {p.cc: p for p in PARAMETERS if p.cc is not None}
PARAMETER_OF_NOTE = {p.note: p for p in PARAMETERS if p.note is not None}


def control_of(
    message: Message, settings: Mapping[str, float], at: Seconds
) -> Pressed | Turned | None:
    """Return what a message asks for, None if it is no control.

    Control changes are heard on every channel, control notes on the control channel alone.
    """
    if message.kind is Kind.CONTROL:
        return control_of_cc(message, at)
    if message.kind is Kind.NOTE_ON and message.channel == CONTROL_CHANNEL:
        return control_of_note(message, settings, at)
    return None


def control_of_cc(message: Message, at: Seconds) -> Pressed | Turned | None:
    """Return what a control change asks for."""
    action = ACTION_OF_CC.get(message.first)
    if action is not None:
        return Pressed(action, at) if message.second >= PRESSED else None
    parameter = PARAMETER_OF_CC.get(message.first)
    if parameter is None:
        return None
    return Turned(parameter.name, from_cc(parameter, message.second), at)


def control_of_note(
    message: Message, settings: Mapping[str, float], at: Seconds
) -> Pressed | Turned | None:
    """Return what a note on the control channel asks for; a parameter's note toggles it."""
    action = ACTION_OF_NOTE.get(message.first)
    if action is not None:
        return Pressed(action, at)
    parameter = PARAMETER_OF_NOTE.get(message.first)
    if parameter is None:
        return None
    return Turned(parameter.name, 0.0 if settings[parameter.name] else 1.0, at)


def settled(name: str, value: float) -> float | None:
    """Return the value that a parameter takes when set to `value`, None if it takes none.

    What counts or switches (a step of 1, or no fraction in its range) takes whole numbers.
    """
    if name not in BY_NAME or not isfinite(value):
        return None
    parameter = BY_NAME[name]
    whole = parameter.step == 1 and name != "tempo"
    return clamp(name, float(round(value)) if whole else value)

"""From a key of the terminal to what happens: read off the one table of parameters."""

from collections.abc import Mapping

from loopwright.engine.happen import Pressed, Turned
from loopwright.engine.parameters import CONTROLS, PARAMETERS, Parameter, clamp
from loopwright.engine.time import Seconds

REPORT = "r"  # the app's own: it prints the report
ACTIONS = {control.key: control.action for control in CONTROLS}
TURNS = {key: p for p in PARAMETERS for key in p.keys}


def steer(key: str, values: Mapping[str, float], at: Seconds) -> Pressed | Turned | None:
    """Return what pressing `key` does where the parameters stand at `values`, None if nothing."""
    if key in ACTIONS:
        return Pressed(ACTIONS[key], at)
    if key in TURNS:
        return Turned(TURNS[key].name, turned(TURNS[key], key, values), at)
    return None


def turned(parameter: Parameter, key: str, values: Mapping[str, float]) -> float:
    """Return a parameter's next value: one key toggles it, two go down and up."""
    value = values.get(parameter.name, parameter.default)
    if len(parameter.keys) == 1:
        return parameter.low if value > parameter.low else parameter.high
    step = parameter.step if key == parameter.keys[1] else -parameter.step
    return round(clamp(parameter.name, value + step), 6)

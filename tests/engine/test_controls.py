import pytest

from loopwright.engine.controls import control_of, settled
from loopwright.engine.happen import Pressed, Turned
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import CONTROLS, PARAMETERS, Control, Parameter, defaults
from loopwright.engine.time import Seconds

AT = Seconds(1.0)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.action)
def test_actions_by_cc_and_by_note(control: Control) -> None:
    pressed = Pressed(control.action, AT)
    assert control_of(Message(Kind.CONTROL, 3, control.cc, 64), defaults(), AT) == pressed
    assert control_of(Message(Kind.CONTROL, 3, control.cc, 63), defaults(), AT) is None
    assert control_of(Message(Kind.NOTE_ON, 16, control.note, 1), defaults(), AT) == pressed
    assert control_of(Message(Kind.NOTE_ON, 1, control.note, 1), defaults(), AT) is None


@pytest.mark.parametrize(
    "parameter", [p for p in PARAMETERS if p.cc is not None], ids=lambda p: p.name
)
def test_a_cc_sweeps_a_parameter(parameter: Parameter) -> None:
    for value, meant in ((0, parameter.low), (127, parameter.high)):
        message = Message(Kind.CONTROL, 1, parameter.cc or 0, value)
        assert control_of(message, defaults(), AT) == Turned(parameter.name, meant, AT)


def test_a_control_note_toggles() -> None:
    message = Message(Kind.NOTE_ON, 16, 48, 100)
    assert control_of(message, defaults(), AT) == Turned("mute_drums", 1.0, AT)
    muted = {**defaults(), "mute_drums": 1.0}
    assert control_of(message, muted, AT) == Turned("mute_drums", 0.0, AT)


def test_other_messages_are_no_controls() -> None:
    for message in (
        Message(Kind.CONTROL, 1, 7, 100),
        Message(Kind.NOTE_ON, 16, 100, 100),
        Message(Kind.PROGRAM, 1, 20),
    ):
        assert control_of(message, defaults(), AT) is None


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("mute_bass", 0.5, 0.0),
        ("mute_bass", 0.6, 1.0),
        ("every", 3.4, 3.0),
        ("temperature", 9.0, 2.0),
        ("tempo", 120.5, 120.5),
        ("swing", float("inf"), None),
        ("loudness", 1.0, None),
    ],
)
def test_what_a_parameter_takes(name: str, value: float, taken: float | None) -> None:
    assert settled(name, value) == taken

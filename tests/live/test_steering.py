from loopwright.engine.happen import Action, Pressed, Turned
from loopwright.engine.parameters import defaults
from loopwright.engine.time import Seconds
from loopwright.live.steering import steer

AT = Seconds(1.0)


def test_a_key_is_an_action() -> None:
    assert steer("n", {}, AT) == Pressed(Action.NEW, AT)
    assert steer(" ", {}, AT) == Pressed(Action.PLAY, AT)


def test_two_keys_go_down_and_up_and_stop_at_the_ends() -> None:
    assert steer("T", defaults(), AT) == Turned("temperature", 1.1, AT)
    assert steer("t", defaults(), AT) == Turned("temperature", 0.9, AT)
    assert steer("T", {"temperature": 2.0}, AT) == Turned("temperature", 2.0, AT)


def test_one_key_toggles() -> None:
    assert steer("d", defaults(), AT) == Turned("mute_drums", 1, AT)
    assert steer("d", {"mute_drums": 1.0}, AT) == Turned("mute_drums", 0, AT)


def test_other_keys_do_nothing() -> None:
    assert steer("ü", defaults(), AT) is None

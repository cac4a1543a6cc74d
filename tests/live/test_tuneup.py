import pytest

from loopwright.engine.preset import Preset
from loopwright.engine.state import Settings
from loopwright.live.cli import parser_for
from loopwright.live.options import jam_options
from loopwright.live.tuneup import settings_of


def settings(words: str, *, ports: bool = True) -> Settings:
    options = jam_options(parser_for("jam").parse_args(["jam", *words.split()]))
    return settings_of(options, Preset("any"), ports=ports)


@pytest.mark.parametrize(
    ("words", "follows", "sends", "waits", "session"),
    [
        ("", True, False, False, False),
        ("--tempo 96", False, False, False, False),
        ("--lead", False, True, True, False),
        ("--lead --tempo 96", False, True, True, False),
        ("--lead --loops 2", False, True, False, False),
        ("--clock link", True, False, True, True),
        ("--clock link --loops 1", True, False, False, True),
    ],
)
def test_who_is_followed_and_who_is_led(
    words: str, follows: bool, sends: bool, waits: bool, session: bool
) -> None:
    found = settings(words)
    assert (found.follow_clock, found.sends_clock) == (follows, sends)
    assert (found.waits, found.session) == (waits, session)


def test_without_ports_nobody_is_followed() -> None:
    assert not settings("", ports=False).follow_clock

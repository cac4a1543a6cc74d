"""A machine too slow for its period, on a server that goes on without us."""

from pathlib import Path

import pytest
from jack_heard import Event, is_off, is_on
from jack_session import HERE, events_of, jack_server, starter

NOTES = 100


def heard_of(folder: Path, *how: object) -> list[Event]:
    """Return what somebody hears of ports that are late like this."""
    with (
        jack_server("slow", mode="") as environment,
        starter(environment, folder) as start,
    ):
        slow = start(HERE / "jack_slow.py", *how, NOTES)
        slow.wait_for("ready")
        ears = start(HERE / "jack_ears.py", "Loopwright Drums")
        ears.wait_for("connected")
        slow.tell("")
        slow.wait_for("played")
        return events_of(ears.result()["Loopwright Drums"])


@pytest.mark.jack
def test_who_is_late_for_every_period_is_heard(tmp_path: Path) -> None:
    heard = heard_of(tmp_path, 2.5, 1, "after")
    assert sum(is_on(message) for _, message in heard) > NOTES / 2


@pytest.mark.jack
@pytest.mark.parametrize(("periods", "share"), [(0, 0), (1.5, 0.2), (3, 0.1), (8, 0.05)])
def test_who_is_called_late_now_and_then_is_heard_and_no_note_hangs(
    tmp_path: Path, periods: float, share: float
) -> None:
    heard = heard_of(tmp_path, periods, share, "before")
    assert sum(is_on(message) for _, message in heard) >= 0.95 * NOTES
    last = {message[1]: message for _, message in heard}
    assert all(is_off(message) for message in last.values())

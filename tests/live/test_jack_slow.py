"""A machine too slow for its period, on a server that goes on without us."""

from pathlib import Path

import pytest
from jack_heard import is_on
from jack_session import HERE, events_of, jack_server, starter

NOTES = 40


@pytest.mark.jack
@pytest.mark.parametrize("periods", [0.0, 2.5])
def test_who_is_late_for_every_period_is_heard(tmp_path: Path, periods: float) -> None:
    with (
        jack_server("slow", mode="") as environment,
        starter(environment, tmp_path) as start,
    ):
        slow = start(HERE / "jack_slow.py", periods, NOTES)
        slow.wait_for("ready")
        ears = start(HERE / "jack_ears.py", "Loopwright Drums")
        ears.wait_for("connected")
        slow.tell("")
        slow.wait_for("played")
        heard = events_of(ears.result()["Loopwright Drums"])
    assert sum(is_on(message) for _, message in heard) > NOTES / 2

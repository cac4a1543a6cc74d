"""JACK itself dies while we play, and comes back. No other server of ours may run meanwhile.

Servers of one user share a data base, which one that starts makes anew: that is no time to be born.
"""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from jack_heard import is_on, sounding_after
from jack_session import HERE, PARTS, concert, events_of, jack_server, starter
from whereabouts import child_of

pytestmark = [
    pytest.mark.jack,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@pytest.mark.parametrize(
    ("through", "held_up"),
    [("JACK-Client", False), ("JACK-Client", True), ("python-rtmidi", False)],
)
def test_jack_may_die_and_come_back(tmp_path: Path, through: str, *, held_up: bool) -> None:
    """A player that is held up just then cannot say why it falls; the next one says it."""
    with starter(dict(os.environ), tmp_path) as start:
        if through == "python-rtmidi":
            start.block("jack")
        with jack_server("mortal") as environment:
            start.environment = environment | start.environment
            played = concert(start, ("--seed", "7"), "240")
            time.sleep(0.5)
            played.host.tell("start")
            played.jam.wait_for("running")
            time.sleep(0.5)
            died = time.monotonic()
            if held_up:
                os.kill(child_of(played.jam.process.pid, "player"), signal.SIGSTOP)
            kill_server(environment)
            # That JACK has gone, or stands still where that is seen first, or that none runs where
            # the player had to be started again for it.
            word = played.jam.wait_for("silent: ")
            print(f"{through}: after {time.monotonic() - died:.2f} s: {word}")
            for script in (played.ears, played.host):
                script.process.kill()
        with jack_server("mortal"):
            # Eight beats by JACK's time: a server that is held up holds the host up, too.
            host = start(HERE / "jack_host.py", "Loopwright In", "240@192")
            host.wait_for("connected")
            played.jam.wait_for("stopped")
            # Not before: a cable that comes while our ports are opened may be lost.
            ears = start(HERE / "jack_ears.py", *PARTS)
            ears.wait_for("connected")
            time.sleep(0.5)
            host.tell("start")
            host.tell("wait")
            played.jam.wait_for("running")
            host.wait_for("stopped")
            time.sleep(0.3)
            heard = {part: events_of(told) for part, told in ears.result().items()}
            played.jam.process.terminate()
            said = played.jam.process.communicate(timeout=5)[0]
            assert played.jam.process.returncode == 0
    assert not any(map(sounding_after, heard.values()))
    counts = {part: sum(is_on(m) for _, m in events) for part, events in heard.items()}
    assert all(counts.values()), (counts, said)


def kill_server(environment: dict[str, str]) -> None:
    """Kill the JACK server of this environment, as a crash would."""
    name = environment["JACK_DEFAULT_SERVER"]
    for process in Path("/proc").iterdir():
        words = cmdline(process)
        if words[:1] and words[0].endswith("jackd") and name in words:
            os.kill(int(process.name), signal.SIGKILL)


def cmdline(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text().split("\0")
    except OSError:
        return []

"""Where note-ons fall on the grid of a host of JACK, in frames of an independent client."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from jack_heard import errors
from jack_session import PERIOD, jack_server, session, starter

SECONDS, BPM = 30.0, 120


class Benchmark(Protocol):
    """What is used of pytest-benchmark."""

    extra_info: dict[str, object]

    def pedantic(self, target: Callable[[], None], *, rounds: int) -> object:
        """Call `target` again and again."""
        ...


@pytest.mark.jack
@pytest.mark.parametrize(("library", "limit"), [("JACK-Client", 24), ("rtmidi", PERIOD + 48)])
def test_onsets(
    benchmark: Benchmark,
    library: str,
    limit: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = list[float]()

    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            if library == "rtmidi":
                start.block("jack")
            heard = session(start, SECONDS, "--flat", "--seed", "7", bpm=BPM)
            found.extend(errors(heard, since=3))

    assert shutil.which("jackd")
    benchmark.pedantic(play, rounds=1)
    n = len(found)
    p50, p99 = found[n // 2], found[n * 99 // 100]
    benchmark.extra_info.update(p50=p50, p99=p99, worst=found[-1], onsets=n)
    with capsys.disabled():
        print(
            f"\n{n} note-ons after the downbeat at {BPM} BPM through {library}, frames from the"
            f" grid at {PERIOD} a period:\n  p50 {p50:.0f}, p99 {p99:.0f} (to hold: {limit}),"
            f" worst {found[-1]:.0f}"
        )

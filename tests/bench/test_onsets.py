"""Where note-ons fall on the grid of a host of JACK, in frames of an independent client.

What is counted: every note-on of drums and bass but those of the downbeat after Start, which no
clock before announces; after a change of tempo, those from its 12th tick on.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from jack_heard import Heard, errors
from jack_session import PERIOD, RATE, jack_server, session, side_by_side, starter

WORDS = ("--flat", "--every", "1", "--seed", "7")
PLANS = ("60@768", "120@1536 120-160@768", "200@1536 120@96 140@192 60@96 180@192 120@192")
STEADY, RAMP, STEP = "p99 24, worst 64", "mean 72, worst 240", "worst below 144"
ROWS = (
    ("60 BPM, 8 bars", 0, 1, 768, STEADY),
    ("120 BPM, 16 bars", 1, 1, 1536, STEADY),
    ("200 BPM, 16 bars", 2, 1, 1536, STEADY),
    ("ramp 120 to 160 in 8 bars", 1, 1536, 2304, RAMP),
    ("from the 12th tick after 120 to 140", 2, 1632 + 12, 1824, STEP),
    ("from the 12th tick after 140 to 60", 2, 1824 + 12, 1920, STEP),
    ("from the 12th tick after 60 to 180", 2, 1920 + 12, 2112, STEP),
    ("from the 12th tick after 180 to 120", 2, 2112 + 12, 2304, STEP),
)
"""What is shown: the number of the plan, its ticks from and to, and what is to hold, in frames."""


class Benchmark(Protocol):
    """What is used of pytest-benchmark."""

    extra_info: dict[str, object]

    def pedantic(self, target: Callable[[], None], *, rounds: int) -> object:
        """Call `target` again and again."""
        ...


def row(benchmark: Benchmark, what: str, found: list[int], hold: str) -> str:
    """Return a line of figures, and keep them."""
    n, mean = len(found), sum(found) / len(found)
    p50, p99, worst = found[n // 2], found[n * 99 // 100], found[-1]
    benchmark.extra_info[what] = {"n": n, "p50": p50, "p99": p99, "worst": worst, "mean": mean}
    return f"  {what:38}{n:5}{p50:6}{p99:6}{worst:7}{mean:7.1f}   {hold}"


def head(through: str) -> str:
    """Return the first lines of a table."""
    load = os.getloadavg()[0]
    title = f"frames of {RATE} a second from the host's clock, {PERIOD} a period, load {load:.1f}"
    return f"\n{title}, {through}:\n  {'':38}    n   p50   p99  worst   mean   to hold"


@pytest.mark.jack
def test_onsets_through_jack_client(
    benchmark: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = list[Heard]()

    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            start("-c", "while True: pass")
            heard.extend(side_by_side(start, WORDS, PLANS))

    benchmark.pedantic(play, rounds=1)
    lines = [
        row(benchmark, what, errors(heard[plan], begin, end), hold)
        for what, plan, begin, end, hold in ROWS
    ]
    with capsys.disabled():
        print(head("JACK-Client, three hosts at once beside a busy loop"), *lines, sep="\n")


@pytest.mark.jack
def test_onsets_through_python_rtmidi(
    benchmark: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = list[int]()

    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            start.block("jack")
            found.extend(errors(session(start, 30.0, *WORDS, bpm=120)))

    benchmark.pedantic(play, rounds=1)
    with capsys.disabled():
        print(head("python-rtmidi"), row(benchmark, "120 BPM, 30 s", found, "p99 304"), sep="\n")

"""How even the clock is that we send, and how near our notes are to it and to Link's beat."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from jack_keys import START, led
from jack_session import RATE, jack_server, starter

SECONDS, BPM, PERIOD = 20.0, 125, 960


class Benchmark(Protocol):
    """What is used of pytest-benchmark."""

    extra_info: dict[str, object]

    def pedantic(self, target: Callable[[], None], *, rounds: int) -> object:
        """Call `target` again and again."""
        ...


@pytest.mark.jack
def test_leading(benchmark: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            heard = led(start, BPM, SECONDS)
        end = heard.after(START)[0] + round((SECONDS - 1) * RATE)
        uneven, far = heard.uneven(PERIOD, heard.clocks[0], end), heard.far()
        benchmark.extra_info.update(
            intervals=len(uneven), exact=uneven.count(0), onsets=len(far), worst=far[-1]
        )
        with capsys.disabled():
            print(
                f"\n{len(uneven)} intervals of our clock at {BPM} BPM, frames from {PERIOD}:"
                f" {uneven.count(0)} exact, p99 {uneven[len(uneven) * 99 // 100]},"
                f" worst {uneven[-1]}\n{len(far)} note-ons, frames from the nearest clock:"
                f" {dict(Counter(far))}"
            )

    benchmark.pedantic(play, rounds=1)


@pytest.mark.jack
def test_link(benchmark: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("link", reason="needs LinkPython-extern, of the extra `link`")
    from link_session import linked  # noqa: PLC0415

    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            heard = linked(start, 10.0)
        far = heard.phases()
        p50, p99 = far[len(far) // 2], far[len(far) * 99 // 100]
        benchmark.extra_info.update(p50=p50, p99=p99, worst=far[-1], onsets=len(far))
        with capsys.disabled():
            print(
                f"\n{len(far)} note-ons in a Link session ({heard.tempos()} BPM), ms from its"
                f" sixteenths: p50 {p50:.2f}, p99 {p99:.2f}, worst {far[-1]:.2f}"
            )

    benchmark.pedantic(play, rounds=1)

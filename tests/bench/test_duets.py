"""A hundred tunes of chance, played to a jam on JACK with the lead that ships, and its answers.

A client that is not ours hears them: which begin on the beat that was asked for, and how far all
their notes are from the host's clocks. The session log, played again, tells how long it took from
the player's take-over until the player had the first note, and two beats.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from jack_session import jack_server, starter
from jack_tunes import SOON, Duet, duet
from pytest_benchmark.fixture import BenchmarkFixture

from loopwright.engine import conduct
from loopwright.engine.happen import Happening, Phrased, Tell
from loopwright.engine.journal import Began, Cut, Tally, entries
from loopwright.engine.keys import Key, scale
from loopwright.engine.melody import CEILING, FLOOR, Melody
from loopwright.engine.report import Report

TUNES, BPM, TWO_BEATS = 100, 300, 48
LEAD = Path(__file__).parents[2] / "presets" / "lead"


@dataclass
class Waits:
    """Seconds from each take-over to its first note and to two beats, as a log has them."""

    first: list[float] = field(default_factory=list[float])
    two: list[float] = field(default_factory=list[float])
    _asked: dict[int, tuple[float, Melody]] = field(default_factory=dict[int, tuple[float, Melody]])

    def ask(self, melody: Melody, at: float) -> None:
        """Take in that a melody was asked for: the first time for an answer is its take-over."""
        if melody.start is not None:
            self._asked.setdefault(melody.answer, (at, melody))

    def hear(self, phrased: Phrased) -> None:
        """Take in what came."""
        phrase = phrased.phrase
        if phrase.answer not in self._asked:
            return
        since, melody = self._asked[phrase.answer]
        if phrase.number == melody.number:
            self.first.append(phrased.at - since)
        if phrase.reached >= (melody.start or 0) + TWO_BEATS:
            self.two.append(phrased.at - since)
            del self._asked[phrase.answer]


def waits_in(log: Path) -> Waits:
    """Return how long a jam's answers took."""
    found = Waits()
    for happening, wishes in played_again(log):
        if isinstance(happening, Phrased):
            found.hear(happening)
        for wish in wishes:
            if isinstance(wish, Tell):
                found.ask(wish.melody, happening.at)
    return found


def played_again(log: Path) -> Iterator[tuple[Happening, tuple[object, ...]]]:
    """Yield what happened in a log, and what was wished for then."""
    with log.open() as lines:
        lines.readline()
        read = entries(lines)
        began = next(read)
        assert isinstance(began, Began)
        state, _ = conduct.opening(began.settings)
        for entry in read:
            if not isinstance(entry, Began | Tally | Cut | Report):
                state, wishes = conduct.step(state, entry)
                yield entry, wishes


def figures(found: Duet) -> dict[str, object]:
    """Return what an independent client heard of all answers."""
    far = sorted(far for onsets in found.answers.values() for _, far, _ in onsets)
    pitches = {pitch for onsets in found.answers.values() for _, _, pitch in onsets}
    firsts = Counter(on[0][0] - at if on else -1 for at, on in found.answers.items())
    return {
        "answers on the beat asked for": firsts[SOON],
        "of": len(found.answers),
        "notes": len(far),
        "all paired": len(found.lengths) == len(far),
        "in range": min(pitches) >= FLOOR and max(pitches) <= CEILING,
        "in key": {pitch % 12 for pitch in pitches} <= scale(Key(9, minor=True)),
        "frames from the clock": {
            "p50": far[len(far) // 2],
            "p99": far[len(far) * 99 // 100],
            "worst": far[-1],
        },
    }


def milliseconds(waits: list[float]) -> dict[str, float]:
    """Return the middle, the slow and the slowest."""
    ms = sorted(round(1000 * wait, 1) for wait in waits)
    return {"p50": ms[len(ms) // 2], "p95": ms[len(ms) * 95 // 100], "worst": ms[-1]}


@pytest.mark.jack
@pytest.mark.skipif(not LEAD.is_dir(), reason="no lead ships")
def test_a_hundred_tunes_are_answered(
    benchmark: BenchmarkFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, heard = tmp_path / "jam.log", list[Duet]()

    def play() -> None:
        with jack_server() as environment, starter(environment, tmp_path) as start:
            heard.append(duet(start, LEAD, TUNES, BPM, "--key", "Am", "--log", str(log)))

    benchmark.pedantic(play, rounds=1)
    waits = waits_in(log)
    told = figures(heard[0])
    told["ms to the first note"] = milliseconds(waits.first)
    told["ms to two beats"] = milliseconds(waits.two)
    benchmark.extra_info.update(told)
    with capsys.disabled():
        print(
            f"\nload {os.getloadavg()[0]:.1f}", *(f"  {k}: {v}" for k, v in told.items()), sep="\n"
        )

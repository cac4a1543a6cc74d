"""From take-over to the first note of an answer, and to two beats of it, by the lead that ships.

Asked of the composer's workers through a pipe, as the player asks: the seed is told while it is
played, then comes one request for a note and one for what follows. Not counted: the pipes between
player and app.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from time import perf_counter

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from loopwright.engine.keys import Key, scale
from loopwright.engine.melody import Limits, Melody, Phrase
from loopwright.engine.notes import Note, Part
from loopwright.live.library import DEFAULT, open_preset, system_library
from loopwright.live.loading import Load, MelodyOpened, Opened
from loopwright.live.melodies import LEAD, open_singer
from loopwright.live.wire import Wire
from loopwright.live.workers import Workers

ROUNDS = 60
BEAT, BAR = 24, 96
FIRST_AT_ONCE = 1  # the longest rest, in ticks, before the first note


class Composer:
    """The composer's workers with the models that ship, at the other end of a pipe."""

    def __init__(self) -> None:
        here, there = Pipe()
        self._said: SimpleQueue[object] = SimpleQueue()
        self._ears, wire = Wire(here, self._said.put), Wire(there, lambda _: None)
        self.workers = Workers(wire, SimpleQueue())
        library = system_library()
        loop, melody = open_preset(library, DEFAULT).model, open_singer(library, LEAD).folder
        self.workers.load(Load(0, loop, "auto", melody=melody))
        kinds = {type(self._said.get(timeout=30)) for _ in range(2)}
        assert kinds == {Opened, MelodyOpened}

    def ask(self, melody: Melody) -> Phrase:
        """Return the answer to a request."""
        self.workers.sing(0, melody)
        while not isinstance(phrase := self._said.get(timeout=30), Phrase):
            pass
        return phrase


@pytest.fixture
def composer() -> Iterator[Composer]:
    if not (Path(__file__).parents[2] / "presets" / LEAD).is_dir():
        pytest.skip("no lead ships")
    composer = Composer()
    yield composer
    composer.workers.end(2.0)


def played(number: int) -> Melody:
    """Return what is asked about two bars of eighths and quarters that somebody played."""
    chance, tick, notes = random.Random(number), 0, list[Note]()
    while tick < 2 * BAR:
        length = chance.choice((12, 12, 24))
        notes.append(Note(tick, length, 60 + chance.choice((0, 2, 4, 5, 7, 9)), 90, Part.MELODY))
        tick += length
    limits = Limits(scale(Key(0)), rest=BAR)
    return Melody(1, number, number, tuple(notes), 2 * BAR, limits=limits, key=Key(0))


def answer(composer: Composer, melody: Melody) -> tuple[float, float]:
    """Return the seconds from take-over to the first note, and to two beats."""
    for heard in range(1, len(melody.seed) + 1):
        composer.ask(replace(melody, seed=melody.seed[:heard], start=None))
    start, at_once = melody.start or 0, replace(melody.limits, rest=FIRST_AT_ONCE)
    began = perf_counter()
    first = composer.ask(replace(melody, until=start + 6, limits=at_once))
    one = perf_counter() - began
    then = replace(melody, composed=first.notes, reached=first.reached, until=start + 2 * BEAT)
    second = composer.ask(then) if first.reached < then.until else first
    assert first.notes
    assert second.reached >= then.until
    return one, perf_counter() - began


def test_an_answer(benchmark: BenchmarkFixture, composer: Composer) -> None:
    found: list[tuple[float, float]] = []
    numbers = iter(range(ROUNDS + 1))

    def one() -> None:
        found.append(answer(composer, played(next(numbers))))

    benchmark.pedantic(one, rounds=ROUNDS, warmup_rounds=1)
    for name, each in zip(("first note", "two beats"), zip(*found[1:], strict=True), strict=True):
        ms = sorted(1000 * seconds for seconds in each)
        figures = {"median": median(ms), "p95": ms[len(ms) * 95 // 100], "worst": ms[-1]}
        benchmark.extra_info[name] = {k: round(v, 2) for k, v in figures.items()}
        print(f"\n{name}: " + ", ".join(f"{k} {v:.1f} ms" for k, v in figures.items()))

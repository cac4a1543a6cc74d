"""A melody model at work: a real graph, small and of chance, in the composer's own worker."""

import random
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue

import pytest
from small_lead import make_lead

from loopwright.engine.keys import Key, scale
from loopwright.engine.melody import Limits, Melody, Phrase
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered
from loopwright.live.compose_melody import sung
from loopwright.live.loading import Load, MelodyOpened, MelodyRefused, Opened
from loopwright.live.stepopen import open_steps
from loopwright.live.wire import Gone, Wire
from loopwright.live.workers import Workers

BAR = 96
KEY = Key(9, True)
FOUR = tuple(Note(24 * i, 24, 60 + p, 90, Part.MELODY) for i, p in enumerate((0, 3, 7, 5)))
ASKED = Melody(1, 1, 7, FOUR, BAR, 2 * BAR, limits=Limits(scale(KEY), rest=BAR), key=KEY)


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lead(tmp_path_factory.mktemp("presets") / "lead").folder


@pytest.fixture(scope="module")
def model(lead: Path) -> Stepper:
    return open_steps(lead)


def played(chance: random.Random) -> tuple[Note, ...]:
    """Return what somebody may have played: anything."""
    count = chance.choice((1, 2, 4, 8, 30))
    return tuple(
        Note(
            chance.randrange(3 * BAR),
            chance.randint(1, 120),
            chance.randint(0, 127),
            chance.randint(1, 127),
            chance.choice((Part.MELODY, Part.MELODY, Part.BASS, Part.DRUMS)),
        )
        for _ in range(count)
    )


@pytest.mark.parametrize("number", range(100))
def test_any_seed_is_answered_in_range_and_in_key(number: int, model: Stepper) -> None:
    chance = random.Random(number)
    seed = played(chance)
    low = chance.randint(21, 84)
    classes = scale(Key(chance.randrange(12), chance.random() < 0.5))
    limits = Limits(classes, low, low + chance.randint(11, 24), chance.randint(0, 3), BAR)
    phrase = answered(
        model, Melody(1, number, number, seed, 3 * BAR, 4 * BAR, limits=limits)
    ).phrase
    assert phrase is not None
    assert bool(phrase.reason) == all(note.part is Part.DRUMS for note in seed)
    assert phrase.reason or phrase.reached >= 4 * BAR
    ends = dict[int, int]()
    for note in phrase.notes:
        assert note.tick >= max(3 * BAR, ends.get(note.pitch, 0))  # each ends before it comes again
        assert limits.low <= note.pitch <= limits.high
        assert note.pitch % 12 in classes
        assert note.length > 0
        assert 1 <= note.velocity <= 127
        ends[note.pitch] = note.tick + note.length


def test_what_was_interrupted_comes_out_as_if_nothing_had_been(lead: Path, model: Stepper) -> None:
    whole = sung(open_steps(lead), ASKED, lambda: False)
    looks = iter([False] * 2)
    assert sung(model, ASKED, lambda: next(looks, True)) is None
    again = sung(model, ASKED, lambda: False)
    assert whole is not None
    assert again is not None
    assert (again.notes, again.reached) == (whole.notes, whole.reached)
    assert again.took > 0


class Company:
    """Workers, and what they say."""

    def __init__(self) -> None:
        here, there = Pipe()
        self.said: SimpleQueue[object] = SimpleQueue()
        self._ears = Wire(here, self.said.put)
        self._wire = Wire(there, lambda _: None)
        self.workers = Workers(self._wire, SimpleQueue())

    def hears(self, kind: type) -> object:
        """Return the next thing of a kind that is said. Waits for seconds at most."""
        while not isinstance(said := self.said.get(timeout=20), kind):
            assert not isinstance(said, Gone)
        return said


@pytest.fixture
def company() -> Iterator[Company]:
    company = Company()
    yield company
    company.workers.end(2.0)


def load(slot: int, melody: Path) -> Load:
    loop = Path(__file__).parents[2] / "presets" / "first-light"
    return Load(slot, loop, "auto", melody=melody)


def test_a_slot_has_a_loop_model_and_a_melody_model(company: Company, lead: Path) -> None:
    company.workers.load(load(3, lead))
    opened = company.hears(MelodyOpened)
    assert isinstance(opened, MelodyOpened)
    assert (opened.folder, opened.device) == (lead, "cpu-int8")
    company.workers.sing(3, ASKED)
    phrase = company.hears(Phrase)
    assert isinstance(phrase, Phrase)
    assert (phrase.number, phrase.reason) == (1, "")
    company.workers.sing(4, ASKED)  # nobody has that slot


def test_slots_share_a_melody_model_until_the_last_is_closed(company: Company, lead: Path) -> None:
    company.workers.load(load(0, lead))
    company.hears(MelodyOpened)
    company.workers.load(load(1, lead))
    company.workers.release(0)
    assert isinstance(company.hears(Opened), Opened)
    company.workers.sing(1, ASKED)
    assert isinstance(company.hears(Phrase), Phrase)


def test_a_melody_model_that_is_none_is_said_and_no_more(company: Company, tmp_path: Path) -> None:
    company.workers.load(load(0, tmp_path))
    refused = company.hears(MelodyRefused)
    assert isinstance(refused, MelodyRefused)
    assert "melody.json cannot be read" in refused.reason

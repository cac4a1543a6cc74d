"""Answers in every language that models speak: limits, and going on where the answer was."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remi_names import BPE, REMI
from small_melody import SmallStepper, any_of

from loopwright.engine.compose import Sampling
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage
from loopwright.engine.keys import Key, scale
from loopwright.engine.language import Bias, Language
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered
from loopwright.engine.phrasetouch import released
from loopwright.engine.pitchstrings import PitchStrings, pitch_name
from loopwright.engine.rhythm import rhythm_of
from loopwright.engine.time import TICKS_PER_BAR as BAR

LANGUAGES: dict[str, Language] = {
    "lead": LeadLanguage(),
    "piano": PianoLanguage(),
    "remi": REMI,
    "bpe": BPE,
}
KEY = Key(0)


@dataclass
class Cool(SmallStepper):
    """A model that remembers how boldly it was drawn."""

    temperatures: list[float] = field(default_factory=list[float])

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        self.temperatures.append(sampling.temperature)
        return super().draw(bias, uniform, sampling)


tunes = st.lists(
    st.builds(
        Note,
        tick=st.integers(0, 2 * BAR - 1),
        length=st.integers(1, BAR),
        pitch=st.integers(0, 127),
        velocity=st.integers(1, 127),
        part=st.just(Part.MELODY),
    ),
    min_size=1,
    max_size=20,
).map(tuple)


@pytest.mark.parametrize("name", LANGUAGES)
@settings(max_examples=25)
@given(
    seed=tunes,
    number=st.integers(0, 2**63 - 1),
    limits=st.builds(
        Limits,
        classes=st.just(scale(KEY)),
        low=st.integers(21, 60),
        high=st.integers(72, 108),
        density=st.integers(0, 3),
        rest=st.integers(24, 96),
    ),
    cuts=st.lists(st.integers(1, 3 * BAR), max_size=4),
)
def test_an_answer_in_parts_keeps_to_its_limits_and_to_what_stands(
    name: str, seed: tuple[Note, ...], number: int, limits: Limits, cuts: list[int]
) -> None:
    language = LANGUAGES[name]
    stepper = SmallStepper(any_of(language.size), language)
    start = 2 * BAR
    asked = Melody(1, 1, number, seed, start, limits=limits, key=KEY)
    for far in sorted({*cuts, 3 * BAR}):
        phrase = answered(stepper, replace(asked, until=start + far)).phrase
        assert phrase is not None
        assert phrase.reached >= start + far
        stood = set(asked.composed)
        assert stood <= set(phrase.notes)
        assert all(n.tick >= max(start, asked.reached) for n in set(phrase.notes) - stood)
        asked = replace(
            asked, number=asked.number + 1, composed=phrase.notes, reached=phrase.reached
        )
    kept_to(limits, start, asked)


def kept_to(limits: Limits, start: int, asked: Melody) -> None:
    """Hold a whole answer to its limits."""
    ends = start
    for note in asked.composed:
        assert limits.low <= note.pitch <= limits.high
        assert note.pitch % 12 in limits.classes
        assert limits.density or note.tick - ends <= limits.rest
        ends = max(ends, note.tick + note.length)
    beats = [note.tick // 24 for note in asked.composed]
    assert not limits.density or all(beats.count(beat) <= limits.density for beat in beats)


FOUR = tuple(Note(24 * i, 24, 60 + p, 90, Part.MELODY) for i, p in enumerate((0, 3, 7, 5)))
HELD = (Note(3, 2 * BAR, 60, 90, Part.MELODY),)  # its length has no token: it is told as longer
SHORT = (Note(0, 3, 60, 90, Part.MELODY),)


@pytest.mark.parametrize("rest", [1, 2, 5, 23])
@pytest.mark.parametrize("start", [96, 102, 120])
@pytest.mark.parametrize("seed", [FOUR, HELD, SHORT], ids=["four", "held", "short"])
@pytest.mark.parametrize("name", LANGUAGES)
def test_an_answer_begins_on_its_grid_point_or_within_the_rest_that_it_may_take(
    name: str, seed: tuple[Note, ...], start: int, rest: int
) -> None:
    language = LANGUAGES[name]
    for number in range(4):
        asked = Melody(1, 1, number, seed, start, start + 30, limits=Limits(rest=rest))
        phrase = answered(SmallStepper(any_of(language.size), language), asked).phrase
        assert phrase is not None
        assert start <= phrase.notes[0].tick <= start + rest // 3 * 3  # no rest is shorter


STACCATO = tuple(Note(24 * i + 12, 3, 60, 90, Part.MELODY) for i in range(4))
SPARSE = (Note(72, 3, 60, 90, Part.MELODY), Note(72 + 3 * BAR, 3, 60, 90, Part.MELODY))


@pytest.mark.parametrize("seed", [STACCATO, SPARSE], ids=["staccato", "sparse"])
@pytest.mark.parametrize("rest", [0, 1, 24])
def test_pitch_strings_begin_on_the_grid_point_and_are_not_drawn_again_for_the_seed_s_rests(
    seed: tuple[Note, ...], rest: int
) -> None:
    names = PitchStrings([pitch_name(pitch) for pitch in range(48, 85)])
    start = 4 * BAR + 24
    asked = Melody(1, 1, 5, seed, start, start + 6, limits=Limits(rest=rest))
    stepper = Cool(any_of(names.size), names)
    first = answered(stepper, asked).phrase
    assert first is not None
    assert [n.tick for n in first.notes] == [start]
    assert first.notes[0].length <= 24
    then = replace(asked, number=2, composed=first.notes, reached=first.reached, until=9 * BAR)
    second = answered(stepper, then).phrase
    assert second is not None
    rhythm = rhythm_of(seed)
    assert len(second.notes) > 2
    assert all(rhythm.onset(n.tick) == n.tick for n in second.notes[1:])
    assert set(stepper.temperatures) == {asked.sampling.temperature}


@given(notes=tunes)
def test_a_key_is_let_go_before_it_is_struck_again(notes: tuple[Note, ...]) -> None:
    played = released(notes)
    assert {(n.tick, n.pitch) for n in played} == {(n.tick, n.pitch) for n in notes}
    ends = dict[int, int]()
    for note in played:
        assert note.length > 0
        assert note.tick >= ends.get(note.pitch, 0)
        ends[note.pitch] = note.tick + note.length

"""Takes of an answer: the same again for the same plan, measured, the best first."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from small_melody import SIZE, SmallStepper, stubborn, wandering

from loopwright.engine.compose import Sampling
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.keys import Key, scale
from loopwright.engine.melody import Limits
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrasemeasure import measured, share_repeated, sounding
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.export.tunefile import Tune
from loopwright.live.takes import Plan, ranked, take_of, takes_of

FOUR = tuple(Note(24 * i, 24, 60 + p, 90, Part.MELODY) for i, p in enumerate((0, 4, 7, 5)))
KEY = Key(0)
PLAN = Plan(
    Tune(FOUR, 1, ((0, 100.0),)), 4, 3, limits=Limits(scale(KEY), rest=TICKS_PER_BAR), key=KEY
)


def melody(*pitches: int, every: int = 12, length: int = 12) -> tuple[Note, ...]:
    return tuple(Note(every * i, length, p, 80, Part.MELODY) for i, p in enumerate(pitches))


def test_the_same_plan_gives_the_same_takes_and_more_of_them_change_none() -> None:
    few = list(takes_of(SmallStepper(wandering), PLAN, 2))
    many = list(takes_of(SmallStepper(wandering), PLAN, 4))
    assert many[:2] == few
    assert len({take.notes for take in many}) == 4
    other = list(takes_of(SmallStepper(wandering), replace(PLAN, seed=4), 2))
    assert all(take.notes != before.notes for take, before in zip(other, few, strict=True))


def test_a_take_begins_after_the_tune_and_ends_with_its_last_bar() -> None:
    for take in takes_of(SmallStepper(wandering), PLAN, 4):
        assert min(n.tick for n in take.notes) >= TICKS_PER_BAR
        assert max(n.tick + n.length for n in take.notes) <= 5 * TICKS_PER_BAR
        assert {n.pitch % 12 for n in take.notes} <= scale(KEY)
        assert take.measures.in_key == 1


def test_what_is_in_the_scale_that_was_asked_for_is_in_key() -> None:
    blues = replace(PLAN, scale="blues", limits=Limits(scale(KEY, "blues"), rest=TICKS_PER_BAR))
    takes = list(takes_of(SmallStepper(wandering), blues, 4))
    assert {n.pitch % 12 for take in takes for n in take.notes} & {3, 6, 10}
    assert {take.measures.in_key for take in takes} == {1.0}


BOLDNESS = (Sampling(0.1, 1, 1.0), Sampling(1.0, 1, 1.0), Sampling(2.0, 1, 0.2))


def test_the_same_tokens_are_as_likely_however_boldly_they_were_drawn() -> None:
    takes = [take_of(SmallStepper(wandering), replace(PLAN, sampling=b), 1) for b in BOLDNESS]
    assert len({take.notes for take in takes}) == 1
    (likely,) = {take.measures.likelihood for take in takes}
    assert likely < -1


def test_likely_is_the_model_s_own_word_whatever_was_masked() -> None:
    def level(tokens: tuple[int, ...]) -> NDArray[np.float64]:
        del tokens
        return np.zeros(SIZE)

    (take,) = takes_of(SmallStepper(level), PLAN, 1)
    assert take.measures.likelihood == pytest.approx(-np.log(SIZE))


def test_takes_come_in_order_of_merit() -> None:
    takes = ranked(takes_of(SmallStepper(wandering), PLAN, 6))
    merits = [take.measures.merit for take in takes]
    assert merits == sorted(merits, reverse=True)
    assert sorted(take.number for take in takes) == [1, 2, 3, 4, 5, 6]


def test_a_likely_note_over_and_over_is_not_the_best() -> None:
    dull = measured(melody(*[60] * 32), 384, [-0.5] * 64, scale(KEY))
    tune = measured(
        melody(60, 64, 67, 65, 64, 62, 60, 67, 72, 71, 67, 64), 144, [-1.0] * 24, scale(KEY)
    )
    assert dull.likelihood > tune.likelihood
    assert dull.merit < tune.merit


def test_measures_count_what_they_say() -> None:
    notes = melody(60, 61, every=24, length=12)
    found = measured(notes, 48, [-1.0, -3.0], scale(KEY))
    assert (found.likelihood, found.in_key, found.silent, found.span) == (-2.0, 0.5, 0.5, 1)
    assert share_repeated(melody(*[60, 62, 64, 65] * 4)) == 1 - 4 / 13
    assert share_repeated(melody(60, 62)) == 0.0
    assert sounding((Note(0, 10, 60, 80, Part.MELODY), Note(5, 10, 64, 80, Part.MELODY))) == 15


def test_a_left_hand_makes_no_melody_wide() -> None:
    tune = melody(72, 74, 76, 74, every=24, length=24)
    hands = (*tune, *melody(*[36, 43] * 4))
    found = measured(tuple(sorted(hands)), 96, [-1.0], scale(KEY))
    assert (found.span, found.merit) == (4, measured(tune, 96, [-1.0], scale(KEY)).merit)


def test_without_notes_there_is_nothing_to_find_fault_with_but_silence() -> None:
    found = measured((), 96, [], frozenset())
    assert (found.silent, found.in_key, found.repeated, found.likelihood) == (1.0, 1.0, 0.0, 0.0)


def test_a_tune_that_nothing_goes_on_from_is_one_clear_line() -> None:
    drums = Tune(tuple(replace(n, part=Part.DRUMS) for n in FOUR), 1)
    with pytest.raises(LoopwrightError, match="take 1: only drums were played"):
        list(takes_of(SmallStepper(stubborn), replace(PLAN, tune=drums), 1))

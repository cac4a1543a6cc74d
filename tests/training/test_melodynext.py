"""The next pitch given the notes before, and melodies drawn as the paper draws them."""

import numpy as np
import pytest
import torch
from remi_names import BPE, MARK, REMI, REMI_NAMES, token
from torch import Tensor

from loopwright.engine.compose import Sampling
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.training.melodynext import NO_PITCH, next_pitches, pitch_of_each
from loopwright.training.melodysample import choice, sampled

STRINGS = PitchStrings(["C4", "D4", "0.4.7"])
LOW = -30.0


class Says:
    """A model that knows one token: what may follow it, and how likely."""

    def __init__(self, chances: dict[int, dict[int, float]], size: int) -> None:
        self.table = torch.full((size, size), LOW)
        for before, after in chances.items():
            for number, chance in after.items():
                self.table[before, number] = float(np.log(chance))

    def __call__(self, tokens: Tensor) -> Tensor:
        return self.table[tokens]


def test_each_token_s_first_pitch() -> None:
    assert pitch_of_each(STRINGS).tolist() == [60, 62, NO_PITCH]
    told = pitch_of_each(BPE)
    assert told[token("Pitch_60")] == 60
    assert told[MARK + 3] == 60  # pitch, velocity, duration
    assert told[MARK] == told[MARK + 1] == NO_PITCH


def test_a_pitch_string_says_it_at_once_and_a_chord_is_no_pitch() -> None:
    model = Says({0: {0: 0.2, 1: 0.5, 2: 0.3}}, 3)
    found = next_pitches(model, STRINGS, [(1, 0)], 10)
    assert found.shares[0, [60, 62]] == pytest.approx([0.2, 0.5], abs=1e-6)
    assert found.open[0] == pytest.approx(0.3, abs=1e-6)


def test_remi_s_ways_to_a_pitch_are_added_up() -> None:
    end, bar = token("Duration_1.0.8"), token("Bar_None")
    near, far = token("Position_4"), token("Position_8")
    c, d = token("Pitch_60"), token("Pitch_62")
    model = Says(
        {
            end: {near: 0.5, bar: 0.3, c: 0.2},
            bar: {far: 1.0},
            near: {c: 0.1, d: 0.9},
            far: {c: 1.0},
        },
        len(REMI_NAMES),
    )
    found = next_pitches(model, REMI, [(end,), (near,)], 10)
    assert found.shares[0, [60, 62]] == pytest.approx([0.2 + 0.05 + 0.3, 0.45], abs=1e-6)
    assert found.shares[1, [60, 62]] == pytest.approx([0.1, 0.9], abs=1e-6)
    assert found.open == pytest.approx([0, 0], abs=1e-6)


def test_what_is_not_followed_is_left_open() -> None:
    end, bar = token("Duration_1.0.8"), token("Bar_None")
    model = Says({end: {bar: 1.0}, bar: {bar: 1.0}}, len(REMI_NAMES))
    assert next_pitches(model, REMI, [(end,)], 10).open[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("sampling", "falls_on"),
    [
        (Sampling(1.0, 0, 1.0), [3, 3, 2, 2, 1]),
        (Sampling(1.0, 2, 1.0), [3, 3, 3, 2, 2]),
        (Sampling(1.0, 0, 0.8), [3, 3, 3, 2, 2]),
        (Sampling(1.0, 0, 0.5), [3, 3, 3, 3, 3]),
        (Sampling(0.1, 0, 1.0), [3, 3, 3, 3, 3]),
    ],
)
def test_temperature_top_k_and_top_p(sampling: Sampling, falls_on: list[int]) -> None:
    logits = np.log(np.array([0.02, 0.08, 0.35, 0.55]))[[3, 2, 1, 0]]  # likeliest first
    found = [3 - choice(logits, sampling, uniform) for uniform in (0.1, 0.5, 0.6, 0.85, 0.95)]
    assert found == falls_on


def test_where_nothing_is_left_the_first_tokens_are_alike() -> None:
    nothing = np.full(8, -np.inf)
    assert [choice(nothing, Sampling(1.0, 4, 0.9), u) for u in (0.0, 0.3, 0.99)] == [0, 1, 3]
    assert [choice(nothing, Sampling(1.0, 0, 0.9), u) for u in (0.0, 0.3, 0.99)] == [0, 2, 7]


def test_melodies_go_on_from_their_seeds_and_come_again() -> None:
    model = Says({0: {1: 1.0}, 1: {2: 1.0}, 2: {0: 0.5, 2: 0.5}}, 3)
    asked = (7, Sampling(0.8, 50, 0.95))
    first, second = sampled(model, [(0,), (0, 1)], 2, 30, asked)
    assert (first[:2], second[0], len(first)) == ([1, 2], 2, 30)
    assert {0, 1, 2} == set(first)
    assert first != second
    assert sampled(model, [(0,), (0, 1)], 2, 30, asked) == [first, second]

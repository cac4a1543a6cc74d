"""Embedding, neighbours and judge, on cases small enough to work out by hand."""

import numpy as np
import pytest

from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.embedding import (
    REACH,
    Points,
    bits_of,
    fitted,
    intervals,
    principal,
    unit,
)
from loopwright.training.likeness import Group, descriptors, drawn_group, likeness
from loopwright.training.measures import Rolls
from loopwright.training.neighbours import Closeness, Sample, alone, closeness, reaches
from loopwright.training.twosample import Side, Told, auc, fold_of, logistic, told_apart


def bass_at(*steps: tuple[int, int]) -> Rolls:
    roll = np.zeros((1, 128, 93), np.uint8)
    for step, pitch in steps:
        roll[0, step, DRUMS + pitch] = 1
    return roll


def test_the_bass_is_told_from_its_first_note_and_an_octave_is_far_enough() -> None:
    line = intervals(bass_at((2, 20), (3, 20), (4, 27), (5, 50), (6, 1)))[0]
    assert line[2:7].tolist() == [0, 0, 7, REACH, -REACH]
    assert np.isnan(line[:2]).all()
    assert np.isnan(line[7:]).all()


def test_a_loop_in_another_key_is_the_same_point_and_a_drum_is_a_bit() -> None:
    here, there = bass_at((0, 20), (4, 27)), bass_at((0, 33), (4, 40))
    assert np.array_equal(bits_of(here), bits_of(there))
    there[0, 8, Drum.SNARE] = 1
    at = 8 * (DRUMS + 2 * REACH + 1)
    differ = np.flatnonzero(bits_of(here) != bits_of(there))
    assert differ.tolist() in ([128 * DRUMS], [at + Drum.SNARE], [at])


def test_the_directions_are_those_of_most_variance() -> None:
    rows = np.array([[3, 0, 0], [-3, 0, 0], [0, 1, 0], [0, -1, 0]], np.float32)
    directions = principal(rows, 2)
    assert np.abs(directions) == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]), abs=1e-6)


def test_points_are_fitted_on_the_loops_that_are_given() -> None:
    rolls = np.concatenate([bass_at((0, 10)), bass_at((0, 10), (1, 12))])
    found = fitted(rolls, 1).points(rolls)[:, 0]
    # They differ in one bit: half of it to either side of the mean.
    assert sorted(found.tolist()) == pytest.approx([-0.5, 0.5], abs=1e-5)


def test_points_of_one_direction_are_the_same_point() -> None:
    points = unit(np.array([[3, 4], [6, 8], [0, -2], [0, 0]], np.float32))
    assert points == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8], [0, -1], [0, 0]]))


def line(*values: float) -> Points:
    return np.array(values, np.float32)[:, None]


def test_neighbours_on_a_line() -> None:
    # k = 1. Real balls: 0 and 1 reach 1, 5 reaches 4. Drawn balls: 1.5 and 3 reach 1.5, 40 is far.
    real, drawn = alone(line(0, 1, 5)), alone(line(1.5, 3, 40))
    found = closeness(real, drawn, 1)
    assert found == Closeness(
        precision=2 / 3,  # 1.5 and 3
        recall=3 / 3,  # 0 and 1 near 1.5; 5 within 37 of 40
        density=3 / 3,  # 1.5 is in the balls of 1 and 5, 3 in that of 5
        coverage=2 / 3,  # nothing is in the ball of 0
    )


def test_loops_of_the_same_song_are_no_neighbours() -> None:
    sample = Sample(line(0, 0.1, 3, 7), np.array([1, 1, 2, 3]))
    assert reaches(sample, 1) == pytest.approx([3, 2.9, 2.9, 4])


def test_the_auc_counts_pairs() -> None:
    once = np.ones(2)
    real, drawn = np.stack([np.array([0.1, 0.4]), once]), np.stack([np.array([0.35, 0.8]), once])
    # 0.35 > 0.1, 0.8 > 0.1, 0.8 > 0.4, but 0.35 < 0.4: three of four pairs.
    assert auc(real, drawn) == 0.75
    assert auc(real, real) == 0.5
    # Where 0.4 counts three times, eight pairs: 0.1 twice below, 0.4 below 0.8 alone.
    assert auc(np.stack([real[0], np.array([1.0, 3.0])]), drawn) == 5 / 8


def test_the_judge_ends_where_its_slope_is_nothing() -> None:
    # Two points, x = 1 is drawn, x = -1 real: the slope is 0 where 2 s(-w) = penalty * w.
    x = np.array([[1.0, 1.0], [-1.0, 1.0]])
    penalty = 2 / (1 + np.e)  # which makes w = 1
    weights = logistic(x, np.array([True, False]), np.ones(2), penalty)
    assert weights == pytest.approx([1.0, 0.0], abs=1e-6)


def test_all_loops_of_a_song_are_in_one_fold() -> None:
    songs = np.array([7, 3, 7, 9, 3, 11, 12])
    folds = fold_of(songs)
    assert folds[0] == folds[2]
    assert folds[1] == folds[4]
    assert len(set(folds.tolist())) == 5


def test_loops_that_differ_are_told_apart_and_others_are_not() -> None:
    rng = np.random.default_rng(0)
    some, same, other = (rng.standard_normal((200, 3)) for _ in range(3))
    songs = np.arange(200)
    other[:, 1] += 100
    assert told_apart(Side(some, songs), Side(other, songs)) == Told(1.0, 1.0, 1.0)
    alike = told_apart(Side(some, songs), Side(same, songs))
    assert alike.low < 0.5 < alike.high
    wider = told_apart(Side(some, songs), Side(same * 4, songs))
    assert wider.low > 0.8, "a judge hears more spread, too"


def test_repeated_songs_make_the_judge_less_sure() -> None:
    rng = np.random.default_rng(0)
    some, same = rng.standard_normal((2, 60, 3))
    many = Side(np.repeat(some, 6, 0), np.repeat(np.arange(60), 6))
    few = told_apart(many, Side(np.repeat(same, 6, 0), np.repeat(np.arange(60), 6)))
    each = told_apart(
        Side(many.numbers, np.arange(360)), Side(np.repeat(same, 6, 0), np.arange(360))
    )
    assert few.high - few.low > 1.5 * (each.high - each.low)


def test_what_a_judge_hears() -> None:
    roll = bass_at((0, 5), (1, 5), (2, 7), (16, 5))
    roll[0, 0, Drum.KICK] = 1
    heard = descriptors(roll)[0]
    assert len(heard) == 35
    assert heard[Drum.KICK] == 1 / 128
    assert heard[9:11] == pytest.approx([4 / 128, 4 / 127])  # it sounds; it moves at 2, 3, 16, 17
    assert heard[11:14] == pytest.approx([3 / 93, 1 / 93, 0])  # columns of bars 1, 2, 3


def test_too_few_songs_tell_nothing() -> None:
    rolls = np.random.default_rng(0).integers(0, 2, (30, 128, 93), np.uint8)
    embedding = fitted(rolls, 4)
    few = Group(rolls, np.zeros(30, np.int64))
    assert likeness(embedding, few, drawn_group(rolls)) is None
    found = likeness(embedding, drawn_group(rolls), drawn_group(rolls))
    assert found is not None
    same = found.closeness
    assert (same.precision, same.recall, same.coverage) == (1.0, 1.0, 1.0)
    # Each is in its own ball and, on average, in as many as hold k neighbours: (1 + k) / k.
    assert same.density == pytest.approx(6 / 5)

"""The melody paper's measures, by cases that are counted by hand."""

import math

import pytest

from loopwright.training.melodymeasures import (
    compression,
    histogram,
    ngrams,
    outside,
    perplexity,
    pitch_distance,
    repetition,
)


def test_runs_overlap() -> None:
    assert ngrams([1, 2, 3], 2) == [(1, 2), (2, 3)]
    assert ngrams([1], 2) == []


@pytest.mark.parametrize(
    ("sequences", "size", "share"),
    [
        ([[1, 2, 1, 2, 3]], 2, 2 / 4),  # 12 21 12 23: both 12
        ([[1, 1, 1, 1]], 2, 1.0),
        ([[1, 2, 3, 4]], 2, 0.0),
        ([[1, 2], [1, 2]], 2, 0.0),  # each sequence by itself
        ([[1, 2, 3, 4, 1, 2, 3, 4]], 4, 2 / 5),
        ([[1] * 17], 16, 1.0),
        ([[1, 2]], 16, 0.0),
        ([], 8, 0.0),
    ],
)
def test_repetition(sequences: list[list[int]], size: int, share: float) -> None:
    assert repetition(sequences, size) == pytest.approx(share)


@pytest.mark.parametrize(
    ("sequences", "sizes", "share"),
    [
        ([[1, 2, 1, 2, 3]], (2,), 3 / 4),
        ([[1, 1, 1, 1]], (2,), 1 / 3),
        ([[1, 1, 1, 1]], (2, 4), 2 / 4),
        ([[1, 2, 3, 4]], (2, 4), 1.0),
        ([[1, 1, 1], [1, 2, 3]], (2,), 3 / 4),
        ([[1]], (2,), 1.0),
    ],
)
def test_compression(sequences: list[list[int]], sizes: tuple[int, ...], share: float) -> None:
    assert compression(sequences, sizes) == pytest.approx(share)


def test_a_histogram_is_of_shares() -> None:
    shares = histogram([60, 60, 62, 127])
    assert (shares[60], shares[62], shares[127]) == (0.5, 0.25, 0.25)
    assert sum(shares) == 1
    assert sum(histogram([])) == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "apart"),
    [([60, 62], [62, 60], 0.0), ([60], [62], 1.0), ([60, 60, 62, 64], [60, 62], 0.25)],
)
def test_the_distance_of_pitches(ours: list[int], theirs: list[int], apart: float) -> None:
    assert pitch_distance(ours, theirs) == pytest.approx(apart)


def test_what_lies_outside() -> None:
    assert outside([59, 60, 64, 65], [60, 62, 64]) == 0.5
    assert outside([], [60]) == 0


def test_perplexity() -> None:
    assert perplexity(math.log(8)) == pytest.approx(8)
    assert perplexity(0.0952) == pytest.approx(1.1, abs=5e-4)  # V7, as the paper has it

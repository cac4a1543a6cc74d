"""Chance depends on its name and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.chance import uniforms

SEEDS = st.integers(0, 2**63 - 1)


@given(seed=SEEDS, number=st.integers(0, 10**6), draw=st.integers(0, 500))
def test_a_draw_is_found_without_drawing_those_before_it(seed: int, number: int, draw: int) -> None:
    alone = uniforms(seed, "loop", number, range(draw, draw + 1), 32)
    among = uniforms(seed, "loop", number, range(max(0, draw - 2), draw + 2), 32)
    assert np.array_equal(alone[0], among[min(draw, 2)])


@given(seed=SEEDS)
def test_uniforms_lie_in_zero_to_one(seed: int) -> None:
    drawn = uniforms(seed, "loop", 0, range(4), 100)
    assert (drawn.shape, drawn.dtype) == ((4, 100), np.float32)
    assert drawn.min() >= 0
    assert drawn.max() < 1


def test_every_word_of_the_name_counts() -> None:
    names = [(1, "loop", 2), (2, "loop", 2), (1, "bass", 2), (1, "loop", 3)]
    rows = {uniforms(*name, range(1), 8).tobytes() for name in names}
    assert len(rows) == len(names)


def test_the_stream_never_changes() -> None:
    drawn = uniforms(7, "loop", 3, range(1, 2), 4)
    assert [int(u * 2**24) for u in drawn[0]] == [15535713, 12495497, 6018299, 10378885]

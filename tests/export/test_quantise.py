"""Weights of eight bits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loopwright.export.quantise import BLOCK, ZERO, Blocks, Floats, quantise


def restored(blocks: Blocks, inputs: int) -> Floats:
    """Return the weight (inputs, outputs) that the blocks stand for."""
    steps = (blocks.bytes.astype(np.float32) - ZERO) * blocks.scales[..., None]
    return steps.reshape(len(steps), -1)[:, :inputs].T


@given(seed=st.integers(0, 99), inputs=st.integers(1, 300), outputs=st.integers(1, 5))
def test_no_weight_moves_more_than_half_a_step_of_its_block(
    seed: int, inputs: int, outputs: int
) -> None:
    weight = np.random.default_rng(seed).normal(size=(inputs, outputs)).astype(np.float32)
    blocks = quantise(weight)
    steps = np.repeat(blocks.scales, BLOCK, axis=1)[:, :inputs].T
    assert np.all(np.abs(restored(blocks, inputs) - weight) <= steps * 0.5001)


def test_a_block_of_zeros_stays_zero() -> None:
    weight = np.zeros((BLOCK, 2), np.float32)
    assert not restored(quantise(weight), BLOCK).any()

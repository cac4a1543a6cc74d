"""Weights of eight bits, in blocks with a scale each, as MatMulNBits reads them."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from loopwright.export.weights import Floats

BITS = 8
BLOCK = 128
ZERO = 1 << (BITS - 1)


class Precision(StrEnum):
    """How the weights that vectors are multiplied with are kept."""

    FP32 = "fp32"
    INT8 = "int8"


@dataclass(frozen=True, slots=True)
class Blocks:
    """bytes (outputs, blocks, BLOCK) around ZERO, and scales (outputs, blocks)."""

    bytes: NDArray[np.uint8]
    scales: Floats


def quantise(weight: Floats) -> Blocks:
    """Return weight (inputs, outputs) rounded to 8 bits, symmetrically in each block of inputs."""
    inputs, outputs = weight.shape
    blocks = -(-inputs // BLOCK)
    padded = np.zeros((outputs, blocks * BLOCK), np.float32)
    padded[:, :inputs] = weight.T
    grouped = padded.reshape(outputs, blocks, BLOCK)
    scales = np.abs(grouped).max(axis=2) / (ZERO - 1)
    steps = np.rint(grouped / np.where(scales == 0, 1, scales)[..., None]) + ZERO
    return Blocks(steps.astype(np.uint8), scales.astype(np.float32))

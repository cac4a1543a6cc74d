"""The VQ-VAEs of the loop paper's shapes that ship, for its table of shapes."""

from pathlib import Path

import numpy as np
import pytest

from loopwright.engine.roll import COLUMNS, DRUMS, Drum
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.training.measures import Rolls, reconstruction_error
from loopwright.training.paperautoencoder import opened
from loopwright.training.paperfigures import SHAPES

STEPS_PER_BEAT = 4
SHIPPED = sorted((Path(__file__).parents[2] / "presets" / "yardsticks").glob("shape-*"))


def beat() -> Rolls:
    """Return the plainest of loops (1, 128, 93): four to the floor, one long note of the bass."""
    rolls = np.zeros((1, STEPS_PER_LOOP, COLUMNS), np.uint8)
    rolls[:, ::STEPS_PER_BEAT, Drum.KICK] = 1
    rolls[..., DRUMS + 12] = 1
    rolls[:, :: STEPS_PER_BEAT // 2, Drum.CLOSED_HAT] = 1
    rolls[:, STEPS_PER_BEAT :: 2 * STEPS_PER_BEAT, Drum.SNARE] = 1
    return rolls


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_shape_that_ships_is_the_papers_and_rebuilds_a_beat(folder: Path) -> None:
    vqvae = opened(folder / "vqvae.pt")
    assert vqvae.shape in SHAPES
    assert folder.name == f"shape-{'-'.join(map(str, vqvae.shape))}"
    assert reconstruction_error(beat(), vqvae.rebuilt(beat())) < beat().mean() / 4

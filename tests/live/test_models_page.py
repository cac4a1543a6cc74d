"""The program in docs/models.md runs as it stands, beside the files of each preset that draws."""

import re
from pathlib import Path

import numpy as np
import pytest

from loopwright.live.runtime import LoopModel

ROOT = Path(__file__).parents[2]
PROGRAMS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "models.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("name", ["backbeat", "first-light"])
def test_the_program_draws_what_a_jam_would(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ROOT / "presets" / name
    monkeypatch.chdir(folder)
    (program,) = PROGRAMS
    held: dict[str, object] = {}
    exec(program, held)
    model = LoopModel.open(folder, "cpu-int8")
    chance = np.random.default_rng(7).random((1, model.positions), dtype=np.float32)
    drawn = model.draw(chance)
    assert np.array_equal(np.asarray(held["codes"]), drawn.codes)
    assert np.array_equal(np.asarray(held["roll"]), drawn.rolls)

"""A stranger's model is tried where it can do no harm."""

import shutil
from pathlib import Path

import pytest

from loopwright.engine.errors import PresetError
from loopwright.live import trial
from loopwright.live.library import DEFAULT, open_preset, system_library
from loopwright.live.trial import Limits, limits, tried


def shipped() -> Path:
    return open_preset(system_library(), DEFAULT).model


def test_what_ships_passes() -> None:
    tried(shipped())


def test_a_refusal_comes_through_in_one_line(tmp_path: Path) -> None:
    shutil.copyfile(shipped() / "loop.json", tmp_path / "loop.json")
    with pytest.raises(
        PresetError, match=r"^loop\.int8\.onnx cannot be read: No such file"
    ) as said:
        tried(tmp_path)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("allowed", "says"),
    [(Limits(0.05, 1 << 30), "was stopped"), (Limits(20, 20 << 20), "more memory|down")],
)
def test_time_and_memory_are_limited(
    allowed: Limits, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tight(graphs: int) -> Limits:
        return allowed

    monkeypatch.setattr(trial, "limits", tight)
    with pytest.raises(PresetError, match=says):
        tried(shipped())


def test_larger_graphs_may_take_more() -> None:
    assert limits(100 << 20).memory > limits(1 << 20).memory >= 1 << 30

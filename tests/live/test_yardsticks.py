"""The loop paper's continuous VAEs as presets that ship: found by name, and whole."""

from pathlib import Path

import pytest

from loopwright.engine.errors import PresetError
from loopwright.live.library import find, listed, open_preset, system_library
from loopwright.live.runtime import LoopModel

SHIPPED = Path(__file__).parents[2] / "presets" / "yardsticks"
KINDS = sorted(file.parent.name for file in SHIPPED.glob("*/preset.toml"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_yardstick_is_found_from_anywhere_and_is_whole(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    opened = open_preset(system_library(), f"yardsticks/{kind}")
    assert opened.preset.name == kind
    model = LoopModel.open(opened.model)
    assert (model.sidecar.kind, model.in_time) == (kind, False)


def test_yardsticks_take_no_place_among_the_presets() -> None:
    assert not {found.name for found in listed(system_library())} & set(KINDS)


@pytest.mark.parametrize("name", ["yardsticks/nothing", "yardsticks/../first-light", "/"])
def test_no_name_leads_out_of_what_ships(name: str) -> None:
    with pytest.raises(PresetError, match="no such preset"):
        find(system_library(), name)

"""The papers' own models as presets that ship: found by name, and whole."""

from pathlib import Path

import pytest

from loopwright.engine.errors import PresetError
from loopwright.engine.melody import Melody
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered
from loopwright.engine.time import TICKS_PER_BAR
from loopwright.live.library import find, listed, open_preset, system_library
from loopwright.live.melodies import open_singer
from loopwright.live.runtime import LoopModel
from loopwright.live.stepopen import open_steps

SHIPPED = Path(__file__).parents[2] / "presets" / "yardsticks"
SEED = tuple(Note(24 * n, 24, 60 + n, 90, Part.MELODY) for n in range(4))
KINDS = sorted(file.parent.name for file in SHIPPED.glob("*/preset.toml"))
LOOPS = [kind for kind in KINDS if kind.startswith("loop-")]
PIANOS = [kind for kind in KINDS if kind.startswith("piano-")]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ships is found from anywhere."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", LOOPS)
def test_a_yardstick_is_found_and_is_whole(kind: str) -> None:
    opened = open_preset(system_library(), f"yardsticks/{kind}")
    assert opened.preset.name == kind
    model = LoopModel.open(opened.model)
    assert (model.sidecar.kind, model.in_time) == (kind, False)


@pytest.mark.parametrize("kind", PIANOS)
def test_a_yardstick_that_answers_is_found_and_draws(kind: str) -> None:
    singer = open_singer(system_library(), f"yardsticks/{kind}")
    assert singer.preset.name == kind
    asked = Melody(1, 1, 7, SEED, start=TICKS_PER_BAR, until=2 * TICKS_PER_BAR)
    answer = answered(open_steps(singer.folder), asked).phrase
    assert answer is not None
    assert not answer.reason
    assert answer.notes


def test_every_yardstick_is_of_a_kind_that_is_tested() -> None:
    assert sorted(LOOPS + PIANOS) == KINDS
    assert (len(LOOPS), len(PIANOS)) == (3, 2)


def test_yardsticks_take_no_place_among_the_presets() -> None:
    assert not {found.name for found in listed(system_library())} & set(KINDS)


@pytest.mark.parametrize("name", ["yardsticks/nothing", "yardsticks/../first-light", "/"])
def test_no_name_leads_out_of_what_ships(name: str) -> None:
    with pytest.raises(PresetError, match="no such preset"):
        find(system_library(), name)

"""Two hundred hostile presets; `python tests/soak/presets.py --cases 2000` meets thousands.

Graphs that are whole and yet odd are not run here, where onnxruntime could take the tests along.
"""

from pathlib import Path

import pytest
from good_files import files_in
from good_preset import MODELS, make_good
from hostile import Case, Files, case
from hostile_judge import judged

from loopwright.engine.errors import PresetError
from loopwright.live import presets_cli, shelf
from loopwright.live.trial import draw_once

BATCHES, EACH = 20, 10
SLOW = ("graph_bomb", "zip_bomb", "toml_flood", "clip_flood")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, ...]:
    folders = (tmp_path_factory.mktemp("good") / "dusk" for _ in MODELS)
    return tuple(files_in(make_good(f, kind)) for f, kind in zip(folders, MODELS, strict=True))


def not_run(_folder: Path, *_models: str) -> None:
    raise PresetError("not run in this process")


def drawn_here(folder: Path, *_models: str) -> None:
    draw_once(folder)


def ways(number: int, good: tuple[Files, ...]) -> Case:
    """Return a case that is quick."""
    one = case(number, *good)
    return one if one.kind not in SLOW else ways(number + 100_001, good)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_is_refused_in_a_line_or_works(
    batch: int, good: tuple[Files, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    for number in range(batch * EACH, (batch + 1) * EACH):
        one = ways(number, good)
        trial = not_run if one.kind.startswith("graph") else drawn_here
        for module in (shelf, presets_cli):
            monkeypatch.setattr(module, "tried", trial)
        verdict = judged(one, tmp_path / str(number))
        assert verdict.end in ("refused", "works"), f"{one.number} {one.kind}: {verdict.says}"

"""The loop paper's tables, over models small enough to be drawn in a moment."""

import json
import shutil
from argparse import Namespace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import small_beats
from small_model import SMALL, made

from loopwright.engine.beatcodes import PITCH
from loopwright.engine.errors import SettingError
from loopwright.engine.roll import DRUMS, Drum
from loopwright.export.loopvaecheck import write_vae
from loopwright.export.onnx import trained_vae
from loopwright.live.runtime import LoopModel
from loopwright.training.beatbooks import STREAMS
from loopwright.training.corpus import SongLoops
from loopwright.training.dataset import LoopSet, assemble, load, save
from loopwright.training.loopvaes import LoopVae
from loopwright.training.loopvaesettings import Vae
from loopwright.training.measures import Codes, Measures
from loopwright.training.paper_cli import compare
from loopwright.training.paperdrawn import Compared, copied, drawings
from loopwright.training.paperloops import Row
from loopwright.training.paperpictures import by_frequency, file_name
from loopwright.training.papershow import aligned, measured, shown
from loopwright.training.pictures import code_grids, histograms, of_loops, piano_rolls

TEST, VALIDATION, TRAIN = "dae937b78f", "27", "87f5b438bc"


def small_set() -> LoopSet:
    rng = np.random.default_rng(0)
    rolls = (rng.random((12, 128, 93)) < 0.02).astype(np.uint8)
    rolls[:, 0, [Drum.KICK, DRUMS + 3]] = 1
    packed = np.packbits(rolls.reshape(12, -1), axis=1)
    songs = [SongLoops(f"{n}.mid", "", packed[n : n + 1]) for n in range(12)]
    groups = {f"{n}.mid": TRAIN for n in range(2, 12)}
    return assemble(songs, {"0.mid": TEST, "1.mid": VALIDATION, **groups}, {})


@pytest.fixture(scope="module")
def runs(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    made(root / "small")
    write_vae(trained_vae(LoopVae(Vae.CNN).eval()).weights, root / "deeper" / "yard")
    (root / "empty").mkdir()
    save(small_set(), root / "data.npz")
    return root


def opened(path: str, device: str) -> LoopModel:
    return LoopModel.open(Path(path), device)


def compared(folder: Path) -> Compared:
    model = opened(str(folder), "auto")
    return Compared("small", model.sidecar, model)


def told(runs: Path, **more: object) -> Namespace:
    usual = {"preset": str(runs), "data": runs / "data.npz", "loops": None, "seed": 1,
             "device": "auto", "out": None, "open_model": opened}  # fmt: skip
    return Namespace(**(usual | more))


def test_all_four_tables_come_from_a_folder(runs: Path, tmp_path: Path) -> None:
    text = compare(told(runs, out=tmp_path))
    assert (tmp_path / "tables.txt").read_text() == text + "\n"
    held = json.loads((tmp_path / "tables.json").read_text())
    assert list(held["reconstruction"]) == ["yard: loop-cnn", "small: loop-vq"]
    (shape,) = held["reconstruction_by_shape"]
    assert (shape["t"], shape["L"], shape["K"]) == (SMALL.positions, SMALL.width, SMALL.codes)
    # Torch alone, and the exported graphs, rebuild the same loops.
    assert shape["error"] == pytest.approx(held["reconstruction"]["small: loop-vq"], abs=1e-6)
    heats = [f"small: loop-vq ({heat})" for heat in ("argmax", "temp 1", "temp 1.5", "temp 2")]
    assert list(held["drawn"]) == ["Training set", "yard: loop-cnn", *heats]
    assert list(held["copied"]) == heats
    training = len(load(runs / "data.npz")) - 2
    assert {row["measures"]["loops"] for row in held["drawn"].values()} == {training}
    assert held["drawn"]["yard: loop-cnn"]["measures"]["overlap"] is None
    assert held["drawn"]["Training set"]["measures"]["unique"] is not None
    for heading in ("Table 1.", "Table 2.", "Table 3.", "Table 4."):
        assert heading in text
    pictures = {path.name for path in (tmp_path / "pictures").iterdir()}
    of_codes = {"codes-small-loop-vq.svg", "frequent-small-loop-vq.svg",
                "codes-small-loop-vq-argmax.svg"}  # fmt: skip
    of_rolls = {"rolls-training.svg", "rolls-small-loop-vq-temp-1.5.svg"}
    assert of_codes | of_rolls | {"histograms-yard-loop-cnn.svg"} <= pictures
    for path in (tmp_path / "pictures").iterdir():
        ElementTree.parse(path)


def test_yardsticks_alone_have_no_codes_to_copy(runs: Path, tmp_path: Path) -> None:
    text = compare(told(runs, preset=str(runs / "deeper"), out=tmp_path, loops=2))
    assert "Table 3." in text
    assert "Table 4." not in text
    assert json.loads((tmp_path / "tables.json").read_text())["copied"] == {}


def test_models_of_one_name_are_told_apart_and_shapes_are_not(runs: Path, tmp_path: Path) -> None:
    small_beats.made(tmp_path / "models" / "0")
    for place in "ab":
        shutil.copytree(runs / "small", tmp_path / "models" / place / "one")
    text = compare(told(runs, preset=str(tmp_path / "models"), out=tmp_path, loops=2))
    held = json.loads((tmp_path / "tables.json").read_text())
    assert list(held["reconstruction"]) == ["0: loop-beats", "a/one: loop-vq", "b/one: loop-vq"]
    (note,) = held["notes"]
    assert "one hold a VQ-VAE of t, L, K = 16, 4, 24; the second counts." in note
    assert text.endswith(note)
    # A beat model tells all loops apart; the paper counted by a VQ-VAE.
    assert held["training_set_by_codes_of"] == "a/one: loop-vq"
    assert "Drawn loops; US of the training set by the codes of a/one: loop-vq" in text
    lanes = (tmp_path / "pictures" / "codes-0-loop-beats-temp-1.svg").read_text()
    assert [f">{name}<" in lanes for name in STREAMS] == [True] * 4
    bars = lanes.count("stroke=")
    assert bars == 2 * len(STREAMS) * 8, "a lane of each loop has eight bars"


def test_the_first_code_is_drawn_whatever_the_temperature(runs: Path) -> None:
    alone_first(compared(runs / "small"), 0)


def test_a_beat_models_first_code_is_its_first_pitch(one_thread: None, tmp_path: Path) -> None:
    small_beats.made(tmp_path)
    alone_first(compared(tmp_path), PITCH)


def alone_first(model: Compared, place: int) -> None:
    """The code at a place is drawn at temperature 1; all others are the likeliest after it."""
    argmax, once, _, _ = drawings(model, 40, seed=1)
    first: Codes = argmax.codes[:, place]
    assert np.array_equal(first, once.codes[:, place])
    assert len(np.unique(first)) > 1
    same = argmax.codes[first == first[0]]
    assert len(np.unique(same, axis=0)) == 1, "the likeliest codes after the same first one"


def test_codes_are_copied_to_the_fifth_bar(runs: Path) -> None:
    small = compared(runs / "small")
    once = list(drawings(small, 5, seed=1))[1]
    again = copied(small.model, once).codes
    half = small.model.positions // 2
    assert np.array_equal(again[:, half], once.codes[:, 0])
    others = np.delete(np.arange(small.model.positions), half)
    assert np.array_equal(again[:, others], once.codes[:, others])


@pytest.mark.parametrize(("more", "says"), [
    ({"preset": None}, "a folder of models"), ({"loops": 0}, "--loops 0"),
    ({"preset": "nowhere"}, "nowhere holds no folder"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(runs: Path, more: dict[str, object], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        compare(told(runs, **more))


def test_frequent_codes_are_counted_position_by_position() -> None:
    codes = np.array([[5, 1], [5, 1], [5, 2], [7, 2], [7, 3], [9, 1]])
    found = by_frequency(codes)
    assert found["most frequent"].tolist() == [5, 1]
    assert found["second"].tolist() == [7, 2]
    assert found["least frequent"].tolist() == [9, 3]
    assert found["second least"].tolist() == [7, 2]


def test_a_papers_row_stands_below_ours() -> None:
    ours = Measures(3, 1e-3, 1, 1, 1, 1, 0.0, 0.5, None, 9.0, 0.9)
    cells = measured({"a: loop-vq (temp 1)": Row(ours, None)},
                     {"loop-vq (temp 1)": ours})  # fmt: skip
    assert [row[0] for row in cells] == ["", "a: loop-vq (temp 1)", "  paper"]
    assert cells[1][1:] == cells[2][1:]
    assert (shown("ham_dist", 1e-3), shown("overlap", None)) == ("1.00e-03", "-")
    assert shown("first_kick", float("nan")) == "-"
    assert aligned([["a", "b"], ["ccc", "dd"]]) == "a     b\nccc  dd"


def test_pictures_show_what_sounds() -> None:
    roll = np.zeros((1, 128, 93), np.uint8)
    roll[0, 5, DRUMS + 40] = roll[0, 5, DRUMS + 41] = roll[0, 7, Drum.KICK] = 1
    picture = piano_rolls({"a <b>": roll[0]})
    assert "a &lt;b>" in picture
    assert picture.count("M28 ") == 1, "one kick, four pixels a step"
    assert picture.count("M20 ") == 2, "two bass notes"
    assert code_grids(np.array([[0, 3]]), {"": 4}).count("v3h-3z") == 2
    lanes = code_grids(np.array([[0, 3, 1, 5]]), {"low": 2, "high": 6})
    assert "M0 13h3v3h-3zM4 12h3" in lanes
    assert "M0 32h3v3h-3zM4 30h3" in lanes
    drawn = histograms(np.concatenate([roll, roll]), roll)
    assert drawn.count("<polyline") == len(of_loops(roll)) == 5
    assert file_name("a: loop-vq (temp 1.5)") == "a-loop-vq-temp-1.5"

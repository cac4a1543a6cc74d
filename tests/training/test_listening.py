"""The listening test: blind, and counted as the paper counted it."""

import json
import re
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from model_twin import TwinModel

from loopwright.engine.errors import SettingError
from loopwright.engine.notes import Loop
from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.corpus import SongLoops
from loopwright.training.dataset import LoopSet, assemble, save
from loopwright.training.kruskal import chance_above, kruskal_wallis, ranks
from loopwright.training.listening import (
    key_file,
    key_text,
    planned,
    read_key,
    read_ratings,
    result_text,
)
from loopwright.training.listening_cli import listen
from loopwright.training.listeningpage import page
from loopwright.training.measures import Rolls


@pytest.mark.parametrize(
    ("x", "freedom", "p"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (7.814728, 3, 0.05), (9.487729, 4, 0.05),
     (18.466827, 4, 0.001), (20.515006, 5, 0.001), (0.0, 3, 1.0)],
)  # fmt: skip
def test_chi_squared_is_that_of_the_tables(x: float, freedom: int, p: float) -> None:
    assert chance_above(x, freedom) == pytest.approx(p, rel=1e-5)


def test_ties_share_their_mean_rank() -> None:
    assert ranks([1, 2, 2, 3]) == {1: 1, 2: 2.5, 3: 4}


def test_groups_that_lie_apart() -> None:
    # Ranks 1..3, 4..6, 7..9, sums 6, 15, 24: H = 12/90 * (36 + 225 + 576)/3 - 30 = 7.2.
    found = kruskal_wallis({"a": [1, 2, 3], "b": [4, 5, 6], "c": [7, 8, 9]})
    assert (found.h, found.freedom) == (pytest.approx(7.2), 2)
    assert found.p == pytest.approx(np.exp(-3.6))


def test_ties_are_made_up_for() -> None:
    # Ranks 1, 2.5 and 2.5, 4: H = 12/20 * (3.5**2 + 6.5**2)/2 - 15 = 1.35, over 1 - 6/60.
    assert kruskal_wallis({"a": [1, 2], "b": [2, 3]}).h == pytest.approx(1.5)


@pytest.mark.parametrize("groups", [{"a": [1.0]}, {"a": [1.0], "b": []}, {"a": [2.0], "b": [2.0]}])
def test_what_cannot_be_tested_is_refused(groups: dict[str, list[float]]) -> None:
    with pytest.raises(SettingError):
        kruskal_wallis(groups)


def some(count: int, pitch: int) -> Rolls:
    rolls = np.zeros((count, 128, 93), np.uint8)
    rolls[:, 0, [Drum.KICK, DRUMS + pitch]] = 1
    return rolls


def test_each_kind_is_heard_as_often_in_an_order_that_tells_nothing() -> None:
    loops = planned({"real": some(9, 1), "drawn": some(7, 2)}, 5, seed=1)
    kinds = [one.kind for one in loops]
    assert (kinds.count("real"), kinds.count("drawn")) == (5, 5)
    assert kinds not in (sorted(kinds), sorted(kinds, reverse=True))
    assert [one.name for one in loops] == [f"{n:02}" for n in range(1, 11)]
    assert all((one.loop.notes[0].pitch == 25) == (one.kind == "real") for one in loops)


def test_the_page_holds_the_notes_and_not_the_kinds() -> None:
    loops = planned({"realkind": some(3, 1), "drawnkind": some(3, 2)}, 3, seed=1)
    text = page(loops, loops)
    assert "kind" not in text
    found = re.search(r"const held = (.*), ratings", text)
    assert found is not None
    held = json.loads(found[1])
    assert [one["name"] for one in held["loops"]] == [one.name for one in loops]
    assert held["loops"][0]["notes"][-1] == [0, 6, 36, 1]
    assert [one["name"] for one in held["practice"]] == ["P1", "P2", "P3"]
    assert not re.search(r"(src|href)=|https?:", text), "the page needs nothing from elsewhere"


def rated(folder: Path, name: str, ratings: dict[str, object]) -> Path:
    path = folder / f"{name}.csv"
    rows = "".join(f"{name},{loop},{rating}\n" for loop, rating in ratings.items())
    path.write_text("listener,loop,rating\n" + rows)
    return path


def test_ratings_come_back_by_kind(tmp_path: Path) -> None:
    loops = planned({"real": some(2, 1), "drawn": some(2, 2)}, 2, seed=1)
    key_file(tmp_path / "test").write_text(key_text(loops))
    given = {one.name: 5 if one.kind == "real" else 2 for one in loops}
    files = [rated(tmp_path, name, dict(given)) for name in ("a", "b")]
    ratings = read_ratings(files, read_key(tmp_path / "test"))
    assert ratings == {"real": [5] * 4, "drawn": [2] * 4}
    lines = result_text(ratings).splitlines()
    assert [line.split() for line in lines[1:3]] == [
        ["real", "4", "5.00", "5"], ["drawn", "4", "2.00", "2"],
    ]  # fmt: skip
    # Ranks 2.5 and 6.5: 12/72 * (10**2 + 26**2)/4 - 27 = 5.33, over 1 - 120/504.
    assert lines[3].startswith("Kruskal-Wallis: H = 7.00, 1 degrees of freedom, p = 0.0082")


def test_a_loop_that_a_listener_has_rated_twice_is_refused(tmp_path: Path) -> None:
    one, other = rated(tmp_path, "a", {"01": 5}), rated(tmp_path, "b", {"01": 4})
    assert read_ratings([one, other], {"01": "real"}) == {"real": [5, 4]}
    again = one.rename(tmp_path / "copied.csv")
    one.write_bytes(again.read_bytes())
    for files in ([one, one], [one, again]):
        with pytest.raises(SettingError, match=r"'a' has rated loop '01' in .*a\.csv"):
            read_ratings(files, {"01": "real"})


def test_ratings_of_nobody_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("loop,rating\n01,5\n")
    with pytest.raises(SettingError, match="no ratings"):
        read_ratings([path], {"01": "real"})


@pytest.mark.parametrize("ratings", [{"01": 6}, {"01": "good"}, {"99": 3}, {}])
def test_what_is_no_rating_is_refused(tmp_path: Path, ratings: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=r"a\.csv"):
        read_ratings([rated(tmp_path, "a", ratings)], {"01": "real"})


def test_a_test_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="key"):
        read_key(tmp_path / "test")


TEST, VALIDATION = "dae937b78f", "27"


def small_set() -> LoopSet:
    packed = np.packbits(some(2, 3).reshape(2, -1), axis=1)
    packed[1, 20] = 1
    songs = [SongLoops("a.mid", "", packed[:1]), SongLoops("b.mid", "", packed[1:])]
    return assemble(songs, {"a.mid": TEST, "b.mid": VALIDATION}, {})


def open_twin(preset: str, device: str) -> TwinModel:
    assert (preset in ("one", "two"), device) == (True, "auto")
    return TwinModel()


def first_part(loop: Loop) -> bytes:
    return loop.notes[0].part.encode()


def told(folder: Path, **more: object) -> Namespace:
    save(small_set(), folder / "data.npz")
    usual = {
        "preset": "one", "against": ["two"], "data": folder / "data.npz", "each": 1, "seed": 1,
        "temperature": 1.0, "device": "auto", "listening": folder / "test",
        "listening_result": None, "open_model": open_twin,
        "loop_file": first_part,
    }  # fmt: skip
    return Namespace(**(usual | more))


def test_a_test_is_a_page_with_files_and_a_key_outside(tmp_path: Path) -> None:
    said = listen(told(tmp_path))
    assert said.startswith("3 loops: ")
    inside = sorted(
        p.relative_to(tmp_path / "test").as_posix() for p in tmp_path.rglob("test/**/*")
    )
    assert inside == ["index.html", "loops", "loops/01.mid", "loops/02.mid", "loops/03.mid"]
    assert sorted(read_key(tmp_path / "test").values()) == ["one", "real, held-out", "two"]
    with pytest.raises(SettingError, match="exists already"):
        listen(told(tmp_path))
    ratings = rated(tmp_path, "a", {"01": 5, "02": 3, "03": 1})
    assert "Kruskal-Wallis: H = 2.00" in listen(told(tmp_path, listening_result=[ratings]))


def test_the_key_of_an_earlier_test_is_kept(tmp_path: Path) -> None:
    listen(told(tmp_path))
    (tmp_path / "test").rename(tmp_path / "sent away")
    key = key_file(tmp_path / "test").read_bytes()
    with pytest.raises(SettingError, match=r"test\.key\.json exists already"):
        listen(told(tmp_path, seed=2))
    assert key_file(tmp_path / "test").read_bytes() == key
    assert not (tmp_path / "test").exists()


def test_the_temperature_is_for_codes_alone(tmp_path: Path) -> None:
    models = {"one": TwinModel(), "two": TwinModel(in_time=False)}

    def opened(preset: str, _: str) -> TwinModel:
        return models[preset]

    listen(told(tmp_path, temperature=1.2, open_model=opened))
    assert (models["one"].heats, models["two"].heats) == ([1.2], [1.0])


def test_a_test_needs_a_preset_and_its_data(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="PRESET and --data"):
        listen(told(tmp_path, preset=None))
    with pytest.raises(SettingError, match="twice"):
        listen(told(tmp_path, against=["one"]))

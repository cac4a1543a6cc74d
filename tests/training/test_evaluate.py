"""The evaluation as a whole, with a twin for the model, and the tables that it is shown in."""

import json
from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from loopwright.engine.errors import SettingError
from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.corpus import PACKED_BYTES, SongLoops
from loopwright.training.dataset import LoopSet, assemble, save
from loopwright.training.evaluate import evaluate
from loopwright.training.loop_evaluate import evaluate_loops
from loopwright.training.tables import as_json, as_text, for_card, limits
from loopwright.training.throughmodel import Asked

TRAIN, TEST = "87f5b438bc", "dae937b78f"
FIRST_LIGHT = Path(__file__).parents[2] / "presets" / "first-light"


@dataclass(frozen=True)
class Draw:
    codes: NDArray[np.int64]
    rolls: NDArray[np.uint8]


class Twin:
    """One code a loop, drawn from 0..3; shipped loops begin with a kick, raw ones with nothing."""

    model = "5" * 64
    device = "twin"
    positions = 1
    in_time = True
    parts: tuple[str, ...] = ()

    def draw(
        self,
        uniforms: ArrayLike,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        *,
        prefix: ArrayLike | None = None,
        mask: ArrayLike | None = None,
        plain: bool = False,
    ) -> Draw:
        free = (np.asarray(uniforms) * 4).astype(np.int64)
        codes = free if prefix is None else np.asarray(prefix)
        rolls = np.zeros((len(codes), 128, 93), np.uint8)
        rolls[:, 0, Drum.KICK] = not plain
        rolls[:, 0, DRUMS] = 1
        return Draw(codes, rolls)

    def encode(self, rolls: ArrayLike) -> NDArray[np.int64]:
        return np.asarray(rolls)[:, 0, DRUMS + 1].astype(np.int64)[:, None]


def small_set() -> LoopSet:
    rolls = np.zeros((2, 128, 93), np.uint8)
    rolls[:, 0, [Drum.KICK, DRUMS]] = 1
    rolls[1, 0, Drum.CRASH] = 1
    packed = np.packbits(rolls.reshape(2, -1), axis=1)
    assert packed.shape[1] == PACKED_BYTES
    songs = [SongLoops("a.mid", "", packed[:1]), SongLoops("b.mid", "", packed[1:])]
    return assemble(songs, {"a.mid": TRAIN, "b.mid": TEST}, {})


def test_what_ships_and_what_is_raw_are_told_apart() -> None:
    found = evaluate(Twin(), small_set(), Asked(loops=40))
    assert found.measures["drawn, as shipped"].first_kick == 1.0
    assert found.measures["drawn, raw"].first_kick == 0.0
    assert found.errors["train"] == 0.0
    assert found.errors["test"] == pytest.approx(1 / (128 * 93))
    assert found.errors["test_raw"] == pytest.approx(2 / (128 * 93))
    assert found.measures["drawn, as shipped"].unique == 4 / 40
    assert 0 < (found.measures["drawn, as shipped"].overlap or 0) < 1


def test_the_same_seed_measures_the_same() -> None:
    asked = Asked(loops=10, seed=3)
    assert evaluate(Twin(), small_set(), asked) == evaluate(Twin(), small_set(), asked)


def test_a_set_without_held_out_songs_is_refused() -> None:
    whole = small_set()
    with pytest.raises(SettingError, match="groups"):
        evaluate(Twin(), whole.chosen(np.array([0])), Asked())


def test_the_tables_hold_the_figures() -> None:
    found = evaluate(Twin(), small_set(), Asked(loops=10))
    assert "kick on the first step" in as_text(found)
    assert json.loads(as_json(found))["measures"]["training set"]["loops"] == 1
    card = json.loads(for_card(found, {"data": {"sha256": "abc"}, "seed": 1}))
    assert card["archive"] == "abc"
    assert {len(row) for row in card["measures"]} == {len(card["measures"][0])}
    assert any("Nine bits" in line for line in card["limits"])


def test_text_figures_and_pictures_are_left_in_a_folder(tmp_path: Path) -> None:
    def twin(preset: str, device: str) -> Twin:
        return Twin()

    def vq_folder(preset: str) -> Path:
        return FIRST_LIGHT

    save(small_set(), tmp_path / "data.npz")
    told = Namespace(
        preset="one", data=tmp_path / "data.npz", loops=10, seed=1, temperature=1.0, device="auto",
        json=None, card=None, training=None, fine_tune=None, out=tmp_path / "out",
        open_model=twin, loop_folder=vq_folder,
    )  # fmt: skip
    text = evaluate_loops(told)
    assert (tmp_path / "out" / "tables.txt").read_text() == f"{text}\n"
    with pytest.raises(SettingError, match=r"out.tables\.txt is there already, and is not overwr"):
        evaluate_loops(told)
    held = json.loads((tmp_path / "out" / "tables.json").read_text())
    assert held["measures"]["drawn, as shipped"]["loops"] == 10
    pictures = {path.name for path in (tmp_path / "out" / "pictures").iterdir()}
    kinds = {"rolls", "histograms", "codes"}
    of_songs = {"rolls-training.svg", "codes-training.svg", "frequent-training.svg"}
    assert pictures == {f"{kind}-drawn-as-shipped.svg" for kind in kinds} | of_songs


def test_a_card_tells_of_lost_notes_where_some_are_lost() -> None:
    found = evaluate(Twin(), small_set(), Asked(loops=10))
    real = found.measures["held-out, real"]
    whole = replace(found, measures={**found.measures, "held-out, rebuilt": real})
    fewer = replace(real, pitches=0.9 * real.pitches)
    lossy = replace(found, measures={**found.measures, "held-out, rebuilt": fewer})
    told = [any("Nine bits" in line for line in limits(one)) for one in (whole, lossy)]
    assert told == [False, True]


def test_drawn_loops_that_repeat_are_told_apart() -> None:
    few = evaluate(Twin(), small_set(), Asked(loops=10)).measures
    assert "drawn, accepted" not in few, "too few to tell"
    many = evaluate(Twin(), small_set(), Asked(loops=120)).measures
    assert many["drawn, accepted"].loops <= 120
    assert many["drawn, accepted"].ham_dist < 0.0015


class Halves(Twin):
    """Sixteen codes a loop: the first is what bar 1 begins with, the ninth what bar 5 does."""

    positions = 16

    def draw(self, uniforms: ArrayLike, *args: object, **kwargs: object) -> Draw:
        free = (np.asarray(uniforms) * 4).astype(np.int64)
        prefix = kwargs.get("prefix")
        codes = free if prefix is None else np.asarray(prefix)
        rolls = np.zeros((len(codes), 8, 16, 93), np.uint8)
        rolls[:, :, 0, Drum.KICK] = 1
        for bar, place in ((0, 0), (4, 8)):
            for step in (0, 4):
                rolls[np.arange(len(codes)), bar, step, DRUMS + codes[:, place]] = 1
        return Draw(codes, rolls.reshape(-1, 128, 93))

    def encode(self, rolls: ArrayLike) -> NDArray[np.int64]:
        return np.zeros((len(np.asarray(rolls)), 16), np.int64)


def test_how_loops_repeat_is_told_raw_copied_and_by_rejection() -> None:
    found = evaluate(Halves(), small_set(), Asked(loops=60))
    raw = found.accepted["drawn, raw"]
    assert 0 < raw < 0.5, "one in four has the same code twice"
    # The others' bars differ in four cells of 1488, more than the 0.0015 that the paper lets pass.
    assert found.measures["drawn, raw"].ham_dist == pytest.approx((1 - raw) * 4 / 1488)
    assert found.measures["drawn, copied"].ham_dist == 0.0
    assert found.accepted == {"drawn, as shipped": raw, "drawn, raw": raw, "drawn, copied": 1.0}
    (row,) = [line for line in as_text(found).splitlines() if "accepted" in line]
    assert row.split()[-5:] == [f"{raw:.3f}", f"{raw:.3f}", "1.000", "-", "-"]


def test_a_yardsticks_card_tells_of_no_codes() -> None:
    twin = Twin()
    twin.in_time = False
    found = evaluate(twin, small_set(), Asked(loops=10))
    assert "drawn, copied" not in found.measures
    assert "accepted" not in as_text(found)
    card = json.loads(for_card(found, {}))
    assert card["limits"]
    assert not any("Nine bits" in line for line in card["limits"])

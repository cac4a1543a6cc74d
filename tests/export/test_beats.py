"""The beat model's graphs do what torch does, and what playing asks of them."""

import numpy as np
import pytest
from small_beats import CODES, SmallBeats, made

from loopwright.engine.beatcodes import WRITTEN
from loopwright.engine.chance import uniforms
from loopwright.engine.sidecar import LOOP_BEATS
from loopwright.export.beatorder import place
from loopwright.export.beatweights import cell_of
from loopwright.export.cases import Case
from loopwright.export.onnx import floats
from loopwright.export.parity import Pair, cases, compared, table
from loopwright.export.running import Runner
from loopwright.live.runtime import LoopModel

LOOP = "loop.fp32.onnx"
CHANCE = uniforms(7, "beats", 0, range(5), 128)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallBeats:
    return made(tmp_path_factory.mktemp("beats"))


@pytest.fixture(scope="module")
def model(small: SmallBeats) -> LoopModel:
    return LoopModel.open(small.folder, "cpu-fp32")


@pytest.mark.parametrize("case", cases(128, CODES), ids=lambda c: c.name)
def test_same_uniforms_same_codes_and_probabilities(small: SmallBeats, case: Case) -> None:
    row = Pair(small.coder, small.prior, Runner(small.folder / LOOP)).compare(case, 16)
    assert row.holds, table([row])


def test_export_holds_a_trained_folder_to_torch(small: SmallBeats) -> None:
    rows = compared(small.folder, small.folder / LOOP)
    assert all(row.holds for row in rows), table(rows)
    assert rows[-1].case == "encoder"


def test_the_sidecar_tells_whose_each_code_is(small: SmallBeats, model: LoopModel) -> None:
    assert small.sidecar.kind == LOOP_BEATS
    assert model.parts == ("drums", "drums", "bass", "bass")
    assert (model.positions, model.codes, model.in_time) == (128, CODES, True)


def test_graphs_are_the_same_in_whatever_order_products_are_added_up(small: SmallBeats) -> None:
    learned = {name: floats(value) for name, value in small.prior.state_dict().items()}
    heard = len(learned["lstm.weight_ih_l0"].T) - learned["place"].shape[1]
    order = np.r_[:heard, np.arange(heard, heard + learned["place"].shape[1])[::-1]]
    turned = learned | {
        "place": learned["place"][:, ::-1],
        "lstm.weight_ih_l0": learned["lstm.weight_ih_l0"][:, order],
    }
    assert np.array_equal(cell_of(turned)[1], cell_of(learned)[1])


def test_every_code_is_written_once() -> None:
    written = [place(draw, step) for step in range(16) for draw in WRITTEN]
    assert sorted(written) == list(range(128))


def test_one_loop_and_many_are_drawn_alike(model: LoopModel) -> None:
    many = model.draw(CHANCE)
    alone = [model.draw(chance[np.newaxis]).rolls[0] for chance in CHANCE]
    assert np.array_equal(many.rolls, np.stack(alone))


def test_int8_draws_loops(small: SmallBeats) -> None:
    assert LoopModel.open(small.folder, "cpu-int8").draw(CHANCE).rolls.shape == (5, 128, 93)


def test_codes_that_were_drawn_bring_the_loop_back(model: LoopModel) -> None:
    drawn = model.draw(CHANCE)
    again = model.draw(np.zeros_like(CHANCE), prefix=drawn.codes)
    assert np.array_equal(again.rolls, drawn.rolls)
    assert np.array_equal(again.probabilities, drawn.probabilities)
    assert (again.log_probability == 0).all()


def test_the_drums_stay_while_the_bass_is_drawn_anew(model: LoopModel) -> None:
    drawn = model.draw(CHANCE)
    forced = np.where(np.tile([True, True, False, False], 32), drawn.codes, -1)
    other = model.draw(CHANCE[::-1], prefix=forced)
    assert np.array_equal(other.rolls[..., :9], drawn.rolls[..., :9])
    assert not np.array_equal(other.rolls[..., 9:], drawn.rolls[..., 9:])


def test_a_beat_sounds_as_its_codes_say_and_as_no_other_beat(model: LoopModel) -> None:
    codes = model.draw(CHANCE[:1]).codes
    changed = codes.copy()
    changed[0, 40:44] = (3, 1, 0, 84)
    before, after = (
        model.draw(CHANCE[:1], prefix=told, plain=True).rolls[0] for told in (codes, changed)
    )
    assert np.array_equal(np.delete(after, slice(40, 44), 0), np.delete(before, slice(40, 44), 0))
    # Pattern 3 of the skins: kick and snare on its first step; 1 of the metals: a closed hat.
    assert np.argwhere(after[40:44]).tolist() == [[0, 0], [0, 1], [0, 2]]


def test_a_silent_first_beat_has_a_note_by_the_rules_alone(model: LoopModel) -> None:
    codes = model.draw(CHANCE[:1]).codes
    codes[0, :4] = (0, 0, 0, 30)
    ruled, plain = (
        model.draw(CHANCE[:1], prefix=codes, plain=plain).rolls[0, 0] for plain in (False, True)
    )
    assert np.flatnonzero(plain).tolist() == []
    assert np.flatnonzero(ruled).tolist() == [0, 9 + 30], "a kick, and the beat's pitch"

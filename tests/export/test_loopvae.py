"""The VAEs' graphs do what torch does, and a preset of one plays."""

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch

from loopwright.engine.chance import uniforms
from loopwright.engine.compose import Request, Take
from loopwright.engine.errors import PresetError
from loopwright.engine.grid import roll_of
from loopwright.engine.notes import Note, Part
from loopwright.engine.roll import DRUMS, Drum
from loopwright.engine.sidecar import PLACES
from loopwright.export.cli_loopvae import write_checked_vae
from loopwright.export.graph import FLOAT, Graph, Typed
from loopwright.export.loopvaecheck import compared, latents, table, write_vae
from loopwright.export.normal import place_of, quantile
from loopwright.export.onnx import trained_vae, vae_in
from loopwright.export.running import Runner
from loopwright.live.cli import main
from loopwright.live.compose_loop import NO_SEED, compose
from loopwright.live.runtime import LoopModel
from loopwright.training.decoding import bits_loss
from loopwright.training.loopvaefile import MODEL, save_vae
from loopwright.training.loopvaes import LoopVae, divergence, sampled
from loopwright.training.loopvaesettings import Vae

pytestmark = pytest.mark.usefixtures("one_thread")


def learned(kind: Vae) -> LoopVae:
    """Train for a moment, so that batch norms are not at rest and logits lie on both sides."""
    torch.manual_seed(0)
    model = LoopVae(kind)
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(3):
        rolls = (torch.rand(8, 128, 93) < 0.1).float()
        mean, spread = model.encode(rolls)
        loss = bits_loss(model.decode(sampled(mean, spread)), rolls)
        optimiser.zero_grad()
        (loss + divergence(mean, spread).mean() / rolls[0].numel()).backward()
        optimiser.step()
    with torch.no_grad():
        model.last().weight.mul_(20)
    return model.eval()


@pytest.fixture(scope="module", params=list(Vae), ids=str)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"loop-{request.param}")
    save_vae(folder / MODEL, learned(request.param), {})
    write_checked_vae(folder, folder)
    return folder


@pytest.fixture(params=list(Vae), ids=str)
def kind(request: pytest.FixtureRequest) -> Vae:
    return request.param


def test_graphs_hold_and_those_of_other_weights_do_not(kind: Vae, tmp_path: Path) -> None:
    model = learned(kind)
    vae = trained_vae(model)
    write_vae(vae.weights, tmp_path)
    rows = compared(vae, tmp_path)
    assert [row.case for row in rows] == [
        "temperature 0.5", "temperature 1", "temperature 1.5", "encoder",
    ]  # fmt: skip
    assert all(row.holds for row in rows), table(rows)
    with torch.no_grad():
        bias = model.last().bias
        assert bias is not None
        bias += 0.1
        model.encoder.gauss.norm.bias.add_(0.1)
    assert not any(row.holds for row in compared(trained_vae(model), tmp_path))


def test_the_same_uniforms_give_the_same_loop_and_codes_bring_it_back(folder: Path) -> None:
    model = LoopModel.open(folder)
    chance = uniforms(3, "test", 0, range(4), model.positions)
    first, again = model.draw(chance), model.draw(chance)
    assert np.array_equal(first.rolls, again.rolls)
    assert np.array_equal(first.codes, (chance * PLACES).astype(np.int64))
    forced = model.draw(np.zeros_like(chance), prefix=first.codes)
    assert np.array_equal(forced.rolls, first.rolls)
    assert len({roll.tobytes() for roll in first.rolls}) == 4
    half = first.codes.copy()
    half[:, 1::2] = -1
    assert np.array_equal(model.draw(chance, prefix=half).codes, first.codes)
    expected = -np.log(PLACES) * model.positions / 2
    assert model.draw(chance, prefix=half).log_probability == pytest.approx(expected)


def test_a_loop_keeps_its_rules_and_a_plain_one_does_not(folder: Path) -> None:
    model = LoopModel.open(folder)
    chance = uniforms(3, "test", 0, range(16), model.positions)
    ruled, plain = (model.draw(chance, plain=p).rolls for p in (False, True))
    assert ruled[:, 0, Drum.KICK].all()
    assert np.all(ruled[:, 0, DRUMS:].sum(1) == 1)
    assert ruled[:, :, DRUMS:].sum(2).max() == 1
    assert plain[:, :, DRUMS:].sum(2).max() > 1
    assert np.array_equal(ruled[:, 1:, :DRUMS], plain[:, 1:, :DRUMS])


def test_without_heat_every_loop_is_the_one_in_the_middle(folder: Path) -> None:
    model = LoopModel.open(folder)
    cold = model.draw(uniforms(3, "test", 0, range(3), model.positions), temperature=0.0)
    assert len({roll.tobytes() for roll in cold.rolls}) == 1


def test_chance_at_its_ends_still_draws(folder: Path) -> None:
    model = LoopModel.open(folder)
    for u in (-1.0, 0.0, 1.0, 2.0):
        codes = model.draw(np.full((1, model.positions), u)).codes
        assert np.all(codes == (0 if u <= 0 else PLACES - 1))


def test_an_encoded_loop_has_its_latents_mean(folder: Path) -> None:
    model, torchs = LoopModel.open(folder), folder / MODEL
    rolls = (np.random.default_rng(0).random((3, 128, 93)) < 0.1).astype(np.uint8)
    expected = vae_in(torchs).means(rolls.astype(np.bool_))
    assert latents(model.encode(rolls)) == pytest.approx(expected, abs=2e-3)


def test_fresh_loops_and_one_part_are_composed_and_bars_are_refused(folder: Path) -> None:
    model = LoopModel.open(folder)
    loop = compose(model, Request(1, 7)).loop
    assert loop is not None
    assert (len(loop.codes), loop.model) == (model.positions, model.model)
    kick, bass = Note(0, 6, 36, 100, Part.DRUMS), Note(0, 24, 36, 90, Part.BASS)
    alone = compose(model, Request(2, 7, take=Take((kick,), 1))).loop
    assert alone is not None
    assert roll_of(alone.notes)[::16, Drum.KICK].all()
    both = compose(model, Request(3, 7, take=Take((kick, bass), 1)))
    assert (both.loop, both.reason) == (None, NO_SEED)


def test_an_exported_vae_renders(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
                                 ) -> None:  # fmt: skip
    preset = tmp_path / "mine"
    assert main(["export", str(folder), "--out", str(preset)]) == 0
    assert "graph against torch" in capsys.readouterr().out
    card = (preset / "MODEL_CARD.md").read_text()
    assert "It cannot go on from bars" in card
    out = tmp_path / "out"
    assert main(["render", "--preset", str(preset), "--loops", "2", "--out", str(out)]) == 0
    assert len(list(out.glob("*.mid"))) == 2
    assert main(["presets", "verify", str(preset)]) == 0
    assert main(["presets", "show", str(preset)]) == 0
    assert "numbers of a latent" in capsys.readouterr().out


def test_a_latent_of_another_length_is_refused(folder: Path) -> None:
    sidecar = folder / "loop.json"
    text = sidecar.read_text()
    try:
        length = LoopModel.open(folder).positions
        sidecar.write_text(text.replace(f'"positions": {length}', f'"positions": {length + 1}'))
        with pytest.raises(PresetError, match="another shape"):
            LoopModel.open(folder)
    finally:
        sidecar.write_text(text)


def test_normal_numbers_and_their_places_are_each_others() -> None:
    g = Graph()
    g.called(quantile(g, "middle"), "number")
    g.called(place_of(g, "number"), "place")
    one = Typed(FLOAT, ["n"])
    run = Runner(
        g.model("normal", {"middle": one}, {"number": one, "place": one}).SerializeToString()
    )
    places = np.concatenate([np.linspace(0.001, 0.999, 999), [0.5 / PLACES, 1 - 0.5 / PLACES]])
    out = run(middle=(2 * places - 1).astype(np.float32))
    expected = np.array([NormalDist().inv_cdf(p) for p in places.tolist()])
    assert out["number"] == pytest.approx(expected, rel=2e-5, abs=1e-6)
    assert out["place"] == pytest.approx(places, abs=3e-7)

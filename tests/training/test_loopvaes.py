"""The paper's three continuous VAEs: their sizes, their losses, and a run of a moment."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from loopwright.live.cli import main
from loopwright.training.corpus import SongLoops
from loopwright.training.dataset import LoopSet, assemble, save
from loopwright.training.loopvaefile import MODEL, load_vae, save_vae
from loopwright.training.loopvaes import (
    ArDecoder,
    CnnEncoder,
    LoopVae,
    LstmEncoder,
    divergence,
    sampled,
)
from loopwright.training.loopvaesettings import Vae, VaeRecipe, VaeSettings, paper, shipped
from loopwright.training.modelsize import parameters
from loopwright.training.settings import Schedule
from loopwright.training.train import Run
from loopwright.training.train_loopvae import (
    VaeTask,
    annealed,
    inverse_sigmoid,
    negative,
    train_vae,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def lstm(inputs: int, hidden: int) -> int:
    """Four gates with weights for inputs and state, and two biases each, as torch has them."""
    return 4 * hidden * (inputs + hidden + 2)


def linear(inputs: int, outputs: int) -> int:
    return (inputs + 1) * outputs


def conv(inputs: int, outputs: int, kernel: int) -> int:
    return (inputs * kernel + 1) * outputs


BLOCK = conv(32, 32, 3) + 2 * 32  # with its batch norm
LSTM_ENCODER = 2 * lstm(93, 128) + 2 * linear(256, 128) + 2 * 128
SIZES = {
    Vae.AR: LSTM_ENCODER + lstm(93 + 128, 128) + linear(128, 93),
    Vae.NONAR: LSTM_ENCODER + lstm(128, 256) + linear(256, 93),
    Vae.CNN: (
        conv(93, 32, 3) + 2 * 32 + 6 * BLOCK + 2 * linear(1024, 512) + 2 * 512
        + linear(512, 512) + 4 * BLOCK + conv(32, 93, 7)
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "size"), list(zip(Vae, (486_109, 713_565, 1_374_909), strict=True))
)
def test_each_model_has_the_tables_numbers(kind: Vae, size: int) -> None:
    model = LoopVae(kind)
    assert parameters(model) == SIZES[kind] == size
    rolls = (torch.rand(2, 128, 93) < 0.1).float()
    mean, spread = model.encode(rolls)
    assert mean.shape == spread.shape == (2, model.latent)
    assert model.latent == {Vae.AR: 128, Vae.NONAR: 128, Vae.CNN: 512}[kind]
    assert model.decode(mean).shape == (2, 128, 93)
    assert mean.mean(1).detach().numpy() == pytest.approx(0, abs=1e-5), "layer-normalised"


@pytest.mark.parametrize("kind", [Vae.AR, Vae.NONAR])
def test_an_encoder_begins_with_cells_that_remember_a_step_and_cells_that_remember_a_loop(
    kind: Vae,
) -> None:
    torch.manual_seed(0)
    encoder = LoopVae(kind).encoder
    assert isinstance(encoder, LstmEncoder)
    for name in ("bias_ih_l0", "bias_ih_l0_reverse"):
        takes_in, keeps, *others = getattr(encoder.lstm, name).detach().chunk(4)
        steps = keeps.exp()  # a cell keeps steps / (steps + 1) of what it holds
        assert steps.min() >= 1
        assert steps.max() <= 127
        assert steps.min() < 10
        assert steps.max() > 100
        assert torch.equal(takes_in, -keeps), "a cell that forgets slowly is filled as slowly"
        assert not torch.cat(others).any()


def test_the_convolutions_halve_the_steps_twice() -> None:
    features = CnnEncoder().body(torch.zeros(1, 93, 128))
    assert features.shape == (1, 32, 32)


def test_the_ar_model_hears_the_true_steps_or_its_own() -> None:
    torch.manual_seed(0)
    decoder, z = ArDecoder(), torch.randn(2, 128)
    free = decoder(z)
    own = (free >= 0).float()
    everything = torch.ones(2, 128, dtype=torch.bool)
    assert torch.equal(decoder(z, own, everything), free), "its own words are true, too"
    other = 1 - own
    told = decoder(z, other, everything)
    assert torch.equal(told[:, 0], free[:, 0]), "nothing is heard on the first step"
    assert not torch.equal(told[:, 1], free[:, 1])
    assert torch.equal(decoder(z, other, ~everything), free)


def test_the_divergence_is_that_of_two_normal_distributions() -> None:
    # 0.5 * (m^2 + s^2 - 1 - ln s^2): for m = 2, s^2 = 4: 0.5 * (4 + 4 - 1 - ln 4).
    found = divergence(torch.tensor([[0.0, 2.0]]), torch.tensor([[0.0, math.log(4)]]))
    assert found.tolist() == pytest.approx([0.5 * (7 - math.log(4))])


def test_latents_have_the_mean_and_the_variance_they_are_drawn_with() -> None:
    torch.manual_seed(0)
    z = sampled(torch.full((20_000, 1), 3.0), torch.full((20_000, 1), math.log(4)))
    assert (float(z.mean()), float(z.var())) == (
        pytest.approx(3, abs=0.05),
        pytest.approx(4, rel=0.03),
    )


def test_the_loss_is_nats_a_cell() -> None:
    rolls = torch.zeros(2, 128, 93)
    loss = negative(torch.zeros(2, 128, 93), rolls, torch.tensor([128.0 * 93, 3 * 128.0 * 93]))
    assert float(loss) == pytest.approx(math.log(2) + 2)


def test_beta_rises_along_a_line_and_stays() -> None:
    assert [annealed(e, 10, 0.5) for e in (0, 1, 2.5, 5, 9)] == pytest.approx([0, 0.2, 0.5, 1, 1])


def test_beta_and_what_is_heard_move_with_the_batches() -> None:
    settings = VaeSettings(Vae.AR, batch=11, inverse_sigmoid=5, falls_over=30)
    task = VaeTask(small_set(), VaeRecipe(settings, Schedule(epochs=4)), torch.device("cpu"))
    seen: list[tuple[float, float]] = []
    for epoch in range(4):
        task.begin(epoch)
        seen += [(task.beta, task.hears) for _ in task.batches()]
    assert [beta for beta, _ in seen] == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1, 1, 1])
    fallen = [inverse_sigmoid(30 * n / 8, 5) for n in range(8)]
    assert [heard for _, heard in seen] == pytest.approx(fallen)


def test_the_share_of_true_steps_falls() -> None:
    assert inverse_sigmoid(0, 20) == pytest.approx(20 / 21)
    assert inverse_sigmoid(60, 20) == pytest.approx(20 / (20 + math.exp(3)))
    assert inverse_sigmoid(100_000, 20) == pytest.approx(0)


def test_the_papers_recipe() -> None:
    recipe = paper(Vae.AR)
    assert (recipe.settings.batch, recipe.settings.inverse_sigmoid) == (2048, 20)
    schedule = recipe.schedule
    assert (schedule.epochs, schedule.rate, schedule.last_rate) == (2000, 1e-3, 5e-6)


def test_the_recipe_for_two_cores_hears_itself_sooner() -> None:
    settings, schedule = shipped(Vae.AR).settings, shipped(Vae.AR).schedule
    assert inverse_sigmoid(8, settings.inverse_sigmoid) == pytest.approx(0.5, abs=0.01)
    assert inverse_sigmoid(settings.falls_over - 1, settings.inverse_sigmoid) < 0.02
    assert (schedule.epochs, schedule.check_every) == (30, 1)
    assert shipped(Vae.CNN).schedule.epochs == 100


def small_set() -> LoopSet:
    rng = np.random.default_rng(0)
    packed = np.packbits(rng.random((24, 128 * 93)) < 0.05, axis=1)
    songs = [SongLoops(f"{n}.mid", "", packed[n : n + 1]) for n in range(24)]
    train = {f"{n}.mid": "87f5b438bc" for n in range(2, 24)}
    return assemble(songs, {"0.mid": "dae937b78f", "1.mid": "27", **train}, {})


def recipe(kind: Vae) -> VaeRecipe:
    return VaeRecipe(VaeSettings(kind, batch=16), Schedule(epochs=2, check_every=1))


@pytest.mark.parametrize("kind", list(Vae))
def test_a_run_leaves_a_model_that_comes_back(kind: Vae, tmp_path: Path) -> None:
    loops = small_set()
    summary = train_vae(loops, recipe(kind), Run(tmp_path, "a command"))
    assert summary["parameters"] == SIZES[kind]
    assert json.loads((tmp_path / "training.json").read_text()) == summary
    lines = (tmp_path / f"loop-{kind}.jsonl").read_text().splitlines()
    assert [json.loads(line)["beta"] for line in lines] == [0.5, 1.0]
    model = load_vae(tmp_path / MODEL)
    assert not model.training
    mean, _ = model.encode(torch.from_numpy(loops.rolls()[:2]).float())
    save_vae(tmp_path / "again.pt", model, {})
    assert torch.equal(load_vae(tmp_path / "again.pt").decode(mean), model.decode(mean))


def test_training_lessens_the_loss() -> None:
    torch.manual_seed(0)
    task = VaeTask(small_set(), recipe(Vae.CNN), torch.device("cpu"))
    optimiser = torch.optim.AdamW(task.model.parameters(), 1e-2)
    batch = next(task.batches())
    losses: list[float] = []
    for _ in range(8):
        optimiser.zero_grad()
        loss = task.loss(batch)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 1.5


def test_the_command_line_asks_for_a_vae(tmp_path: Path) -> None:
    save(small_set(), tmp_path / "data.npz")
    words = ["train", "loops", str(tmp_path / "data.npz"), "--out", str(tmp_path / "run")]
    asked = [*words, "--model", "nonar", "--epochs", "1", "--batch", "8"]
    assert main(asked) == 0
    assert load_vae(tmp_path / "run" / MODEL).kind is Vae.NONAR
    assert main([*asked, "--hidden", "9"]) == 2

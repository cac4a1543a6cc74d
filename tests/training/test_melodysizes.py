"""The melody paper's versions at full size, and what its text says of how each learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from loopwright.export.cases import Case
from loopwright.export.onnx import KINDS, Module
from loopwright.export.onnx import trained as torch_of
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.export.stepparity import drawn
from loopwright.export.steps import Melodist, step_graph
from loopwright.training.melodylstm import model_of
from loopwright.training.melodyversions import VERSIONS, recipe_of
from loopwright.training.melodywindows import nll
from loopwright.training.settings import Transposition

VOCABULARIES = {
    **{"v1": 59, "v2": 59, "v3": 635, "v4": 1279, "v5": 629},
    **{"v6": 362, "v7": 512, "v8": 1024},
}
"""The paper's, 5.3; that of V1 is lost."""
BATCHES, STEPS = 3, 6


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.usefixtures("one_thread")
def test_a_version_of_the_paper_s_size_learns_and_draws_in_eight_bits(name: str) -> None:
    vocabulary = VOCABULARIES[name]
    torch.manual_seed(0)
    model = model_of(replace(VERSIONS[name].shape, vocabulary=vocabulary))
    losses = learnt(model, torch.randint(0, vocabulary, (1, 9)))
    assert losses[-1] < losses[0]
    run = torch_of(model.eval())
    of = Melodist(KINDS[type(model)], run.weights, {}, "")
    graph = Runner(step_graph(of, Precision.INT8).SerializeToString())
    chance = np.linspace(0, 1, STEPS, endpoint=False, dtype=np.float32)
    tokens, likely = drawn(graph, Case("as trained"), chance, vocabulary)
    said = run.scores(tokens[None, :-1])[0]
    apart = np.abs(np.take_along_axis(said, tokens[1:, None], 1)[:, 0] - likely[0])
    assert 0 < apart.max() < 0.1


def learnt(model: Module, windows: torch.Tensor) -> list[float]:
    """Train on some windows a few times; return each loss."""
    moves = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 0.01)
    losses: list[float] = []
    for _ in range(BATCHES):
        moves.zero_grad()
        loss = nll(model, windows).mean()
        loss.backward()
        moves.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(
    ("name", "window", "stride", "every", "warm_up"),
    [
        *((f"v{n}", 100, 1, False, 0) for n in range(1, 7)),
        ("v7", 256, 64, True, 2000),
        ("v8", 256, 64, True, 4000),
    ],
)
def test_the_paper_s_recipe(
    name: str, window: int, stride: int, *, every: bool, warm_up: int
) -> None:
    version, recipe = recipe_of(name, "paper")
    assert version == VERSIONS[name]
    assert (recipe.window, recipe.stride, recipe.every) == (window, stride, every)
    assert (recipe.copies, recipe.transpose) == (2, Transposition(-6, 6))
    assert (recipe.schedule.epochs, recipe.steps) == (100, 0)
    assert recipe.schedule.patience * recipe.schedule.check_every == 15  # best at 30, ended at 45
    assert recipe.warm_up == warm_up
    assert recipe.batch * recipe.accumulate == 128

"""The piano paper's models: their sizes, that nothing sees the future, and that they learn."""

import pytest
import torch
from torch import nn

from loopwright.training.modelsize import parameters
from loopwright.training.pianomodel import (
    PianoLSTM,
    PianoTransformer,
    RelativeAttention,
    folded,
    future,
)
from loopwright.training.pianosettings import LstmShape, TransformerShape

SMALL = {
    "lstm": PianoLSTM(LstmShape(8, 16, 2, 32, 16)),
    "transformer": PianoTransformer(TransformerShape(16, 2, 4, 32, positions=6)),
}


pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_models_have_the_published_sizes() -> None:
    assert parameters(PianoLSTM()) == 4_426_457
    assert parameters(PianoTransformer()) == 4_326_041


@pytest.mark.parametrize("kind", SMALL)
def test_a_token_changes_nothing_before_it(kind: str) -> None:
    model = SMALL[kind].eval()
    tokens = torch.randint(0, 153, (2, 12), generator=torch.Generator().manual_seed(1))
    before = model(tokens)
    for step in range(12):
        changed = tokens.clone()
        changed[:, step] = (tokens[:, step] + 1) % 153
        after = model(changed)
        assert torch.equal(after[:, :step], before[:, :step])
        assert not torch.allclose(after[:, step], before[:, step])


@pytest.mark.parametrize("steps", [1, 3, 6, 9])
def test_folding_gives_each_key_the_vector_of_its_distance(steps: int) -> None:
    table = torch.randn(6, 4)
    query = torch.randn(2, steps, 4)
    by_key = folded(query, table)
    for q in range(steps):
        for k in range(q + 1):
            nearest = table[max(len(table) - 1 - (q - k), 0)]
            torch.testing.assert_close(by_key[:, q, k], query[:, q] @ nearest)


def test_scores_are_handed_on_and_the_future_is_shut() -> None:
    attention = RelativeAttention(TransformerShape(16, 1, 4, 32, positions=6))
    x = torch.randn(1, 5, 16)
    _, once = attention(x, future(5, x))
    _, twice = attention(x, once)
    past = torch.ones(5, 5, dtype=torch.bool).tril()
    torch.testing.assert_close(twice[..., past], 2 * once[..., past])
    assert torch.isinf(twice[..., ~past]).all()


def test_a_width_that_heads_cannot_share_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        RelativeAttention(TransformerShape(width=10, heads=4))


@pytest.mark.parametrize("kind", SMALL)
def test_it_learns(kind: str) -> None:
    torch.manual_seed(0)
    model: nn.Module = SMALL[kind].train()
    tokens = torch.arange(8).repeat(2, 3)
    optimiser = torch.optim.Adamax(model.parameters(), lr=3e-2)
    losses: list[float] = []
    for _ in range(20):
        loss = nn.functional.cross_entropy(model(tokens[:, :-1]).mT, tokens[:, 1:])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]

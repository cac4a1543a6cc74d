"""Dropout by bytes: the share that falls, the mean that stays, and nothing where it judges."""

import pytest
import torch

from loopwright.training.dropout import Dropout

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.9])
def test_a_share_falls_and_the_mean_stays(share: float) -> None:
    torch.manual_seed(1)
    dropped = Dropout(share)(torch.ones(101, 1009))
    assert float((dropped == 0).float().mean()) == pytest.approx(share, abs=0.004)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.03)
    assert len(dropped.unique()) == 2


def test_each_place_falls_as_often_as_any_other() -> None:
    torch.manual_seed(2)
    drop = Dropout(0.5)
    fallen = torch.stack([drop(torch.ones(19)) == 0 for _ in range(2000)]).float().mean(0)
    assert fallen.sub(0.5).abs().max() < 0.05


def test_the_gradient_goes_where_the_value_went() -> None:
    torch.manual_seed(3)
    x = torch.ones(64, requires_grad=True)
    dropped = Dropout(0.5)(x)
    dropped.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, dropped)


@pytest.mark.parametrize(("share", "left"), [(0.0, 1.0), (0.001, 1.0), (1.0, 0.0)])
def test_shares_at_the_ends(share: float, left: float) -> None:
    assert torch.equal(Dropout(share)(torch.ones(9)), torch.full((9,), left))


def test_nothing_falls_when_it_judges() -> None:
    x = torch.randn(7, 3)
    assert torch.equal(Dropout(0.5).eval()(x), x)


def test_the_precision_is_the_values() -> None:
    assert Dropout(0.5)(torch.ones(8, dtype=torch.bfloat16)).dtype == torch.bfloat16


def test_the_same_seed_drops_the_same() -> None:
    drop = Dropout(0.5)
    torch.manual_seed(4)
    first = drop(torch.ones(50))
    torch.manual_seed(4)
    assert torch.equal(drop(torch.ones(50)), first)

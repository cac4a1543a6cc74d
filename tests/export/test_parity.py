"""The graphs do what torch does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_model import SMALL, SmallModel, made

from loopwright.export.cases import Case, kept
from loopwright.export.loops import loop_graph
from loopwright.export.onnx import weights_of
from loopwright.export.parity import (
    Pair,
    Row,
    cases,
    compared,
    decoded,
    negative_log_likelihood,
    table,
)
from loopwright.export.running import Runner
from loopwright.training.model import CodeShape

LOOP = "loop.fp32.onnx"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallModel:
    return made(tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("case", cases(SMALL.positions, SMALL.codes), ids=lambda c: c.name)
def test_same_uniforms_same_codes_and_probabilities(small: SmallModel, case: Case) -> None:
    row = Pair(small.vqvae, small.prior, Runner(small.folder / LOOP)).compare(case)
    assert row.holds, table([row])


def test_the_shape_of_the_paper_holds_too(tmp_path: Path) -> None:
    paper = made(tmp_path, CodeShape(), hidden=150, in_pairs=False)
    rows = compared(tmp_path, tmp_path / LOOP)
    assert all(row.holds for row in rows), table(rows)
    assert rows[-1].case == "encoder"
    assert paper.sidecar.shape.positions == 32


def test_a_graph_of_other_weights_does_not_hold(small: SmallModel) -> None:
    weights = weights_of(small.vqvae, small.prior)
    prior = replace(weights.prior, head_bias=weights.prior.head_bias + np.eye(24)[3] * 0.1)
    graph = loop_graph(
        replace(weights, prior=replace(prior, head_bias=np.float32(prior.head_bias)))
    )
    row = Pair(small.vqvae, small.prior, Runner(graph.SerializeToString())).compare(Case("other"))
    assert not row.holds


def test_likelihood_through_the_graph_is_that_of_torch(small: SmallModel) -> None:
    codes = np.random.default_rng(0).integers(0, SMALL.codes, (40, SMALL.positions))
    with torch.no_grad():
        shares = torch.log_softmax(small.prior(torch.from_numpy(codes)), -1).numpy()
    expected = -np.take_along_axis(shares, codes[..., None], 2)[:, 1:].mean()
    run = Runner(small.folder / LOOP)
    assert negative_log_likelihood(run, codes, SMALL.codes) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case("all"), [0.1, 0.4, 0.2, 0.3]),
        (Case("two", top_k=2), [0, 0.4, 0, 0.3]),
        (Case("more than half", top_p=0.5), [0, 0.4, 0, 0.3]),
        (Case("the likeliest at least", top_p=0.01), [0, 0.4, 0, 0]),
        (Case("first k, then p of what is left", top_k=3, top_p=0.8), [0, 0.4, 0.2, 0.3]),
    ],
    ids=lambda v: v.name if isinstance(v, Case) else "",
)
def test_what_top_k_and_top_p_keep(case: Case, expected: list[float]) -> None:
    shares, sure = kept(np.array([[[0.1, 0.4, 0.2, 0.3]]]), case)
    assert shares[0, 0] == pytest.approx(expected)
    assert sure.all()


def test_the_bass_is_one_choice_and_rests_where_no_pitch_is_likelier() -> None:
    logits = np.full((1, 128, 93), -1.0)
    logits[0, 5, [20, 30]] = 1.0, 2.0
    roll, _ = decoded(logits, plain=False)
    assert np.argwhere(roll[0]).tolist() == [[0, 0], [0, 9], [5, 30]]


def test_a_row_tells_what_it_found() -> None:
    rows = [Row("cold", 64, 1e-7, 0, 0, 2), Row("hot", 64, 0.0, 1, 0, 0)]
    assert [row.holds for row in rows] == [True, False]
    assert table(rows).splitlines()[1].split() == ["cold", "64", "1.0e-07", "0", "0", "2"]

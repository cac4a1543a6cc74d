"""Step graphs draw what torch would have drawn."""

from dataclasses import replace

import numpy as np
import pytest
from small_steps import KINDS, SmallSteps, made

from loopwright.engine.errors import PresetError
from loopwright.engine.operators import trusted
from loopwright.engine.stepsidecar import SCORE, STEP, tensors_of
from loopwright.export.cases import Case
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.export.stepparity import cases, drawn, row, step_rows, table
from loopwright.export.steps import plain_graph, scores, step_graph

FULL = 512


@pytest.fixture(scope="module", params=KINDS)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SmallSteps:
    return made(tmp_path_factory.mktemp("small"), request.param, FULL)


def test_512_steps_are_those_of_torch(small: SmallSteps) -> None:
    graph = step_graph(small.of).SerializeToString()
    rows = step_rows(graph, small.torch.scores, small.of.tokens, FULL)
    assert all(one.holds for one in rows), table(rows)
    assert len(rows) == len(cases(small.of.tokens))


def test_standard_operators_alone_say_the_same(small: SmallSteps) -> None:
    graph = plain_graph(small.of) or step_graph(small.of)
    assert {node.domain for node in graph.graph.node} == {""}
    rows = step_rows(graph.SerializeToString(), small.torch.scores, small.of.tokens, FULL)
    assert all(one.holds for one in rows), table(rows)


def test_a_graph_of_other_weights_does_not_hold(small: SmallSteps) -> None:
    tensors = dict(small.of.weights.tensors)
    name = "norm.weight" if "norm.weight" in tensors else next(n for n in tensors if "bias" in n)
    tensors[name] = tensors[name] + np.float32(0.2)
    other = replace(small.of, weights=replace(small.of.weights, tensors=tensors))
    run = Runner(step_graph(other).SerializeToString())
    assert not row(run, small.torch.scores, Case("other"), (small.of.tokens, 40)).holds


def test_eight_bits_are_near(small: SmallSteps) -> None:
    run = Runner(step_graph(small.of, Precision.INT8).SerializeToString())
    chance = np.linspace(0, 1, 60, endpoint=False, dtype=np.float32)
    tokens, likely = drawn(run, Case("near"), chance, small.of.tokens)
    said = small.torch.scores(tokens[None, :-1])[0]
    apart = np.abs(np.take_along_axis(said, tokens[1:, None], 1)[:, 0] - likely[0])
    assert 0 < apart.mean() < 0.1


def test_a_stranger_s_graph_may_have_all_that_is_written(small: SmallSteps) -> None:
    expected = tensors_of(small.of.shape)
    plain = plain_graph(small.of)
    for graph in (step_graph(small.of, Precision.INT8), *([plain] if plain else [])):
        assert trusted(graph.SerializeToString()).tensors == expected[STEP]
    assert trusted(scores(small.of).SerializeToString()).tensors == expected[SCORE]


def test_heads_of_an_odd_size_are_refused_in_a_line(small: SmallSteps) -> None:
    weights = small.of.weights
    if weights.heads:
        with pytest.raises(PresetError, match=r"a multiple of (8|16) has"):
            step_graph(replace(small.of, weights=replace(weights, heads=4 * weights.heads)))


@pytest.mark.parametrize("precision", Precision)
def test_the_scoring_graph_says_what_torch_says(small: SmallSteps, precision: Precision) -> None:
    run = Runner(scores(small.of, precision).SerializeToString())
    tokens = np.random.default_rng(0).integers(0, small.of.tokens, (2, 70))
    found = np.asarray(run(tokens=tokens)["log_probabilities"], np.float32)
    worst = np.abs(found - small.torch.scores(tokens)).max()
    assert worst < 1e-4 if precision is Precision.FP32 else worst < 0.5

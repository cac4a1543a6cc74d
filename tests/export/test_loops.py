"""The graph that draws and decodes whole loops, by its own promises."""

import numpy as np
import pytest
from numpy.typing import NDArray
from small_model import SMALL, SmallModel, made

from loopwright.engine.chance import uniforms
from loopwright.engine.roll import DRUMS, Drum
from loopwright.export.parity import Case, inputs_of
from loopwright.export.running import Arrays, Runner

T, K = SMALL.positions, SMALL.codes


@pytest.fixture(scope="module", params=["fp32", "int8"])
def graph(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    small: SmallModel = made(tmp_path_factory.mktemp("small"))
    return Runner(small.folder / f"loop.{request.param}.onnx")


def drawn(graph: Runner, case: Case, chance: NDArray[np.float32] | None = None) -> Arrays:
    chance = uniforms(7, "test", 0, range(32), T) if chance is None else chance
    return graph(**inputs_of(case, chance, K))


def test_forced_codes_are_kept_wherever_they_are(graph: Runner) -> None:
    forced = np.full(T, -1)
    forced[[0, 3, T - 1]] = 5, 0, K - 1
    codes = drawn(graph, Case("forced", forced=forced))["codes"]
    assert np.all(codes[:, [0, 3, T - 1]] == [5, 0, K - 1])
    assert len(np.unique(codes[:, 1])) > 1


def test_what_a_mask_excludes_is_never_drawn(graph: Runner) -> None:
    mask = np.random.default_rng(3).random((T, K)) < 0.2
    mask[:, 7] = True
    for u in (0.0, 0.5, np.nextafter(np.float32(1), np.float32(0))):
        codes = drawn(graph, Case("mask", mask=mask), np.full((1, T), u, np.float32))["codes"]
        assert mask[np.arange(T), codes[0].astype(int)].all()


def test_a_position_where_nothing_is_allowed_allows_all(graph: Runner) -> None:
    mask = np.ones((T, K), np.bool_)
    mask[4] = False
    masked, free = drawn(graph, Case("none", mask=mask)), drawn(graph, Case("all"))
    assert np.array_equal(masked["codes"], free["codes"])


def test_one_code_left_is_the_likeliest_whatever_the_uniform(graph: Runner) -> None:
    low, high = (
        drawn(graph, Case("one", top_k=1), np.full((1, T), u, np.float32)) for u in (0.0, 0.99)
    )
    assert np.array_equal(low["codes"], high["codes"])
    assert low["probabilities"] == pytest.approx(1.0)


@pytest.mark.parametrize("case", [Case("cold", temperature=0.0), Case("none", top_p=0.0)])
def test_the_ends_of_the_scales_take_the_likeliest(graph: Runner, case: Case) -> None:
    likeliest = drawn(graph, Case("one", top_k=1))
    assert np.array_equal(drawn(graph, case)["codes"], likeliest["codes"])


@pytest.mark.parametrize("u", [-1.0, 0.0, 1.0, 2.0])
def test_chance_outside_its_range_still_draws_what_is_allowed(graph: Runner, u: float) -> None:
    mask = np.zeros((T, K), np.bool_)
    mask[:, [3, 9]] = True
    chance = np.full((2, T), u, np.float32)
    assert set(drawn(graph, Case("two", mask=mask), chance)["codes"].ravel()) <= {3, 9}


def test_the_log_probability_is_that_of_the_free_codes(graph: Runner) -> None:
    forced = np.full(T, -1)
    forced[: T // 2] = 1
    out = drawn(graph, Case("half", forced=forced, temperature=0.8))
    expected = np.log(out["probabilities"][:, T // 2 :].astype(np.float64)).sum(1)
    assert out["log_probability"] == pytest.approx(expected, rel=1e-4)


def test_a_loop_keeps_its_rules(graph: Runner) -> None:
    roll = drawn(graph, Case("hot", temperature=2.0))["roll"]
    assert set(np.unique(roll)) <= {0, 1}
    assert roll[:, 0, Drum.KICK].all()
    assert np.all(roll[:, 0, DRUMS:].sum(1) == 1)
    assert roll[:, :, DRUMS:].sum(2).max() == 1


def test_a_loop_does_not_depend_on_those_drawn_with_it(graph: Runner) -> None:
    chance = uniforms(1, "test", 0, range(8), T)
    together = drawn(graph, Case("all"), chance)
    alone = drawn(graph, Case("all"), chance[3:4])
    assert np.array_equal(alone["codes"][0], together["codes"][3])
    assert np.array_equal(alone["roll"][0], together["roll"][3])

"""A melody model that runs: what it says is what torch says, wherever it has been before."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from small_steps import CONTEXT, KINDS, SmallSteps, made

from loopwright.engine.chance import uniforms
from loopwright.engine.compose import Sampling
from loopwright.engine.errors import LoopwrightError, PresetError, RuntimeMissing
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.stepsidecar import PIANO_LSTM, SIDECAR
from loopwright.live import stepopen
from loopwright.live.stepmemory import KEPT
from loopwright.live.stepopen import open_steps

PLAIN, DEFAULT = Sampling(), Sampling(0.8, 50, 0.95)
NEAR = 2e-5  # nats


@pytest.fixture(scope="module", params=KINDS)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SmallSteps:
    return made(tmp_path_factory.mktemp("small"), request.param)


@pytest.fixture
def music(tmp_path: Path) -> SmallSteps:
    return made(tmp_path)


@dataclass
class Player:
    """Draws with the model, and holds each draw to torch."""

    small: SmallSteps
    model: Stepper
    drawn: int = 0

    def draw(self, count: int = 1) -> None:
        began = len(self.model.heard)
        said = [self.one() for _ in range(count)]
        expected = self.small.likelihoods(self.model.heard)[began:]
        assert said == pytest.approx(expected, abs=NEAR)

    def one(self) -> float:
        chance = uniforms(1, "stepping", 0, range(self.drawn, self.drawn + 1), 1)[0, 0]
        self.drawn += 1
        heard = self.model.heard
        bias = np.zeros(self.small.of.tokens, np.float32)
        token, likely = self.model.draw(bias, float(chance), PLAIN)
        assert self.model.heard == (*heard, token)
        return likely


def player(small: SmallSteps, device: str = "cpu-fp32") -> Player:
    return Player(small, open_steps(small.folder, device))


def test_it_says_what_torch_says_past_the_end_of_its_cache(small: SmallSteps) -> None:
    one = player(small)
    one.model.listen([3, 1, 4])
    one.draw(4 * CONTEXT)


def test_it_goes_back_and_says_the_same_again(small: SmallSteps) -> None:
    one = player(small)
    one.model.listen([3, 1, 4])
    one.draw(60)
    long = one.model.heard
    for length in (62, 61, 40, 2, 50, 63):
        one.model.listen(long[:length])
        assert one.model.heard == long[:length]
        one.draw()
        one.model.listen((*long[: length // 2], 7, 7))
        one.draw()


def test_however_tokens_came_what_comes_next_is_the_same(small: SmallSteps) -> None:
    tokens = [int(n) for n in np.random.default_rng(0).integers(0, 150, 3 * CONTEXT)]
    at_once, one_by_one = open_steps(small.folder), open_steps(small.folder)
    at_once.listen(tokens)
    for length in range(1, len(tokens) + 1):
        one_by_one.listen(tokens[:length])
    bias = np.zeros(small.of.tokens, np.float32)
    said = [model.draw(bias, 0.5, DEFAULT) for model in (at_once, one_by_one)]
    assert said[0][0] == said[1][0]
    assert said[0][1] == pytest.approx(said[1][1], abs=1e-3)  # int8


def test_drawing_again_with_the_same_chance_gives_the_same(small: SmallSteps) -> None:
    model = open_steps(small.folder)
    bias = np.zeros(small.of.tokens, np.float32)
    said: list[list[tuple[int, float]]] = []
    for _ in range(2):
        model.listen([3, 1, 4])
        said.append([model.draw(bias, n / 40, DEFAULT) for n in range(40)])
    assert said[0] == said[1]


def test_an_lstm_goes_back_further_than_it_remembers(tmp_path: Path) -> None:
    one = player(made(tmp_path, PIANO_LSTM))
    one.model.listen([n % 150 for n in range(KEPT + 100)])
    one.draw()
    one.model.listen([n % 150 for n in range(20)])
    one.draw()


@pytest.mark.parametrize(
    "sampling", [PLAIN, DEFAULT, Sampling(2.0, 1, 1.0), Sampling(0.1, 0, 0.01)]
)
def test_the_bias_holds_however_the_rest_is_set(music: SmallSteps, sampling: Sampling) -> None:
    model = open_steps(music.folder)
    model.listen([3, 1, 4])
    bias = np.full(music.of.tokens, -np.inf, np.float32)
    bias[[9, 77]] = 0
    drawn = [model.draw(bias, n / 20, sampling) for n in range(20)]
    assert {token for token, _ in drawn} <= {9, 77}
    assert all(likely <= 0 for _, likely in drawn)


def test_a_single_token_that_may_come_is_certain(music: SmallSteps) -> None:
    model = open_steps(music.folder)
    model.listen([3])
    bias = np.full(music.of.tokens, -np.inf, np.float32)
    bias[5] = 0
    assert model.draw(bias, 0.999999999, DEFAULT) == (5, 0)


def test_what_cannot_be_is_said_in_a_line(music: SmallSteps) -> None:
    model = open_steps(music.folder)
    nothing = np.full(music.of.tokens, -np.inf, np.float32)
    with pytest.raises(LoopwrightError, match="has to hear something"):
        model.draw(nothing, 0.5, PLAIN)
    with pytest.raises(LoopwrightError, match="does not know"):
        model.listen([music.of.tokens])
    model.listen([1])
    with pytest.raises(LoopwrightError, match="no token that may come"):
        model.draw(nothing, 0.5, PLAIN)
    assert model.heard == (1,)


def test_the_fastest_variant_for_the_cpu_is_taken(music: SmallSteps) -> None:
    assert open_steps(music.folder).device == "cpu-int8"
    assert open_steps(music.folder, "cpu").model == music.of.weights.model
    with pytest.raises(RuntimeMissing, match="no device 'cpu-int4'"):
        open_steps(music.folder, "cpu-int4")


def changed(small: SmallSteps, **values: object) -> None:
    path = small.folder / SIDECAR
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_graph_that_was_changed_is_refused(music: SmallSteps) -> None:
    with (music.folder / "step.int8.onnx").open("ab") as file:
        file.write(b"more")
    with pytest.raises(PresetError, match="SHA-256 differs"):
        open_steps(music.folder)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"model": "8" * 64}, "holds another model"),
        ({"vocabulary": "8" * 64}, "other tokens than its description names"),
        ({"language": {"kind": "piano"}}, "other tokens than its description names"),
        ({"language": {"kind": "whistled"}}, "which is not known here"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    music: SmallSteps, values: dict[str, object], says: str
) -> None:
    changed(music, **values)
    with pytest.raises(PresetError, match=says):
        open_steps(music.folder)


@pytest.mark.parametrize(
    "shape", [{"context": 400}, {"tokens": 182}, {"caches": 2}], ids=["context", "tokens", "layers"]
)
def test_other_sizes_than_the_graph_s_are_refused(music: SmallSteps, shape: dict[str, int]) -> None:
    told = json.loads((music.folder / SIDECAR).read_text())
    changed(music, shape={**told["shape"], **shape})
    with pytest.raises(PresetError, match=r"another vocabulary or memory|other t"):
        open_steps(music.folder)


def test_a_memory_that_would_fill_the_machine_is_refused(
    music: SmallSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepopen, "MOST_REMEMBERED", 1000)
    with pytest.raises(PresetError, match="would remember more than"):
        open_steps(music.folder)

"""One token of each melody model, at three lengths of context: step graphs beside eager torch.

Each preset that ships, at its own context, with every graph that can run here; and weights of
chance in its shape and those of the papers, in a context of 1,024. Torch's are of chance always:
they cost the same time. All ways take turns, each a few times in its turn, on one thread, whose
time on the CPU is what counts: other work on the machine is no matter of theirs. A GPU is timed by
the wall, and has no yardstick here. Torch keeps its keys and values, too. Caches of chance have
room for more than is heard: near its end, a call would have the second one hear tokens as well.
"""

import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import torch
from bench.eager import Module, eager
from bench.test_loop import Benchmark

from loopwright.engine.compose import Sampling
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage
from loopwright.engine.language import Language
from loopwright.engine.sidecar import CPU
from loopwright.engine.stepsidecar import (
    MELODY_TRANSFORMER,
    PIANO_LSTM,
    PIANO_TRANSFORMER,
    SIDECAR,
)
from loopwright.export.onnx import trained
from loopwright.export.steps import Melodist, write_steps
from loopwright.live.inference import providers
from loopwright.live.stepopen import open_steps, read_steps
from loopwright.live.stepping import StepModel
from loopwright.training.leadsettings import SHAPE
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodysettings import MusicShape
from loopwright.training.pianomodel import PianoLSTM, PianoTransformer

ROUNDS, IN_A_TURN = 20, 5
CONTEXT, LENGTHS = 1024, (64, 256, 512)
SAMPLING = Sampling(0.8, 50, 0.95)
LEAD = LeadLanguage()
MODELS: dict[str, tuple[str, Callable[[], Module]]] = {
    "lead": (MELODY_TRANSFORMER, lambda: MusicTransformer(SHAPE)),
    "piano transformer": (PIANO_TRANSFORMER, PianoTransformer),
    "piano lstm": (PIANO_LSTM, PianoLSTM),
    "melody paper, 34 M": (MELODY_TRANSFORMER, lambda: MusicTransformer(MusicShape(LEAD.size))),
}
SHIPPED: dict[str, Callable[[], Module]] = {
    "lead": MODELS["lead"][1],
    "piano": PianoTransformer,
    "piano-lstm": PianoLSTM,
}
Way = Callable[[], float]
Clock = Callable[[], float]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=MODELS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Module, Path]:
    kind, build = MODELS[request.param]
    torch.manual_seed(0)
    module, folder = build().eval(), tmp_path_factory.mktemp("model")
    language: Language = LEAD if kind == MELODY_TRANSFORMER else PianoLanguage()
    table = {"kind": "lead", "styles": list(LEAD.styles)} if language is LEAD else {"kind": "piano"}
    write_steps(
        Melodist(kind, trained(module).weights, table, language.vocabulary, CONTEXT), folder
    )
    return request.param, module, folder


def heard(length: int) -> list[int]:
    return [int(n) for n in np.random.default_rng(length).integers(0, 150, length)]


def test_the_yardstick_draws_the_same_tokens(made: tuple[str, Module, Path]) -> None:
    _, module, folder = made
    tokens, graph = heard(20), open_steps(folder, "cpu-fp32")
    torch_says = eager(module, tokens[:-1])
    for uniform in np.linspace(0.01, 0.99, 5):
        graph.listen(tokens)
        token, _ = graph.draw(np.zeros(graph.language.size, np.float32), uniform, SAMPLING)
        assert torch_says(tokens[-1], uniform, SAMPLING) == token


def step_of(model: StepModel, tokens: list[int], clock: Clock = time.thread_time) -> Way:
    bias = np.zeros(model.language.size, np.float32)

    def step() -> float:
        model.listen(tokens)  # goes back by a token: nothing is heard anew
        began = clock()
        model.draw(bias, 0.5, SAMPLING)
        return clock() - began

    return step


def eager_of(module: Module, tokens: list[int]) -> Way:
    model = eager(module, tokens[:-1])

    def step() -> float:
        began = time.thread_time()
        model(tokens[-1], 0.5, SAMPLING)
        return time.thread_time() - began

    return step


@pytest.mark.parametrize("length", LENGTHS)
def test_one_token(
    length: int,
    made: tuple[str, Module, Path],
    benchmark: Benchmark,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, module, folder = made
    tokens = heard(length)
    ways = {"torch": eager_of(module, tokens), **graphs_of(folder, tokens)}
    found = in_turns(ways, benchmark)
    with capsys.disabled():
        print(f"\n{name}, {length} tokens heard, one thread, ms: {told(found)}")


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", SHIPPED)
def test_one_token_of_what_ships(
    name: str, length: int, benchmark: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(str(resources.files("loopwright.presets"))) / name
    context = read_steps(folder / SIDECAR).shape.context
    if context and length > context:
        pytest.skip(f"{name} hears {context} tokens")
    torch.manual_seed(0)
    tokens = heard(length)
    yardstick = eager_of(SHIPPED[name]().eval(), tokens)
    found = in_turns({"torch": yardstick, **graphs_of(folder, tokens)}, benchmark)
    with capsys.disabled():
        print(f"\npreset {name}, {length} tokens heard, one thread, ms: {told(found)}")


def graphs_of(folder: Path, tokens: list[int]) -> dict[str, Way]:
    """Return a step of each graph of a folder that can run here, by its variant's name."""
    here = [v for v in read_steps(folder / SIDECAR).variants if v.provider in providers()]
    clocks = {v.name: time.thread_time if v.provider == CPU else time.perf_counter for v in here}
    return {n: step_of(open_steps(folder, n), tokens, clock) for n, clock in clocks.items()}


def in_turns(ways: dict[str, Way], benchmark: Benchmark) -> dict[str, float]:
    """Return the median milliseconds of each way; they take turns."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}

    def each_in_turn() -> None:
        for way, step in ways.items():
            seconds[way] += [step() for _ in range(IN_A_TURN)]

    benchmark.pedantic(each_in_turn, rounds=ROUNDS, warmup_rounds=2)
    found = {way: 1000 * median(times) for way, times in seconds.items()}
    benchmark.extra_info.update({f"{way}, ms": ms for way, ms in found.items()})
    return found


def told(found: dict[str, float]) -> str:
    """Return the times, and how many times faster than torch the graphs are."""
    times = ", ".join(f"{way} {ms:.2f}" for way, ms in found.items())
    on_cpu = [way for way in found if way.startswith("cpu")]
    ratios = (f"{way} {found['torch'] / found[way]:.1f}x" for way in on_cpu)
    return f"{times}; {', '.join(ratios)} torch"

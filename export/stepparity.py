"""Step graphs held against the trained model: a graph draws, and torch says what it should have.

A graph hears one token a call, until its cache is full. V tokens in the vocabulary.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.chance import uniforms
from loopwright.engine.stepsidecar import LAST, TOKENS, TOTAL, after
from loopwright.export.cases import EDGE, Case, distributed, misdrawn
from loopwright.export.running import Arrays, Runner
from loopwright.export.weights import Floats

STEPS = 512
Scores = Callable[[NDArray[np.int64]], Floats]
"""Tokens (b, t) to the log-probabilities (b, t, V) of the token after each."""


def cases(vocabulary: int) -> list[Case]:
    """Return ways to draw that use every input of a draw; the defaults are the melody paper's."""
    return [
        Case("as trained"),
        Case("default", temperature=0.8, top_k=50, top_p=0.95),
        Case("cold", temperature=0.1),
        Case("hot", temperature=2.0, top_p=0.9),
        Case("top-k", top_k=5),
        Case("masked", top_k=20, top_p=0.8, mask=np.arange(vocabulary) % 3 > 0),
    ]


@dataclass(frozen=True, slots=True)
class StepRow:
    """What a case showed: steps, worst difference in probability, and wrong draws.

    `close` are differences that lie within a hair of an edge. `edge` is how far off a probability
    may be: what logits differ by, a temperature below 1 makes more of.
    """

    case: str
    steps: int
    probability: float
    wrong: int
    close: int
    edge: float = EDGE

    @property
    def holds(self) -> bool:
        """Whether graph and torch agree."""
        return self.probability <= self.edge and not self.wrong


def step_rows(graph: bytes, scores: Scores, vocabulary: int, steps: int = STEPS) -> list[StepRow]:
    """Return what each case shows when the graph draws `steps` tokens."""
    run = Runner(graph)
    return [row(run, scores, case, (vocabulary, steps)) for case in cases(vocabulary)]


def row(run: Runner, scores: Scores, case: Case, sizes: tuple[int, int]) -> StepRow:
    """Return what a case shows; `sizes` are V and how many tokens are drawn."""
    vocabulary, steps = sizes
    chance = uniforms(0, case.name, 0, range(1), steps)
    tokens, likely = drawn(run, case, chance[0], vocabulary)
    logits = scores(tokens[None, :-1]).astype(np.float64)
    shares, sure = distributed(logits, case)
    wrong, close = misdrawn(shares, tokens[None, 1:], chance.astype(np.float64), sure)
    chosen = np.take_along_axis(shares, tokens[None, 1:, None], 2)[..., 0]
    gap = np.abs(chosen - np.exp(likely)).max(where=sure, initial=0)
    edge = EDGE / min(case.temperature, 1.0)
    return StepRow(case.name, steps, float(gap), wrong, close + int((~sure).sum()), edge)


def drawn(
    run: Runner, case: Case, chance: Floats, vocabulary: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return token 0 and the tokens drawn after it, and their log-probabilities."""
    inputs = drawing(case, vocabulary)
    held = {name: shape for name, shape in run.inputs.items() if name not in inputs}
    memory: Arrays = {name: np.zeros(shape, np.float32) for name, shape in held.items()}
    tokens, likely = [0], list[float]()
    for place, uniform in enumerate(chance):
        inputs[TOKENS][...], inputs["uniform"][...] = tokens[-1], uniform
        inputs[LAST][...], inputs[TOTAL][...] = place, place + 1
        out = run(**{n: a for n, a in {**inputs, **memory}.items() if n in run.inputs})
        memory = {name: out[after(name)] for name in memory}
        tokens.append(int(out["drawn"][0, 0]))
        likely.append(float(out["log_probability"][0, 0]))
    return np.array(tokens), np.array([likely])


def drawing(case: Case, vocabulary: int) -> dict[str, NDArray[np.generic]]:
    """Return the inputs of a step that are no memory."""
    bias = np.where(case.mask, 0, -np.inf).astype(np.float32)
    return {
        TOKENS: np.zeros((1, 1), np.int64),
        LAST: np.zeros(1, np.int32),
        TOTAL: np.zeros((), np.int32),
        "bias": np.broadcast_to(bias, (1, vocabulary)),
        "uniform": np.zeros((1, 1), np.float32),
        "forced": np.full(1, -1, np.int64),
        "temperature": np.array(case.temperature, np.float32),
        "top_k": np.array(case.top_k, np.int64),
        "top_p": np.array(case.top_p, np.float32),
    }


def table(rows: Sequence[StepRow]) -> str:
    """Return rows as lines of text."""
    lines = [f"{'case':16}{'steps':>6}{'probability':>13}{'wrong':>7}{'close':>7}"]
    lines += [f"{r.case:16}{r.steps:6}{r.probability:13.1e}{r.wrong:7}{r.close:7}" for r in rows]
    return "\n".join(lines)

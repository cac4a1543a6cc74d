"""`loopwright export` for a trained melody model: a preset with its graphs, held to torch."""

import shutil
import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import PresetError
from loopwright.engine.eventmasks import HIGHEST_PITCH
from loopwright.engine.pianotokens import LOWEST_PITCH
from loopwright.engine.preset import Preset
from loopwright.engine.stepsidecar import (
    MODEL,
    PIANO_LSTM,
    PIANO_TRANSFORMER,
    SIDECAR,
    StepSidecar,
)
from loopwright.export.card import Figures, read_figures
from loopwright.export.melodycard import About, melody_card
from loopwright.export.pianoscore import LOGARITHMS
from loopwright.export.presetfile import CARD, create, hash_of, model_ref
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.export.smaller import made_smaller
from loopwright.export.stepparity import STEPS, step_rows, table
from loopwright.export.steps import Melodist, scores, step_graph, write_steps
from loopwright.export.weights import Floats

FILES = ("lead.pt", "piano.pt", "melody.pt")
TWO_HANDS = {"melody_low": float(LOWEST_PITCH), "melody_high": float(HIGHEST_PITCH)}
"""What a piano may play: all that its tokens know, where a lead keeps to the middle."""
EDGE = 1e-3  # nats; the worst difference of a log-probability that still counts as equal
LENGTHS = (1, 2, 64, 256, 300)
NOT_JUDGED = "int8 was not written: nothing to judge it by"


class Trained(Protocol):
    """What torch says with a trained model's weights."""

    def scores(self, tokens: NDArray[np.int64]) -> Floats:
        """Return log-probabilities (b, t, V) of the token after each of `tokens` (b, t)."""
        ...


class Run(Protocol):
    """A melody model as a run left it: what graphs are made of, what torch says, what is known."""

    @property
    def of(self) -> Melodist:
        """What graphs are made of."""
        ...

    @property
    def torch(self) -> Trained:
        """What torch says."""
        ...


def is_melody(folder: Path) -> bool:
    """Tell whether a folder holds a trained melody model."""
    return any((folder / file).is_file() for file in FILES)


def export_melody(told: Namespace) -> str:
    """Write a preset from a trained melody model; nothing is left when a check fails."""
    from loopwright.export.onnx import melody_in  # noqa: PLC0415 - torch, only when asked for

    out: Path = told.out
    run = melody_in(told.trained)
    figures = read_figures(told.figures) if told.figures else Figures()
    figures = replace(figures, training=figures.training or run.about)
    archives = tuple(hash_of(path) for path in told.sources or ())
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".") as work:
        fresh = Path(work) / out.name
        sidecar, checks = write_checked(run, fresh, told.held_out, cuda=told.cuda)
        if told.int8_alone:
            sidecar = made_smaller(run.of, fresh, sidecar, cuda=told.cuda)
        about = About(out.name, told.description or run.says, figures, archives, checks)
        describe(fresh, sidecar, about)
        if told.score_int8:
            write_scores(run.of, fresh)
        shutil.move(fresh, out)
    return "\n".join([*checks, f"{out} is ready: loopwright render --continue MID --preset {out}"])


def run_graph(trained: Path) -> tuple[bytes, str]:
    """Return the scoring graph of a run in fp32, and the SHA-256 of its weights."""
    from loopwright.export.onnx import melody_in  # noqa: PLC0415 - as above

    of = melody_in(trained).of
    return scores(of).SerializeToString(), of.weights.model


def write_checked(
    run: Run, folder: Path, held_out: Path | None, *, cuda: bool
) -> tuple[StepSidecar, tuple[str, ...]]:
    """Write the graphs that hold: fp32 by what torch says, int8 by its likelihood.

    With `cuda` one for that however large it is. Raises PresetError where fp32 does not hold.
    """
    texts = (held_scores(run), held_steps(run))
    from loopwright.export import parity  # noqa: PLC0415 - torch, as above

    judged = parity.melody_judged(run.of, held_out) if held_out else None
    holds = judged is not None and judged.holds
    precisions = tuple(Precision)[::-1] if holds else (Precision.FP32,)
    sidecar = write_steps(run.of, folder, precisions, cuda=cuda)
    return sidecar, (*texts, judged.text if judged else NOT_JUDGED)


def held_scores(run: Run) -> str:
    """Return how near the scoring graph is to torch. Raises PresetError where it is not."""
    worst = difference(run.torch, scores(run.of).SerializeToString(), run.of.tokens)
    if worst > EDGE:
        raise PresetError(f"the graph is {worst:.2g} nats off what torch says")
    return f"scoring graph, fp32: within {worst:.1e} nats of torch"


def held_steps(run: Run) -> str:
    """Return how the step graph's draws compare with torch's. Raises PresetError for others."""
    graph = step_graph(run.of).SerializeToString()
    steps = min(run.of.shape.context or STEPS, STEPS)
    rows = step_rows(graph, run.torch.scores, run.of.tokens, steps)
    text = "step graph, fp32, against torch\n" + table(rows)
    if not all(row.holds for row in rows):
        raise PresetError(f"the step graph does not do what torch does:\n{text}")
    return text


def difference(trained: Trained, graph: bytes, vocabulary: int) -> float:
    """Return the worst difference in nats between a graph and torch, over several lengths."""
    run, rng = Runner(graph), np.random.default_rng(1)
    worst = 0.0
    for length in LENGTHS:
        tokens = rng.integers(0, vocabulary, (2, length))
        found = np.asarray(run(tokens=tokens)[LOGARITHMS], np.float32)
        worst = max(worst, float(np.abs(found - trained.scores(tokens)).max()))
    return worst


def describe(folder: Path, sidecar: StepSidecar, about: About) -> None:
    """Write the card and the `preset.toml` of a folder of graphs."""
    files = sorted({v.file for v in sidecar.variants} | {sidecar.score.file})
    model = model_ref(folder, MODEL, SIDECAR, files, about.licences)
    (folder / CARD).write_text(melody_card(about, sidecar), encoding="utf-8")
    keyboard = TWO_HANDS if sidecar.kind in (PIANO_LSTM, PIANO_TRANSFORMER) else {}
    create(folder, Preset(about.name, about.says, (model,), parameters=keyboard))


def write_scores(of: Melodist, folder: Path) -> None:
    """Write the scoring graph in int8 beside a preset, to be measured: it is no part of that."""
    graph = scores(of, Precision.INT8).SerializeToString()
    (folder / f"score.{Precision.INT8}.onnx").write_bytes(graph)

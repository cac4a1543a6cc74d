"""A melody model's files: step graphs in each precision, the scoring graph, and the sidecar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from loopwright.engine.sidecar import CPU, GraphFile, Variant
from loopwright.engine.stepsidecar import (
    PIANO_LSTM,
    PIANO_TRANSFORMER,
    SIDECAR,
    StepShape,
    StepSidecar,
    tensors_of,
    written,
)
from loopwright.export.graph import OPSET
from loopwright.export.models import write_graph
from loopwright.export.named import NamedWeights
from loopwright.export.pianoscore import score_graph
from loopwright.export.quantise import Precision
from loopwright.export.score import music_score
from loopwright.export.steplstm import lstm_step
from loopwright.export.stepmusic import music_step
from loopwright.export.steppiano import piano_step

MINIMUM_ONNXRUNTIME = "1.23"
ALL = (Precision.INT8, Precision.FP32)


@dataclass(frozen=True, slots=True, eq=False)
class Melodist:
    """A trained melody model: its kind and weights, and what it speaks.

    `language` is the table of that language, `vocabulary` its SHA-256. `context` is how many tokens
    it hears at most, `opening` how many of them stay first.
    """

    kind: str
    weights: NamedWeights
    language: Mapping[str, object]
    vocabulary: str
    context: int = 512
    opening: int = 0

    @property
    def tokens(self) -> int:
        """How many tokens there are."""
        return len(self.weights.tensors["embedding.weight"])

    @property
    def shape(self) -> StepShape:
        """What the sidecar says of its size."""
        caches = self.weights.layers if self.weights.heads else 0
        return StepShape(self.tokens, self.context if caches else 0, caches, self.opening)


def step_graph(of: Melodist, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the step graph of a model."""
    if of.kind == PIANO_LSTM:
        return lstm_step(of.weights, precision)
    build = piano_step if of.kind == PIANO_TRANSFORMER else music_step
    return build(of.weights, of.context, precision)


def scores(of: Melodist, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a model."""
    piano = of.kind in (PIANO_LSTM, PIANO_TRANSFORMER)
    return (score_graph if piano else music_score)(of.weights, precision)


def write_steps(of: Melodist, folder: Path, precisions: Sequence[Precision] = ALL) -> StepSidecar:
    """Write a model's graphs and sidecar into a folder, fastest precision first."""
    folder.mkdir(parents=True, exist_ok=True)
    graphs = {p: step_graph(of, p) for p in precisions}
    files = {p: written_graph(of, g, folder / f"step.{p}.onnx") for p, g in graphs.items()}
    sidecar = StepSidecar(
        model=of.weights.model,
        kind=of.kind,
        shape=of.shape,
        language=of.language,
        vocabulary=of.vocabulary,
        opset=OPSET,
        onnxruntime=MINIMUM_ONNXRUNTIME,
        variants=tuple(Variant(f"cpu-{p}", CPU, f.file, f.sha256) for p, f in files.items()),
        score=written_graph(of, scores(of), folder / "score.fp32.onnx"),
        tensors=tensors_of(of.shape),
    )
    (folder / SIDECAR).write_text(written(sidecar), encoding="utf-8")
    return sidecar


def written_graph(of: Melodist, graph: onnx.ModelProto, path: Path) -> GraphFile:
    """Write a graph, with the hashes of its model and language inside."""
    return write_graph(graph, path, of.weights.model, of.vocabulary)

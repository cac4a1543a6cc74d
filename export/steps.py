"""A melody model's files: step graphs in each precision, the scoring graph, and the sidecar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import CPU, CUDA, GraphFile, Variant
from loopwright.engine.stepsidecar import (
    MELODY_LSTM,
    MELODY_TRANSFORMER,
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
from loopwright.export.score import lstm_score, music_score
from loopwright.export.steplstm import hidden, lstm_step, plain_lstm_step
from loopwright.export.stepmusic import music_step, plain_music_step
from loopwright.export.steppiano import piano_step
from loopwright.export.stepplain import plain_piano_step

MINIMUM_ONNXRUNTIME = "1.23"
LARGEST_PLAIN = 20 << 20  # bytes
HEAD_STEP = 8  # numbers; onnxruntime's attention takes heads in such steps, with RoPE twice
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
        recurrent = self.kind in LSTMS
        caches = min(self.weights.heads, 1) if recurrent else self.weights.layers
        state = 2 * sum(hidden(self.weights)) if recurrent else 0
        context = self.context if caches else 0
        return StepShape(self.tokens, context, caches, self.opening, state)


def step_graph(of: Melodist, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the step graph of a model. Raises PresetError for heads of an odd size."""
    check_heads(of)
    if of.kind in LSTMS:
        return lstm_step(of.weights, of.context, precision)
    build = piano_step if of.kind == PIANO_TRANSFORMER else music_step
    return build(of.weights, of.context, precision)


def check_heads(of: Melodist) -> None:
    """Raise PresetError where onnxruntime's attention cannot work with a model's heads."""
    heads, recurrent = of.weights.heads, of.kind in LSTMS
    width = hidden(of.weights)[-1] if recurrent else of.weights.tensors["embedding.weight"].shape[1]
    step = 2 * HEAD_STEP if of.kind == MELODY_TRANSFORMER else HEAD_STEP
    if heads and width // heads % step:
        raise PresetError(
            f"heads of {width // heads} numbers have no step graph: a multiple of {step} has"
        )


def plain_graph(of: Melodist) -> onnx.ModelProto | None:
    """Return a step graph by standard operators alone; None where the one in fp32 is that."""
    if not of.shape.caches:
        return None
    build = {PIANO_TRANSFORMER: plain_piano_step, MELODY_TRANSFORMER: plain_music_step}
    return build.get(of.kind, plain_lstm_step)(of.weights, of.context)


def scores(of: Melodist, precision: Precision = Precision.FP32) -> onnx.ModelProto:
    """Return the scoring graph of a model."""
    return SCORES[of.kind](of.weights, precision)


SCORES = {
    PIANO_LSTM: score_graph,
    PIANO_TRANSFORMER: score_graph,
    MELODY_LSTM: lstm_score,
    MELODY_TRANSFORMER: music_score,
}
LSTMS = (PIANO_LSTM, MELODY_LSTM)


def write_steps(
    of: Melodist, folder: Path, precisions: Sequence[Precision] = ALL, *, cuda: bool = False
) -> StepSidecar:
    """Write a model's graphs and sidecar into a folder, fastest precision first.

    One for CUDA is among them where it is small, or `cuda` asks for it.
    """
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
        variants=(*on_cpu(files), *on_cuda(of, files, folder, large=cuda)),
        score=written_graph(of, scores(of), folder / "score.fp32.onnx"),
        tensors=tensors_of(of.shape),
    )
    (folder / SIDECAR).write_text(written(sidecar), encoding="utf-8")
    return sidecar


def on_cpu(files: Mapping[Precision, GraphFile]) -> list[Variant]:
    """Return the ways to run a model on the CPU."""
    return [Variant(f"cpu-{p}", CPU, f.file, f.sha256) for p, f in files.items()]


def bytes_of(of: Melodist) -> int:
    """Return how many bytes the weights have."""
    return sum(tensor.nbytes for tensor in of.weights.tensors.values())


def on_cuda(
    of: Melodist, files: Mapping[Precision, GraphFile], folder: Path, *, large: bool
) -> list[Variant]:
    """Return how to run a model on CUDA: by standard operators, in a graph that may be `large`."""
    plain = files.get(Precision.FP32)
    if of.shape.caches:
        graph = plain_graph(of) if large or bytes_of(of) <= LARGEST_PLAIN else None
        plain = graph and written_graph(of, graph, folder / "step.plain.onnx")
    found = [plain] if plain else []
    return [Variant("cuda-fp32", CUDA, f.file, f.sha256, measured=False) for f in found]


def written_graph(of: Melodist, graph: onnx.ModelProto, path: Path) -> GraphFile:
    """Write a graph, with the hashes of its model and language inside."""
    return write_graph(graph, path, of.weights.model, of.vocabulary)

"""A loop model's files: the graphs in each precision, the encoder, and the sidecar."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from loopwright.engine.sidecar import (
    CPU,
    CUDA,
    LOOP_BEATS,
    LOOP_VQ,
    SIDECAR,
    CodesShape,
    GraphFile,
    Sidecar,
    Tensors,
    Variant,
    vocabulary,
    written,
)
from loopwright.export import beatgraph, loops
from loopwright.export.beatweights import PARTS, POSITIONS, STREAMS, BeatWeights
from loopwright.export.graph import OPSET
from loopwright.export.quantise import Precision
from loopwright.export.weights import Weights

ENCODER = "encoder.onnx"
MINIMUM_ONNXRUNTIME = "1.22"  # the first with weights of eight bits on the CPU
ALL = (Precision.INT8, Precision.FP32)


@dataclass(frozen=True, slots=True)
class Form:
    """What a model's files are made of: its graphs, and what its sidecar says of its codes."""

    loop: Callable[[Precision], onnx.ModelProto]
    encoder: onnx.ModelProto
    kind: str
    shape: CodesShape
    parts: tuple[str, ...] = ()


def form_of(weights: Weights | BeatWeights) -> Form:
    """Return what the files of a model with these weights are made of."""
    if isinstance(weights, BeatWeights):
        return Form(
            lambda precision: beatgraph.loop_graph(weights, precision),
            beatgraph.encoder_graph(weights),
            LOOP_BEATS,
            CodesShape(POSITIONS, STREAMS, weights.codes),
            PARTS,
        )
    return Form(
        lambda precision: loops.loop_graph(weights, precision),
        loops.encoder_graph(weights),
        LOOP_VQ,
        CodesShape(weights.positions, 1, weights.codes),
    )


def write_model(
    weights: Weights | BeatWeights, folder: Path, precisions: Sequence[Precision] = ALL
) -> Sidecar:
    """Write the model's graphs and sidecar into `folder`, fastest precision first."""
    folder.mkdir(parents=True, exist_ok=True)
    form, means = form_of(weights), vocabulary()
    graphs = {p: form.loop(p) for p in precisions}
    files = {
        p: write_graph(graph, folder / f"loop.{p}.onnx", weights.model, means)
        for p, graph in graphs.items()
    }
    encoder = form.encoder
    sidecar = Sidecar(
        model=weights.model,
        shape=form.shape,
        vocabulary=means,
        opset=OPSET,
        onnxruntime=MINIMUM_ONNXRUNTIME,
        variants=tuple(variants(files)),
        encoder=write_graph(encoder, folder / ENCODER, weights.model, means),
        tensors={"loop": tensors_of(next(iter(graphs.values()))), "encoder": tensors_of(encoder)},
        kind=form.kind,
        parts=form.parts,
    )
    (folder / SIDECAR).write_text(written(sidecar), encoding="utf-8")
    return sidecar


def variants(files: dict[Precision, GraphFile]) -> list[Variant]:
    """Return how each graph can be run: all on the CPU, fp32 on CUDA too."""
    on_cpu = [Variant(f"cpu-{p}", CPU, f.file, f.sha256) for p, f in files.items()]
    plain = files.get(Precision.FP32)
    if plain is None:
        return on_cpu
    return [*on_cpu, Variant("cuda-fp32", CUDA, plain.file, plain.sha256, measured=False)]


def write_graph(model: onnx.ModelProto, path: Path, name: str, means: str) -> GraphFile:
    """Write a graph, with the hashes of its model and of what its numbers mean inside."""
    inside = {"loopwright.model": name, "loopwright.vocabulary": means}
    onnx.helper.set_model_props(model, inside)
    content = model.SerializeToString(deterministic=True)
    path.write_bytes(content)
    return GraphFile(path.name, hashlib.sha256(content).hexdigest())


def tensors_of(model: onnx.ModelProto) -> Tensors:
    """Return the names of a graph's inputs and outputs."""
    return Tensors(
        tuple(v.name for v in model.graph.input), tuple(v.name for v in model.graph.output)
    )

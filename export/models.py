"""A loop model's files: the graphs in each precision, the encoder, and the sidecar."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import onnx

from loopwright.engine.sidecar import (
    CPU,
    CUDA,
    SIDECAR,
    CodesShape,
    GraphFile,
    Sidecar,
    Tensors,
    Variant,
    vocabulary,
    written,
)
from loopwright.export.graph import OPSET
from loopwright.export.loops import encoder_graph, loop_graph
from loopwright.export.quantise import Precision
from loopwright.export.weights import Weights

ENCODER = "encoder.onnx"
MINIMUM_ONNXRUNTIME = "1.22"  # the first with weights of eight bits on the CPU
ALL = (Precision.INT8, Precision.FP32)


def write_model(weights: Weights, folder: Path, precisions: Sequence[Precision] = ALL) -> Sidecar:
    """Write the model's graphs and sidecar into `folder`, fastest precision first."""
    folder.mkdir(parents=True, exist_ok=True)
    loops = {p: loop_graph(weights, p) for p in precisions}
    encoder = encoder_graph(weights)
    means = vocabulary()
    files = {
        p: write_graph(m, folder / f"loop.{p}.onnx", weights.model, means) for p, m in loops.items()
    }
    sidecar = Sidecar(
        model=weights.model,
        shape=CodesShape(weights.positions, 1, weights.codes),
        vocabulary=means,
        opset=OPSET,
        onnxruntime=MINIMUM_ONNXRUNTIME,
        variants=tuple(variants(files)),
        encoder=write_graph(encoder, folder / ENCODER, weights.model, means),
        tensors={"loop": tensors_of(next(iter(loops.values()))), "encoder": tensors_of(encoder)},
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

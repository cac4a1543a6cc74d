"""A VAE's files, and its graphs held against torch.

An AR decoder hears what it wrote, and a logit may lie on the edge between the bits; so torch is
told what the graph wrote, step by step, and says what it would have written next. b loops, n
numbers of a latent.
"""

from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.chance import uniforms
from loopwright.engine.sidecar import PLACES, SIDECAR, CodesShape, Sidecar, vocabulary, written
from loopwright.export.graph import OPSET
from loopwright.export.loopvae import VaeWeights, encoder_graph, vae_graph
from loopwright.export.models import ENCODER, MINIMUM_ONNXRUNTIME, tensors_of, variants, write_graph
from loopwright.export.quantise import Precision
from loopwright.export.running import Arrays, Runner
from loopwright.export.weights import Floats

LOOPS = 64
NEAR = 1e-3  # how far from 0 a logit must lie to decide
EDGE = 1e-5  # how far the places of a latent's mean may lie apart
HEATS = (0.5, 1.0, 1.5)
GRAPH = f"loop.{Precision.FP32}.onnx"
Latents = NDArray[np.float64]


class TrainedVae(Protocol):
    """A trained VAE: its weights for graphs, and what torch says with them."""

    @property
    def weights(self) -> VaeWeights:
        """The tensors."""
        ...

    def logits(self, z: Latents, heard: NDArray[np.bool_]) -> Floats:
        """Return logits (b, 128, 93) of latents (b, n), an AR decoder told what it wrote."""
        ...

    def means(self, rolls: NDArray[np.bool_]) -> Floats:
        """Return the means (b, n) of the latents of rolls (b, 128, 93)."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """What a case showed: loops, cells or places that are off, and those by a hair."""

    case: str
    loops: int
    wrong: int
    close: int

    @property
    def holds(self) -> bool:
        """Whether graph and torch agree."""
        return not self.wrong


def write_vae(weights: VaeWeights, folder: Path) -> Sidecar:
    """Write a VAE's graphs and sidecar into `folder`. It has no form in int8."""
    folder.mkdir(parents=True, exist_ok=True)
    graphs = {"loop": vae_graph(weights), "encoder": encoder_graph(weights)}
    means = vocabulary()
    loop = write_graph(graphs["loop"], folder / GRAPH, weights.model, means)
    encoder = write_graph(graphs["encoder"], folder / ENCODER, weights.model, means)
    sidecar = Sidecar(
        model=weights.model,
        shape=CodesShape(weights.latent, 1, PLACES),
        vocabulary=means,
        opset=OPSET,
        onnxruntime=MINIMUM_ONNXRUNTIME,
        variants=tuple(variants({Precision.FP32: loop})),
        encoder=encoder,
        tensors={role: tensors_of(graph) for role, graph in graphs.items()},
        kind=weights.kind,
    )
    (folder / SIDECAR).write_text(written(sidecar), encoding="utf-8")
    return sidecar


def compared(vae: TrainedVae, folder: Path) -> list[Row]:
    """Return every case, for a trained VAE and the graphs made from it."""
    run = Runner(folder / GRAPH)
    rows = [drawn(vae, run, heat) for heat in HEATS]
    rolls = called(run, vae.weights.latent, "rolls", 1.0)["roll"].astype(np.bool_)
    return [*rows, encoded(vae, Runner(folder / ENCODER), rolls)]


def called(run: Runner, latent: int, name: str, heat: float) -> Arrays:
    """Return what the loop graph draws of the chance that `name` names."""
    return run(
        uniforms=uniforms(0, name, 0, range(LOOPS), latent),
        temperature=np.array(heat, np.float32),
        prefix=np.full((LOOPS, latent), -1),
        plain=np.array(True),
    )


def drawn(vae: TrainedVae, run: Runner, heat: float) -> Row:
    """Return how the cells that the graph draws differ from torch's at a temperature."""
    name = f"temperature {heat:g}"
    out = called(run, vae.weights.latent, name, heat)
    roll = out["roll"].astype(np.bool_)
    logits = vae.logits(heat * latents(out["codes"].astype(np.int64)), roll)
    off = roll != (logits >= 0)
    near = np.abs(logits) <= NEAR
    return Row(name, LOOPS, int((off & ~near).sum()), int((off & near).sum()))


def latents(codes: NDArray[np.int64]) -> Latents:
    """Return the normal numbers (b, n) in the middle of each code's piece."""
    return np.vectorize(NormalDist().inv_cdf)((codes + 0.5) / PLACES)


def encoded(vae: TrainedVae, run: Runner, rolls: NDArray[np.bool_]) -> Row:
    """Return how the places of the latents' means differ, rolls (b, 128, 93) encoded by both."""
    found = (run(roll=rolls.astype(np.uint8))["codes"].astype(np.int64) + 0.5) / PLACES
    expected = np.vectorize(NormalDist().cdf)(vae.means(rolls).astype(np.float64))
    apart = np.abs(found - expected)
    return Row("encoder", len(rolls), int((apart > EDGE).sum()), int((apart > 1 / PLACES).sum()))


def table(rows: list[Row]) -> str:
    """Return rows as text."""
    head = f"{'case':16} {'loops':>5} {'wrong':>6} {'by a hair':>9}"
    return "\n".join([head, *(f"{r.case:16} {r.loops:5} {r.wrong:6} {r.close:9}" for r in rows)])

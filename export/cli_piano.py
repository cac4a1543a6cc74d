"""`loopwright export` for a trained piano model: its scoring graphs, held to torch."""

import hashlib
import json
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import PresetError
from loopwright.engine.pianotokens import VOCABULARY
from loopwright.engine.stepsidecar import TOKENS
from loopwright.export.graph import OPSET
from loopwright.export.pianoscore import LOGARITHMS, PianoWeights, score_graph
from loopwright.export.quantise import Precision
from loopwright.export.running import Runner
from loopwright.export.weights import Floats

MODEL, ABOUT = "piano.pt", "score.json"
EDGE = 1e-3  # nats; the worst difference of a log-probability that still counts as equal
LENGTHS = (1, 2, 64, 256, 300)


class Trained(Protocol):
    """A trained model: its weights for graphs, and what torch says with them."""

    @property
    def weights(self) -> PianoWeights:
        """The tensors."""
        ...

    def scores(self, tokens: NDArray[np.int64]) -> Floats:
        """Return log-probabilities (b, t, 153) of the token after each of `tokens` (b, t)."""
        ...


def is_piano(folder: Path) -> bool:
    """Tell whether a folder holds a trained piano model."""
    return (folder / MODEL).is_file()


def export_piano(trained: Path, out: Path) -> str:
    """Write the scoring graphs of a run into a new folder. Raises PresetError if one fails."""
    from loopwright.export.onnx import piano_in  # noqa: PLC0415 - torch, only when asked for

    piano = piano_in(trained / MODEL)
    graphs = {p: score_graph(piano.weights, p).SerializeToString() for p in precisions(piano)}
    worst = difference(piano, graphs[Precision.FP32])
    if worst > EDGE:
        raise PresetError(f"the graph is {worst:.2g} nats off what torch says")
    out.mkdir(parents=True)
    for precision, graph in graphs.items():
        (out / f"score.{precision}.onnx").write_bytes(graph)
    (out / ABOUT).write_text(about(piano, graphs), encoding="utf-8")
    sizes = ", ".join(f"{p} {len(graph) / 1e6:.1f} MB" for p, graph in graphs.items())
    return f"{out}: {sizes}; fp32 is within {worst:.1e} nats of torch"


def precisions(piano: Trained) -> tuple[Precision, ...]:
    """Return what a model is written in: the LSTM's layers have no form in int8 here."""
    return tuple(Precision) if piano.weights.heads else (Precision.FP32,)


def difference(piano: Trained, graph: bytes) -> float:
    """Return the worst difference in nats between a graph and torch, over several lengths."""
    run, rng = Runner(graph), np.random.default_rng(1)
    worst = 0.0
    for length in LENGTHS:
        tokens = rng.integers(0, VOCABULARY, (2, length))
        found = np.asarray(run(tokens=tokens)[LOGARITHMS], np.float32)
        worst = max(worst, float(np.abs(found - piano.scores(tokens)).max()))
    return worst


def about(piano: Trained, graphs: dict[Precision, bytes]) -> str:
    """Return what a host has to know about the graphs, as JSON."""
    files = {f"score.{p}.onnx": hashlib.sha256(g).hexdigest() for p, g in graphs.items()}
    tensors = {"input": TOKENS, "output": LOGARITHMS, "vocabulary": VOCABULARY, "opset": OPSET}
    return json.dumps({"model": piano.weights.model, **tensors, "files": files}, indent=2) + "\n"

"""What a piano model can be measured by: a run in torch, scoring graphs, and step graphs.

What of this needs the packages that training may not import is handed over (`Doors`).
"""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import torch
from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.stepsidecar import PIANO_LSTM, PIANO_TRANSFORMER, SIDECAR, parsed
from loopwright.training.piano_options import MODEL
from loopwright.training.pianobatches import nll
from loopwright.training.pianograph import ScoringGraph
from loopwright.training.pianomodel import PianoLSTM
from loopwright.training.pianomodelfile import load_piano
from loopwright.training.pianonll import Judge
from loopwright.training.pianosample import Stepper

WIDE = 64  # windows at once for an LSTM in torch: its matrices are small
MOST_STEPS = 600  # windows that step graphs are measured on: they hear one token a call


class Steps(Stepper, Protocol):
    """A step graph that is ready to run, and to be measured."""

    def foretell(self, token: int) -> float:
        """Have it hear one more token; return the log-probability that it had for that."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What other packages are asked for.

    `folder` is where the melody model of a preset lies, `devices` the names of its step graphs,
    `steps` one of them. `graph` is a run's scoring graph in fp32 and the SHA-256 of its weights.
    """

    folder: Callable[[str], Path]
    devices: Callable[[Path], Sequence[str]]
    steps: Callable[[Path, str], Steps]
    graph: Callable[[Path], tuple[bytes, str]]


def doors_of(told: Namespace) -> Doors:
    """Return the doors that the command line was given."""
    return Doors(told.melody_folder, told.step_devices, told.open_steps, told.run_graph)


def judges_of(told: Namespace, windows: int) -> Iterator[Judge]:
    """Yield what measures the model that is named: on so many windows."""
    path, run = Path(told.preset), told.torch
    if (path / MODEL).is_file():
        yield in_torch(path)
    elif path.suffix == ".onnx":
        yield in_graph(path.name, ScoringGraph.at(path))
    else:
        yield from of_preset(doors_of(told), told.preset, run, windows)


def in_torch(run: Path) -> Judge:
    """Return the model of a run."""
    model = load_piano(run / MODEL)[0]
    return Judge("torch", partial(nll, model), WIDE if isinstance(model, PianoLSTM) else 16)


def in_graph(name: str, graph: Callable[[Tensor], Tensor]) -> Judge:
    """Return a scoring graph."""
    return Judge(name, partial(nll, graph))


def of_preset(doors: Doors, preset: str, run: Path | None, windows: int) -> Iterator[Judge]:
    """Yield the graphs of a preset, before them the run that it was made of if that is told.

    Raises SettingError for a preset of something else, and a run of other weights.
    """
    folder = doors.folder(preset)
    sidecar = parsed((folder / SIDECAR).read_text("utf-8"))
    if sidecar.kind not in (PIANO_LSTM, PIANO_TRANSFORMER):
        raise SettingError(f"{preset} holds no piano model")
    if run is not None:
        graph, model = doors.graph(run)
        if model != sidecar.model:
            raise SettingError(f"{run} is not the run that {preset} was made of")
        yield in_torch(run)
        yield in_graph("score fp32", ScoringGraph(graph))
    for file in sorted(folder.glob("score.*.onnx")):
        precision = file.name.split(".")[1]
        if run is None or precision != "fp32":
            yield in_graph(f"score {precision}", ScoringGraph.at(file))
    if windows <= MOST_STEPS:
        for device in doors.devices(folder):
            yield Judge(f"step {device}", partial(stepped, doors.steps(folder, device)))


def stepped(steps: Steps, windows: Tensor) -> Tensor:
    """Return the nats (b, 256) of windows (b, 257), heard token by token."""
    rows = cast(list[list[int]], windows.tolist())
    return torch.tensor([list(foretold(steps, row)) for row in rows])


def foretold(steps: Steps, row: Sequence[int]) -> Iterator[float]:
    """Yield the nats of each token of a row after the first."""
    steps.listen(row[:1])
    for token in row[1:]:
        yield -steps.foretell(token)

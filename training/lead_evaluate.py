"""`loopwright evaluate` for a lead: a run, a preset, or a scoring graph."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.melodymodel import Stepper
from loopwright.engine.stepsidecar import SIDECAR, parsed
from loopwright.training import leadduets, leadnll, leadsamples, leadset, pianoset
from loopwright.training.dataset import Split
from loopwright.training.files import write_whole
from loopwright.training.lead_options import MODEL
from loopwright.training.leadmodelfile import load_lead
from loopwright.training.leadsettings import VOCABULARY
from loopwright.training.leadstepper import LeadStepper
from loopwright.training.machine import keep_memory
from loopwright.training.options import at_least
from loopwright.training.pianograph import ScoringGraph

ANSWERS = 20  # of each style
TABLES = (leadsamples.compared, leadduets.duets)


def evaluate_lead(told: Namespace) -> str:
    """Measure a lead on melodies that it has not heard; return the table."""
    at_least("--stride", told.stride)
    if told.samples is not None and Path(told.preset).suffix == ".onnx":
        raise SettingError("--samples of a lead takes a run or a preset, no single graph")
    keep_memory()
    models = dict(opened(told))
    data = pianoset.load(told.data, leadset.HOLDS, VOCABULARY)
    part = Split(told.split), told.stride
    found = {name: leadnll.measure(model, data, *part) for name, model in models.items()}
    if told.json is not None:
        about = {"model": str(told.preset), "split": told.split, "stride": told.stride}
        write_whole(told.json, leadnll.as_json(found, about).encode())
    return "\n\n".join([leadnll.as_text(found), *samples_of(told, data)])


def samples_of(told: Namespace, data: pianoset.PianoSet) -> list[str]:
    """Return tables of answers and duets where samples are asked for; write some answers."""
    if told.samples is None:
        return []
    stepper = stepper_of(told)
    part = data.part(Split(told.split))
    leadsamples.write_some(stepper, part, told.samples, told.seed)
    return [table(stepper, part, ANSWERS, told.seed) for table in TABLES]


def stepper_of(told: Namespace) -> Stepper:
    """Return what draws: a run in torch, or a preset's step graph. Raises LoopwrightError."""
    path = Path(told.preset)
    if (path / MODEL).is_file():
        return LeadStepper(load_lead(path / MODEL)[0])
    steps = cast(Callable[[Path, str], Stepper], told.open_steps)
    return steps(lead_folder(told), told.device)


def opened(told: Namespace) -> Iterator[tuple[str, Callable[[Tensor], Tensor]]]:
    """Yield what tells the token after each token, by name. Raises LoopwrightError."""
    path = Path(told.preset)
    if (path / MODEL).is_file():
        yield "torch", load_lead(path / MODEL)[0]
    elif path.suffix == ".onnx":
        yield path.name, ScoringGraph.at(path)
    else:
        yield from of_preset(told)


def of_preset(told: Namespace) -> Iterator[tuple[str, ScoringGraph]]:
    """Yield each scoring graph of a preset. Raises LoopwrightError."""
    for file in sorted(lead_folder(told).glob("score.*.onnx")):
        yield f"score {file.name.split('.')[1]}", ScoringGraph.at(file)


def lead_folder(told: Namespace) -> Path:
    """Return where the graphs of a preset's lead lie. Raises LoopwrightError."""
    folder = cast(Callable[[str], Path], told.melody_folder)(told.preset)
    if parsed((folder / SIDECAR).read_text("utf-8")).shape.tokens != VOCABULARY:
        raise SettingError(f"{told.preset} is no lead: its tokens are not those of `train lead`")
    return folder

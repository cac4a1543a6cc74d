"""What `evaluate` is to measure: its data set tells, and the model that is named is held to that.

Nothing here reads music or opens a graph, so that what does not fit together is told at once.
"""

from argparse import Namespace
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import cast

from loopwright.engine import sidecar
from loopwright.engine.errors import SettingError
from loopwright.engine.stepsidecar import PIANO_LSTM, PIANO_TRANSFORMER
from loopwright.training import lead_options, leadset, piano_options
from loopwright.training.pianoset import is_set


class Measurable(Enum):
    """A kind of model that can be measured, as one line calls it."""

    LOOPS = "loop model"
    LEAD = "lead"
    PIANO = "piano model"


DATA = {
    Measurable.LOOPS: "an NPZ of `train data` or `train loops`",
    Measurable.LEAD: "an NPZ of `train lead`",
    Measurable.PIANO: "an NPZ of `train piano`, or an archive or folder of MIDI",
}
RUNS = {lead_options.MODEL: Measurable.LEAD, piano_options.MODEL: Measurable.PIANO}
ONLY = {
    "card": {Measurable.LOOPS},
    "training": {Measurable.LOOPS},
    "fine_tune": {Measurable.LOOPS},
    "samples": {Measurable.LEAD, Measurable.PIANO},
    "torch": {Measurable.PIANO},
    "keep": {Measurable.PIANO},
    "drawn_alone": {Measurable.PIANO},
}
"""Options that the measures of other models do not read."""
GRAPH = ".onnx"  # a scoring graph on its own


def measurable(told: Namespace) -> Measurable:
    """Return what is to be measured. Raises LoopwrightError unless model and data fit together."""
    there, wanted = held_by(told), wanted_by(told.data)
    if wanted not in there:
        models = " and ".join(f"a {one.value}" for one in there)
        takes = "; ".join(DATA[one] for one in there)
        raise SettingError(f"{told.preset} is {models}: its --data is {takes}, not {told.data}")
    check_options(told, wanted)
    return wanted


def check_options(told: Namespace, kind: Measurable) -> None:
    """Raise SettingError for an option that this kind of model would be measured without."""
    for option, kinds in ONLY.items():
        if getattr(told, option) and kind not in kinds:
            words = f"--{option.replace('_', '-')} does not go with a {kind.value}"
            raise SettingError(f"{words}, as {told.preset} is measured here")


def wanted_by(data: Path) -> Measurable:
    """Return what a data set measures, by what it holds; MIDI that is no set yet is piano music."""
    if is_set(data, leadset.HOLDS):
        return Measurable.LEAD
    return Measurable.PIANO if data.suffix != ".npz" or is_set(data) else Measurable.LOOPS


def held_by(told: Namespace) -> list[Measurable]:
    """Return what a run, a graph or a preset can be measured as. Raises PresetError."""
    path = Path(told.preset)
    runs = [kind for file, kind in RUNS.items() if (path / file).is_file()]
    if runs:
        return runs
    if path.suffix == GRAPH:
        return [Measurable.LEAD, Measurable.PIANO]
    kinds = cast(Callable[[str], list[str]], told.kinds_in)(told.preset)
    return [kind_of(kind) for kind in kinds]


def kind_of(kind: str) -> Measurable:
    """Return what a model can be measured as, by what its sidecar calls it."""
    if kind in sidecar.KINDS:
        return Measurable.LOOPS
    return Measurable.PIANO if kind in (PIANO_LSTM, PIANO_TRANSFORMER) else Measurable.LEAD

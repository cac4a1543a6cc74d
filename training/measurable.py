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
from loopwright.engine.languages import LEAD, PIANO
from loopwright.engine.melodytables import PITCHES, REMI
from loopwright.training import lead_options, leadset, piano_options
from loopwright.training.pianoset import is_set


class Measurable(Enum):
    """A kind of model that can be measured, as one line calls it."""

    LOOPS = "loop model"
    LEAD = "lead"
    PIANO = "piano model"
    MELODY = "model of `train melody`"


DATA = {
    Measurable.LOOPS: "an NPZ of `train data` or `train loops`",
    Measurable.LEAD: "an NPZ of `train lead`",
    Measurable.PIANO: "an NPZ of `train piano`, or an archive or folder of MIDI",
    Measurable.MELODY: "an archive or folder of MIDI",
}
LANGUAGES = {
    LEAD: Measurable.LEAD,
    PIANO: Measurable.PIANO,
    PITCHES: Measurable.MELODY,
    REMI: Measurable.MELODY,
}
RUNS = {lead_options.MODEL: Measurable.LEAD, piano_options.MODEL: Measurable.PIANO}
GRAPH = ".onnx"  # a scoring graph on its own


def measurable(told: Namespace) -> Measurable:
    """Return what is to be measured. Raises LoopwrightError unless model and data fit together."""
    there, fitting = held_by(told), measured_by(told.data)
    wanted = [kind for kind in there if kind in fitting]
    if not wanted:
        models = " and ".join(f"a {one.value}" for one in there)
        takes = "; ".join(DATA[one] for one in there)
        raise SettingError(f"{told.preset} is {models}: its --data is {takes}, not {told.data}")
    return wanted[0]


def measured_by(data: Path) -> tuple[Measurable, ...]:
    """Return what a data set measures, by what it holds; MIDI that is no set yet has two uses."""
    if is_set(data, leadset.HOLDS):
        return (Measurable.LEAD,)
    if data.suffix != ".npz":
        return (Measurable.PIANO, Measurable.MELODY)
    return (Measurable.PIANO,) if is_set(data) else (Measurable.LOOPS,)


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
    """Return what a model can be measured as: a loop model's kind, a melody model's language."""
    return Measurable.LOOPS if kind in sidecar.KINDS else LANGUAGES.get(kind, Measurable.LEAD)

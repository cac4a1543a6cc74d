"""What the melody measures can be taken of: a run in torch, and the scoring graphs of a preset."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.engine.languages import language_of
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.stepsidecar import MELODY_LSTM, SIDECAR, StepSidecar, parsed
from loopwright.training import pianoset
from loopwright.training.dataset import Split
from loopwright.training.melody_options import DATA, HOLDS, MODEL, runs_in
from loopwright.training.melodymodelfile import load_melody
from loopwright.training.melodynext import NO_PITCH, pitch_of_each
from loopwright.training.melodyversions import PAPER_LSTM, PAPER_TRANSFORMER
from loopwright.training.melodywindows import Model
from loopwright.training.pianograph import ScoringGraph


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that is measured: its name, its language, and how many tokens it reads at once.

    `learnt` are the pitches of the tunes that it was trained on, empty where nobody knows.
    """

    name: str
    model: Model
    language: PitchStrings | RemiLanguage
    read: int
    about: dict[str, object]
    learnt: tuple[int, ...] = ()


def judges_of(told: Namespace) -> Iterator[Judge]:
    """Yield what is named: each run of a folder, or each scoring graph of a preset."""
    runs = runs_in(told.preset)
    yield from map(of_run, runs)
    if not runs:
        yield from of_preset(cast(Callable[[str], Path], told.melody_folder), told.preset)


def of_run(run: Path) -> Judge:
    """Return the model of a run."""
    model, language, about = load_melody(run / MODEL)
    read = cast(int, cast(dict[str, object], about["recipe"])["window"])
    return Judge(run.name, model, language, read, about, learnt_pitches(run, language))


def learnt_pitches(run: Path, language: PitchStrings | RemiLanguage) -> tuple[int, ...]:
    """Return the pitches of the tunes that a run was trained on."""
    data = pianoset.load(run / DATA, HOLDS, language.size).part(Split.TRAIN)
    pitch = pitch_of_each(language)[data.tokens]
    return tuple(pitch[pitch != NO_PITCH].tolist())


def of_preset(folder_of: Callable[[str], Path], preset: str) -> Iterator[Judge]:
    """Yield the scoring graphs of a preset. Raises SettingError where it holds no such model."""
    folder = folder_of(preset)
    sidecar = parsed((folder / SIDECAR).read_text("utf-8"))
    language = language_of(sidecar.language)
    if not isinstance(language, PitchStrings | RemiLanguage):
        raise SettingError(f"{preset} is no model of `train melody`")
    about: dict[str, object] = {"vocabulary": language.size, "model": sidecar.model}
    for file in sorted(folder.glob("score.*.onnx")):
        name = f"{folder.name}, {file.name.split('.')[1]}"
        yield Judge(name, ScoringGraph.at(file), language, read_by(sidecar), about)


def read_by(sidecar: StepSidecar) -> int:
    """Return how many tokens an exported model read at once in training: both recipes agree."""
    return (PAPER_LSTM if sidecar.kind == MELODY_LSTM else PAPER_TRANSFORMER).window

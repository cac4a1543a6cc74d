"""Train one model to the end of its schedule, with a bar; go on where a run was cut off."""

import hashlib
from pathlib import Path
from typing import NoReturn, cast

from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.training.checkpoint import read
from loopwright.training.fitting import Fitting
from loopwright.training.progress import Progress, Weights
from loopwright.training.settings import Schedule
from loopwright.training.task import Task

# Epochs may be long, so parts of them are shown.
BAR = "{l_bar}{bar}| {n:.2f}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}{postfix}]"


def fit(task: Task, schedule: Schedule, folder: Path, identity: str) -> Progress:
    """Train `task.model` and leave its best weights in it; go on where a cut-off run stopped.

    `identity` says what else the run depends on (data, shapes, settings): a checkpoint with
    another one is refused with a SettingError.
    """
    return finish(Fitting(task, schedule, folder, fingerprint(f"{identity} {schedule}")))


def finish(run: Fitting) -> Progress:
    """Train to the end of the schedule, or of patience; leave the best weights in the model."""
    progress, epochs, model = run.resume(), run.schedule.epochs, run.task.model
    with progress_bar(run.task.name, progress.done(run.task.steps), epochs) as bar:
        while progress.epoch < epochs and not run.tired(progress):
            progress = run.stretch(progress, bar)
    assert progress.best_weights is not None
    model.load_state_dict(progress.best_weights)
    model.eval()
    return progress


def progress_bar(name: str, done: float, epochs: int) -> "tqdm[NoReturn]":
    """Return a progress bar over epochs."""
    return tqdm(total=epochs, initial=done, desc=name, unit="epoch", bar_format=BAR)


def fingerprint(identity: str) -> str:
    """Return a short name of everything that a run depends on."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def begin_with(task: Task, folder: Path, file: str) -> str:
    """Give the model the weights of another run, ended or cut off; return their file's SHA-256.

    An ended run's model is in `file`. Raises SettingError for a model of another shape.
    """
    ended = folder / file
    path = ended if ended.is_file() else folder / f"{task.name}.checkpoint.pt"
    try:
        task.model.load_state_dict(cast(Weights, read(path).get("weights", {})))
    except RuntimeError as trouble:
        raise SettingError(f"{path} is a model of another shape") from trouble
    return hashlib.sha256(path.read_bytes()).hexdigest()

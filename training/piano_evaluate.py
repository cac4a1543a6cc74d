"""`loopwright evaluate` for a trained piano model: its likelihood, and samples if asked for."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from loopwright.engine.errors import SettingError
from loopwright.engine.pianotokens import BAR, decode
from loopwright.training import pianonll, pianoset, pianoshow
from loopwright.training.dataset import Split
from loopwright.training.files import write_whole
from loopwright.training.machine import keep_memory
from loopwright.training.options import at_least
from loopwright.training.piano_options import MODEL
from loopwright.training.pianograph import ScoringGraph
from loopwright.training.pianomodelfile import load_piano
from loopwright.training.pianosample import Logits, logits_of, sample
from loopwright.training.pianosettings import WINDOW

FREE, GIVEN, GOES_ON = 1024, WINDOW - 1, 768  # tokens: 5.3 of the paper


def evaluate_piano(told: Namespace) -> str:
    """Measure the model of a run, or a scoring graph, on the test files; return the table."""
    at_least("--stride", told.stride)
    keep_memory()
    model = opened(Path(told.preset))
    data = pianoset.load(told.data)
    figures = pianonll.measure(model, str(told.preset), data, Split(told.split), told.stride)
    if told.json is not None:
        write_whole(told.json, pianonll.as_json(figures).encode())
    if told.samples is not None:
        chance = (told.seed, told.temperature)
        write_samples(logits_of(model), data, told.samples, chance)
    return pianonll.as_text(figures)


def opened(path: Path) -> Callable[[Tensor], Tensor]:
    """Return a run's model, or a scoring graph. Raises SettingError."""
    return load_piano(path / MODEL)[0] if path.is_dir() else ScoringGraph(path)


def write_samples(
    after: Logits, data: pianoset.PianoSet, folder: Path, chance: tuple[int, float]
) -> None:
    """Write the paper's two samples: from one bar token, and after the first test piece's start."""
    seed = first_tokens(data)
    show(sample(after, [BAR], FREE, chance), 0, folder / "free")
    show(sample(after, seed, GOES_ON, chance), len(decode(seed).notes), folder / "continued")


def first_tokens(data: pianoset.PianoSet) -> list[int]:
    """Return the first 256 tokens of the first test piece that has as many."""
    for piece in data.part(Split.TEST).pieces():
        if len(piece) >= GIVEN:
            return piece[:GIVEN].tolist()
    raise SettingError(f"no test piece has {GIVEN} tokens to go on from")


def show(tokens: list[int], given: int, path: Path) -> None:
    """Write tokens as a MIDI file and a picture."""
    piece = decode(tokens)
    write_whole(path.with_suffix(".mid"), pianoshow.as_midi(piece))
    write_whole(path.with_suffix(".svg"), pianoshow.as_svg(piece, given).encode())

"""`loopwright evaluate` for a trained piano model: its likelihood, and samples if asked for."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import torch

from loopwright.engine.errors import SettingError
from loopwright.engine.pianotokens import BAR, Piece, decode
from loopwright.training import pianonll, pianoset, pianoshow, pianotable
from loopwright.training.dataset import Split
from loopwright.training.files import write_whole
from loopwright.training.kept import Kept
from loopwright.training.machine import keep_memory
from loopwright.training.options import at_least
from loopwright.training.piano_options import MODEL
from loopwright.training.pianograph import ScoringGraph
from loopwright.training.pianojudges import doors_of, judges_of
from loopwright.training.pianomodelfile import load_piano
from loopwright.training.pianosample import Next, by_logits, by_steps, sample
from loopwright.training.pianosettings import WINDOW

FREE, GIVEN, GOES_ON = 1024, WINDOW - 1, 768  # tokens: 5.3 of the paper


def evaluate_piano(told: Namespace) -> str:
    """Measure the model of a run, of a preset, or a scoring graph; return the table."""
    at_least("--stride", told.stride)
    keep_memory()
    if told.threads is not None:
        torch.set_num_threads(told.threads)
    data = pieces_of(told.data)
    if told.samples is not None:
        return write_samples(told, data)
    asked = asked_of(told, data)
    figures = [pianonll.measure(j, asked) for j in judges_of(told, asked.count())]
    if told.json is not None:
        write_whole(told.json, pianotable.as_json(told.preset, figures, asked).encode())
    return pianotable.as_text(figures, asked)


def pieces_of(source: Path) -> pianoset.PianoSet:
    """Return a data set, or the pieces of an archive or folder; all of a folder `test` are test."""
    if source.suffix == ".npz":
        return pianoset.load(source)
    found = pianoset.read_archive(source)
    if source.is_dir() and source.resolve().name == Split.TEST.value:
        return replace(found, splits=(Split.TEST,) * len(found.names))
    return found


def asked_of(told: Namespace, data: pianoset.PianoSet) -> pianonll.Asked:
    """Return what is to be measured, and what was before."""
    about = {
        "preset": str(told.preset),
        "torch": str(told.torch),
        "data": data.content_hash(),
        "split": told.split,
        "stride": told.stride,
    }
    return pianonll.Asked(data, Split(told.split), told.stride, Kept(told.keep, about))


def write_samples(told: Namespace, data: pianoset.PianoSet) -> str:
    """Write the paper's two samples: from one bar token, and after the first test piece's start."""
    following, chance = drawing(told), told.seed
    folder: Path = told.samples
    seed = first_tokens(data)
    free = decode(sample(following, [BAR], FREE, chance))
    given = len(decode(seed).notes)
    piece = decode(sample(following, seed, GOES_ON, chance))
    if told.drawn_alone:
        piece, given = without(piece, given), 0
    show(free, 0, folder / "free")
    show(piece, given, folder / "continued")
    return f"{folder}: free and continued, each as .mid and .svg"


def drawing(told: Namespace) -> Next:
    """Return what draws tokens: torch, a scoring graph, or a preset's step graph."""
    path = Path(told.preset)
    if (path / MODEL).is_file():
        return by_logits(load_piano(path / MODEL)[0], told.temperature)
    if path.suffix == ".onnx":
        return by_logits(ScoringGraph.at(path), told.temperature)
    doors = doors_of(told)
    return by_steps(doors.steps(doors.folder(told.preset), told.device), told.temperature)


def first_tokens(data: pianoset.PianoSet) -> list[int]:
    """Return the first 256 tokens of the first test piece that has as many."""
    for piece in data.part(Split.TEST).pieces():
        if len(piece) >= GIVEN:
            return piece[:GIVEN].tolist()
    raise SettingError(f"no test piece has {GIVEN} tokens to go on from")


def without(piece: Piece, given: int) -> Piece:
    """Return a piece without its first notes, from the bar line before the others on."""
    own = piece.notes[given:]
    first = max((bar for bar in piece.bars if bar <= min(own).step), default=0)
    notes = tuple(replace(note, step=note.step - first) for note in own)
    return Piece(notes, tuple(bar - first for bar in piece.bars if bar >= first))


def show(piece: Piece, given: int, path: Path) -> None:
    """Write a piece as a MIDI file and a picture."""
    write_whole(path.with_suffix(".mid"), pianoshow.as_midi(piece))
    write_whole(path.with_suffix(".svg"), pianoshow.as_svg(piece, given).encode())

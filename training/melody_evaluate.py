"""`loopwright evaluate` for melody models: one table of all, on the same held-out tunes."""

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from loopwright.engine.errors import MidiFileError
from loopwright.training.dataset import Split
from loopwright.training.files import write_whole
from loopwright.training.machine import keep_memory
from loopwright.training.melodyfigures import Asked, MelodyFigures, measured, questions
from loopwright.training.melodyfiles import Tune, Wanted, tunes_of
from loopwright.training.melodyjudges import judges_of
from loopwright.training.options import at_least


def evaluate_melody(told: Namespace) -> str:
    """Measure the runs in a folder, or a preset, on the tunes of an archive; return the table."""
    for option in ("tunes", "questions", "melodies"):
        at_least(f"--{option}", getattr(told, option))
    keep_memory()
    if told.threads is not None:
        torch.set_num_threads(told.threads)
    tunes = tunes_in(told.data, Split(told.split), told.tunes)
    asked = Asked(told.questions, told.melodies, 48, told.seed)
    judges = tqdm(judges_of(told), desc="models")
    figures = [measured(judge, tunes, asked) for judge in judges]
    if told.json is not None:
        write_whole(told.json, json.dumps([asdict(one) for one in figures], indent=2).encode())
    same = np.mean([notes[i].pitch == notes[i - 1].pitch for notes, i in questions(tunes, asked)])
    return as_text(figures, tunes, float(same))


def tunes_in(archive: Path, split: Split, count: int) -> list[Tune]:
    """Return some tunes of a split. Raises MidiFileError where there are none."""
    found = tunes_of(archive, Wanted({split: count}))
    tunes = [one for one in found if isinstance(one, Tune)]
    if not tunes:
        raise MidiFileError(f"{archive} has no tunes to {split.value} on")
    return tunes


HEAD = (
    "run  tunes vocabulary parameters    nats/token perplexity nats/note next pitch"
    "  repetition 2/4/8/16      variety pitches off"
)


def as_text(figures: Sequence[MelodyFigures], tunes: Sequence[Tune], same: float) -> str:
    """Return the table for a terminal."""
    notes = sum(len(tune.raw) for tune in tunes)
    lines = [f"on {len(tunes)} tunes of {notes} notes; the pitch before, said again, is right for "
             f"{same:.1%} of the notes asked for", HEAD]  # fmt: skip
    return "\n".join([*lines, *(line_of(one) for one in figures), *tune_by_tune(figures)])


def tune_by_tune(figures: Sequence[MelodyFigures]) -> list[str]:
    """Return the lines of a table: each tune's nats a token, by every model."""
    head = "".join(f"{one.run:>16}" for one in figures)
    rows = zip(*(one.files for one in figures), strict=True)
    return [
        f"{head}  tune (nats a token)",
        *("".join(f"{one.nll:16.4f}" for one in row) + f"  {row[0].name}" for row in rows),
    ]


def line_of(one: MelodyFigures) -> str:
    """Return a model's row."""
    of_note = "-" if one.nll_of_note is None else f"{one.nll_of_note:.3f}"
    distance = "-" if one.pitch_distance is None else f"{one.pitch_distance:.2f}"
    tunes, parameters = one.about.get("tunes", "-"), one.about.get("parameters")
    size = f"{parameters:,}" if isinstance(parameters, int) else "-"
    again = " ".join(f"{share:.2f}" for share in one.repetition.values())
    return (
        f"{one.run:4} {tunes:>5} {one.about['vocabulary']:10} "
        f"{size:>10} {one.nll:13.3f} {one.perplexity:10.2f} {of_note:>9} "
        f"{one.accuracy:10.1%}  {again:24} {one.compression:7.2f} {distance:>10}"
    )

"""Melodies of one voice in 4/4, out of archives of MIDI files and lists of hooks.

A style is where a melody comes from: what its folder says of its bars, too. Hooks have lost their
place in the bar; `leadphase` finds the likeliest.
"""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import cast

import numpy as np

from loopwright.engine.errors import MidiFileError
from loopwright.engine.eventlanguage import upper_voice
from loopwright.engine.pianotokens import KEYS, LOWEST_PITCH, PianoNote
from loopwright.engine.time import STEPS_PER_BAR
from loopwright.engine.unreadable import reason
from loopwright.training.archives import File, files_of
from loopwright.training.midi import Score, read_score
from loopwright.training.songs import STEPS_PER_QUARTER, Meter, collect, four_four

FOLDERS = {"nottingham": "folk", "pop909": "pop", "lead-sheets": "song", "lead-tracks": "song"}
HOOK = "hook"
NEAR, SHARE = 0.2, 0.7  # so much of the onsets lies so near to the grid, in sixteenths
FEWEST = 8  # notes
EMPTY = 1  # whole bars of silence that are kept in a row
READER_ERRORS = (OSError, EOFError, lzma.LZMAError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Lead:
    """A melody: where it comes from, and its notes, each on a step of its own, from bar 1 on."""

    name: str
    style: str
    group: str
    notes: tuple[PianoNote, ...]


def leads_of(source: Path) -> Iterator[Lead | str]:
    """Yield the melodies of an archive of MIDI or a list of hooks, and why others are left out."""
    if source.name.endswith(".jsonl.xz"):
        yield from hooks_of(source)
        return
    for file in files_of(source):
        try:
            yield lead_of(file)
        except MidiFileError as reason:
            yield str(reason)


def lead_of(file: File) -> Lead:
    """Return the melody of a MIDI file. Raises MidiFileError."""
    if file.trouble is not None:
        raise MidiFileError(file.trouble)
    score = read_score(file.content)
    four_four(score, Meter.DECLARED)
    if on_grid(score) < SHARE:
        raise MidiFileError("off the grid")
    found = collect(score, [track for track in score.tracks if not track.is_drum])
    notes = zip(found.start.tolist(), found.pitch.tolist(), found.end.tolist(), strict=True)
    voice = [PianoNote(step, pitch, end - step) for step, pitch, end in sorted(notes)]
    path = PurePosixPath(file.name)
    return sane(Lead(file.name, FOLDERS.get(path.parts[0], ""), group_of(path), tuple(voice)))


def on_grid(score: Score) -> float:
    """Return how many of the onsets, 0..1, lie near a sixteenth."""
    steps = np.concatenate([np.zeros(0), *(track.time for track in score.tracks)])
    steps = steps * STEPS_PER_QUARTER / score.ticks_per_quarter
    return float((np.abs(steps - np.round(steps)) < NEAR).mean()) if len(steps) else 0.0


def group_of(path: PurePosixPath) -> str:
    """Return what the files of one song have in common: the letters of its name.

    Where names are numbers or numbered tunes, each is a song.
    """
    if path.parts[0] not in ("lead-sheets", "lead-tracks"):
        return str(path)
    letters = "".join(c for c in path.stem.split("~")[0].lower().removesuffix("_c") if c.isalpha())
    return letters or str(path)


def hooks_of(path: Path) -> Iterator[Lead | str]:
    """Yield the melodies of a compressed list of hooks, each from step 0. Raises MidiFileError."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield hook_of(json.loads(line))
    except READER_ERRORS as trouble:
        raise MidiFileError(f"cannot read the hooks {path}: {reason(trouble)}") from trouble


def hook_of(held: dict[str, object]) -> Lead | str:
    """Return a hook, or why it is left out; all sections of a song are one group."""
    title = cast(str, held["title"])
    notes = cast(list[list[int]], held["notes"])
    voice = tuple(PianoNote(step, pitch, steps) for step, steps, pitch in notes)
    group = " --- ".join(part.strip().lower() for part in title.split(" --- ")[:2])
    try:
        return sane(Lead(title, HOOK, group, voice))
    except MidiFileError as reason:
        return str(reason)


def sane(lead: Lead) -> Lead:
    """Return a melody of one voice on a piano's keys, without long silences.

    Raises MidiFileError for one with hardly any notes.
    """
    kept = [n for n in lead.notes if 0 <= n.pitch - LOWEST_PITCH < KEYS and n.steps > 0]
    if len(kept) < FEWEST:
        raise MidiFileError(f"fewer than {FEWEST} notes")
    end = max(n.step + n.steps for n in kept)
    return replace(lead, notes=closed_up(upper_voice(sorted(kept), end)))


def closed_up(notes: tuple[PianoNote, ...]) -> tuple[PianoNote, ...]:
    """Return notes without the bars of silence before them, and of those between but the first."""
    moved: list[PianoNote] = []
    back = notes[0].step // STEPS_PER_BAR
    for before, note in pairwise((notes[0], *notes)):
        ended = -(-(before.step + before.steps) // STEPS_PER_BAR)
        back += max(note.step // STEPS_PER_BAR - ended - EMPTY, 0)
        moved.append(replace(note, step=note.step - back * STEPS_PER_BAR))
    return tuple(moved)

"""A data set of leads: each melody is its style, its key, and then its notes and bar lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm import tqdm

from loopwright.engine.errors import MidiFileError
from loopwright.engine.eventlanguage import at_home
from loopwright.engine.keys import heard_key
from loopwright.engine.leadtokens import STYLES, above_home, opening
from loopwright.engine.pianotokens import PianoNote, Piece, encode
from loopwright.engine.time import STEPS_PER_BAR
from loopwright.training import leadphase
from loopwright.training.dataset import Split, split_of
from loopwright.training.leadfiles import HOOK, Lead, leads_of
from loopwright.training.pianoset import PianoSet, joined_pieces

HEAD = 2  # tokens before the notes
HOLDS = "lead_tokens"

PHASED = ("folk", "song")  # styles whose bars are known
LIKE = 24  # notes: melodies that begin with as many alike are of one song
Shape = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Melodies, and how many were left out for what reason."""

    leads: tuple[Lead, ...]
    left_out: Counter[str]


def read_sources(sources: Iterable[Path]) -> Found:
    """Return the melodies of archives of MIDI and lists of hooks, each once."""
    found = [one for source in sources for one in tqdm(leads_of(source), desc=source.name)]
    leads = in_bars([one for one in found if isinstance(one, Lead)])
    once = list(without_twins(leads))
    if not once:
        raise MidiFileError("no melody in 4/4 was found")
    left_out = Counter(one for one in found if isinstance(one, str))
    left_out["the same melody again"] += len(leads) - len(once)
    return Found(tuple(once), left_out)


def in_bars(leads: list[Lead]) -> list[Lead]:
    """Return melodies with the hooks moved to where their bars most likely begin."""
    known = [lead.notes for lead in leads if lead.style in PHASED]
    expected = leadphase.usual(known)
    return [lead if lead.style != HOOK else placed(lead, expected) for lead in leads]


def placed(lead: Lead, expected: leadphase.Counts) -> Lead:
    """Return a hook moved to its likeliest place in the bar."""
    by = leadphase.likeliest(lead.notes, expected)
    return replace(lead, notes=tuple(replace(n, step=n.step + by) for n in lead.notes))


def without_twins(leads: Iterable[Lead]) -> Iterator[Lead]:
    """Yield each melody once, whatever its key; those that begin alike become one group."""
    groups: dict[Shape, str] = {}
    met: set[Shape] = set()
    for lead in leads:
        shape = shape_of(lead.notes)
        group = groups.setdefault(shape[:LIKE], lead.group)
        if shape not in met:
            met.add(shape)
            yield replace(lead, group=group)


def shape_of(notes: tuple[PianoNote, ...]) -> Shape:
    """Return the steps and semitones from each note to the next."""
    return tuple((b.step - a.step, b.pitch - a.pitch) for a, b in pairwise(notes))


def as_set(leads: Iterable[Lead]) -> PianoSet:
    """Return melodies as tokens, split by song."""
    ordered = tuple(leads)
    pieces = [np.array(tokens_of(lead), np.uint8) for lead in ordered]
    splits = tuple(split_of(lead.group) for lead in ordered)
    return joined_pieces(pieces, tuple(lead.name for lead in ordered), splits)


def tokens_of(lead: Lead) -> list[int]:
    """Return style, key, notes and bar lines of a melody."""
    key = heard_key((note.pitch, note.steps) for note in lead.notes)
    lines = tuple(range(STEPS_PER_BAR, lead.notes[-1].step + 1, STEPS_PER_BAR))
    told = tuple(at_home(note, above_home(key)) for note in lead.notes)
    return [*opening(lead.style, key, STYLES), *encode(Piece(told, lines))]


def counts(data: PianoSet) -> str:
    """Return how much music there is of each split."""
    lines: list[str] = []
    for split in Split:
        part = data.part(split)
        lines.append(f"{split.value}: {len(part.names)} melodies, {len(part.tokens)} tokens")
    return "\n".join(lines)

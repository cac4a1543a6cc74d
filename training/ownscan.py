"""A musician's folder of MIDI as a data set of loops: what was found, what was lost, what helps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from loopwright.engine.amounts import amount
from loopwright.engine.errors import MidiFileError
from loopwright.training.alike import groups_of_songs
from loopwright.training.archives import counted, files_of
from loopwright.training.corpus import Chain, Rules, SongLoops, extract
from loopwright.training.dataset import LoopSet, assemble, groups_of
from loopwright.training.extract import archive_hash
from loopwright.training.placing import placed
from loopwright.training.plain import plain
from loopwright.training.report import Report, as_text, report_of

FEWEST_SONGS, FEWEST_LOOPS = 6, 48
MOST_LOOPS = 20_000  # learned from: memory and time stay within bounds
HINTS = {
    "no drums": "drums are what channel 10 plays",
    "no bass": "bass is what programs 33 to 40 play (--bass-programs 0 127 takes any)",
    "not 4/4": "only 4/4 is learned",
}
"""What helps where most files were passed over for one reason."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What a rule cost: what it asks for, how many windows of eight bars it cost, what helps."""

    rule: str
    windows: int
    hint: str


def scan(source: Path, rules: Rules) -> tuple[LoopSet, Report]:
    """Read a folder or zip of MIDI, with a bar of progress; return loops, and what was found.

    Raises MidiFileError, with what helps, where there are too few to learn from.
    """
    songs = read(source, rules)
    groups = groups_of_songs(songs, groups_of(source))
    check(songs, groups)
    names = placed(groups.values())
    note: dict[str, object] = {
        "archive": source.name,
        "sha256": archive_hash(source, songs),
        "rules": plain(rules),
    }
    loops = assemble(songs, {file: names[group] for file, group in groups.items()}, note)
    if len(loops) < FEWEST_LOOPS:
        raise MidiFileError(too_few(songs, len(set(groups.values())), len(loops)))
    return thinned(loops), report_of(songs, loops, rules)


def read(source: Path, rules: Rules) -> list[SongLoops]:
    """Return what each file of a folder or zip gives. Raises MidiFileError where there is none."""
    total = counted(source)
    files = tqdm(files_of(source), desc="reading", total=total, unit="file", mininterval=0.5)
    return [extract(file, rules) for file in files]


def check(songs: Sequence[SongLoops], groups: Mapping[str, str]) -> None:
    """Raise MidiFileError where there are too few songs to learn from some and judge by others."""
    found = len(set(groups.values()))
    if found < FEWEST_SONGS:
        raise MidiFileError(too_few(songs, found, distinct(songs)))


def distinct(songs: Sequence[SongLoops]) -> int:
    """Return how many different loops there are."""
    return len({loop.tobytes() for song in songs for loop in song.loops})


def too_few(songs: Sequence[SongLoops], groups: int, loops: int) -> str:
    """Say what was found, what is needed, and what would help most."""
    return (
        f"{amount(len(songs), 'MIDI file')} gave {amount(loops, 'different loop')} of "
        f"{amount(groups, 'song')}: too few to learn from "
        f"({FEWEST_LOOPS} loops of {FEWEST_SONGS} songs are the least); {advice(songs)}"
    )


def advice(songs: Sequence[SongLoops]) -> str:
    """Return what cost most files, or most windows, and what helps against it."""
    reasons = Counter(song.skipped for song in songs if song.skipped is not None)
    chain = sum((song.chain for song in songs), Chain())
    if reasons and reasons.total() > len(songs) / 2:
        reason, count = reasons.most_common(1)[0]
        return f"{count:,} were skipped ({reason}): {HINTS.get(reason, 'are they whole?')}"
    if not chain.windows:
        return "none is eight bars long"
    most = lost_most(chain)
    if chain.loops and most.windows < chain.windows / 2:
        return "more songs would help; exact copies of a song count once"
    return f"most were lost because {most.rule} ({share(most, chain)}): try {most.hint}"


def lost_most(chain: Chain) -> Lost:
    """Return the rule that cost most windows."""
    every = (
        Lost("bars 1 and 5 differ", chain.windows - chain.repeat, "--repeat-below 0.01"),
        Lost("no bass note is on the first step", chain.repeat - chain.bass, "--no-first-bass"),
        Lost("no kick is on the first step", chain.bass - chain.loops, "--first-drums none"),
    )
    return max(every, key=lambda lost: lost.windows)


def share(lost: Lost, chain: Chain) -> str:
    """Say what part of the windows a rule cost."""
    return f"{lost.windows:,} of {chain.windows:,} windows of eight bars"


def thinned(loops: LoopSet) -> LoopSet:
    """Return at most `MOST_LOOPS`: of songs with very many, some, evenly apart."""
    _, counts = np.unique(loops.song, return_counts=True)
    most = int(counts.max())
    while np.minimum(counts, most).sum() > MOST_LOOPS and most > 1:
        most -= 1
    kept = [
        where[np.linspace(0, len(where) - 1, min(len(where), most)).round().astype(np.intp)]
        for song in np.unique(loops.song)
        for where in (np.flatnonzero(loops.song == song),)
    ]
    return loops.chosen(np.sort(np.concatenate(kept))[:MOST_LOOPS])


def told(loops: LoopSet, report: Report) -> str:
    """Return what was found, for a terminal."""
    most = lost_most(report.chain)
    lines = [as_text(replace(report, comparison=()))]
    if most.windows:
        lines.append(f"most were lost because {most.rule}: {share(most, report.chain)}")
    if len(loops) < report.unique:
        lines.append(f"learned from: {amount(len(loops), 'loop')}, evenly out of all songs")
    return "\n".join(lines)

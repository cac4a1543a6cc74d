"""The session log: all that happened to an instrument, one JSON line each, and a proof.

A log is a header and then sections: how an instrument began (`Began`), what happened to it, and
now and then a `Tally` of what it wished for by then, so that a replay can show that it is the same.
A player that fell is followed by another section. Versions that are not known are refused.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite
from typing import cast, get_args

from loopwright.engine.decode import decode, shown
from loopwright.engine.encode import encode
from loopwright.engine.errors import LogError
from loopwright.engine.happen import Answered, Cue, Happening, Phrased, Send, Wish
from loopwright.engine.report import Report
from loopwright.engine.state import Settings

VERSION = 1
UNTOLD = "not composed"  # stands for any reason
DIGITS = 16  # of a digest, hexadecimal


@dataclass(frozen=True, slots=True)
class Began:
    """An instrument began, with these settings, on a MIDI system."""

    settings: Settings
    system: str = "none"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a section came to so far: `digest` stands for everything that was wished for."""

    happenings: int = 0
    sends: int = 0
    digest: str = ""

    def plus(self, wishes: tuple[Wish, ...], happenings: int = 1) -> "Tally":
        """Return the tally after wishes. Seconds count as whole microseconds.

        Other machines have other mathematics in the last bit of a float; no ear has.
        """
        after = replace(self, happenings=self.happenings + happenings)
        if not wishes:
            return after
        told = "\n".join((self.digest, *map(words_of, wishes)))
        sends = self.sends + sum(isinstance(wish, Send) for wish in wishes)
        return replace(after, sends=sends, digest=sha256(told.encode()).hexdigest()[:DIGITS])


@dataclass(frozen=True, slots=True)
class Cut:
    """The log could not keep up: nothing more of this section is in it."""


Entry = Began | Happening | Tally | Cut | Report

KINDS: dict[str, type[Entry]] = {
    kind.__name__: kind for kind in (Began, *get_args(Happening), Tally, Cut, Report)
}


def words_of(wish: Wish) -> str:
    """Return what a digest takes of a wish."""
    if isinstance(wish, Send | Cue):
        return f"{part_of(wish)} {wish.data.hex()} {round(wish.at * 1e6)}"
    return f"{type(wish).__name__} {json.dumps(encode(wish))}"


def part_of(sent: Send | Cue) -> str:
    """Return the part that a message is of, or that it is our clock's."""
    return sent.part if isinstance(sent, Send) else "clock"


def without_reason(happening: Happening) -> Happening:
    """Return a happening as it is written down: why a loop failed may name somebody's files."""
    match happening:
        case Answered(composed) if composed.reason:
            return replace(happening, composed=replace(composed, reason=UNTOLD))
        case Phrased(phrase) if phrase.reason:
            return replace(happening, phrase=replace(phrase, reason=UNTOLD))
        case _:
            return happening


def header(by: Mapping[str, str]) -> str:
    """Return the first line of a log; `by` says which program wrote it."""
    return f"{json.dumps({'log': VERSION, 'by': dict(by)})}\n"


def line_of(entry: Entry) -> str:
    """Return the line of an entry."""
    plain = {type(entry).__name__: encode(entry)}
    return f"{json.dumps(plain, separators=(',', ':'))}\n"


def writer_of(line: str) -> dict[str, str]:
    """Return which program wrote a log, from its first line. Raises LogError."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or "log" not in told:
        raise LogError("this is no session log of Loopwright")
    found = cast(dict[str, object], told)
    if found["log"] != VERSION:
        said = shown(found["log"])
        raise LogError(f"log version {said} is unknown: this Loopwright reads {VERSION}")
    by = found.get("by")
    pairs = cast(dict[str, object], by).items() if isinstance(by, dict) else ()
    return {name: str(value) for name, value in pairs}


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of the lines after the header. Raises LogError, which names the line.

    A last line that is torn, because the program was, is left out.
    """
    for number, line in enumerate(lines, 2):
        try:
            yield read_line(line)
        except LogError as error:
            if line.endswith("\n"):
                raise LogError(f"line {number}: {error}") from None


def read_line(line: str) -> Entry:
    """Return the entry of a line. Raises LogError."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise LogError("this is no JSON") from None
    if not isinstance(told, dict) or len(pairs := cast(dict[str, object], told)) != 1:
        raise LogError("one entry a line is wanted")
    ((name, plain),) = pairs.items()
    if name not in KINDS:
        raise LogError(f"{shown(name)} is unknown to this Loopwright")
    entry = decode(KINDS[name], plain)
    if not isfinite(getattr(entry, "at", 0.0)):
        raise LogError(f"{name} has no second that it happened at")
    return entry

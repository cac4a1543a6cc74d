"""`loopwright render --replay LOG`: a session log played again, and written down.

No model and no MIDI system is needed: all that came from them is in the log.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from loopwright.engine.amounts import amount
from loopwright.engine.bars import Bars
from loopwright.engine.course import Mark, Placed, tempos
from loopwright.engine.errors import LogError
from loopwright.engine.happen import Happening, Send
from loopwright.engine.journal import Began, Cut, Entry, Tally, entries, part_of, writer_of
from loopwright.engine.replay import Replay, again, begin
from loopwright.engine.report import Report
from loopwright.live.diary import LAST, meant, sessions_folder
from loopwright.live.excerpts import clips
from loopwright.live.files import check_folder, write_files
from loopwright.live.options import RenderOptions
from loopwright.live.processes import explained
from loopwright.live.recorder import Recording, file_of

FINER = 1000  # of the file's ticks in one of ours: at 120 BPM one lasts 21 us, a frame at 48 kHz
HEADINGS = "second\ttick\tpart\tmessage"


@dataclass(slots=True)
class Section:
    """One player's part of a log, as it is played again. One thread."""

    replay: Replay
    page: list[Placed | Mark] = field(default_factory=list[Placed | Mark])
    proven: Tally = field(default_factory=Tally)
    differs: str = ""
    cut: bool = False
    failed: str = ""

    def take(self, entry: Entry) -> None:
        """Play an entry."""
        match entry:
            case Began() | Report():
                pass
            case Cut():
                self.cut = True
            case Tally():
                self._compare(entry)
            case _:
                self._play(entry)

    @property
    def placed(self) -> list[Placed]:
        """The messages that were sent, in order."""
        return [one for one in self.page if isinstance(one, Placed)]

    def _play(self, happening: Happening) -> None:
        """Play on; an error that a player died of then is there again, and ends the section."""
        if self.failed:
            return
        try:
            self.replay, page = again(self.replay, happening)
        except LogError:
            raise
        except Exception as error:  # whatever it was: to tell of it is what a log is for
            self.failed = f"fails at happening {self.replay.tally.happenings + 1}: "
            self.failed += explained(error)
            return
        self.page += page

    def _compare(self, told: Tally) -> None:
        if self.differs or (self.failed and told != self.replay.tally):
            return
        if told == self.replay.tally:
            self.proven = told
            return
        tick = self.replay.course.reached
        self.differs = (
            f"differs from what was played between happenings {self.proven.happenings} and "
            f"{told.happenings}, by bar {int(tick // 96) + 1} of its file "
            f"(second {self.replay.at:.3f})"
        )


def replay_to_files(options: RenderOptions) -> str:
    """Play a log again and write what was sent; return a line for every section.

    Blocks until all is written. Raises LogError where it cannot be read, or where a section does
    not come out the same; the files are written then all the same.
    """
    path, out = meant(sessions_folder(), options.replay or LAST), Path(options.out)
    check_folder(out)
    by, sections = read(path)
    files = dict(
        clips_of(path.stem, sections, options.bars) if options.bars else whole(path.stem, sections)
    )
    write_files(out, files, force=options.force)
    told = [f"section {n}: {outcome(section)}" for n, section in enumerate(sections, 1)]
    if any(section.differs or section.failed for section in sections):
        raise LogError(f"{'; '.join(told)}; the log was written by {by}")
    return "\n".join((*told, f"written to {out}" if sections else "the log holds no music"))


def whole(stem: str, sections: Sequence[Section]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of all that was played, by their names."""
    for number, section in enumerate(sections, 1):
        for ending, content in contents(section):
            yield f"{stem}_{number}{ending}", content


def clips_of(stem: str, sections: Sequence[Section], bars: Bars) -> Iterator[tuple[str, bytes]]:
    """Yield clips of some bars, of each section that has them. Raises LogError where none has."""
    found: list[tuple[str, bytes]] = []
    for number, section in enumerate(sections, 1):
        name = stem if len(sections) == 1 else f"{stem}_{number}"
        found += clips(name, section.page, bars)
    if not found:
        raise LogError(f"nothing was played in bars {bars.first}-{bars.last}")
    yield from found


def read(path: Path) -> tuple[str, list[Section]]:
    """Return who wrote a log, and its sections, played again. Raises LogError."""
    try:
        with path.open(encoding="utf-8") as file:
            by = writer_of(file.readline())
            return " ".join(f"{k} {v}" for k, v in by.items()), sections_of(entries(file))
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"{path} cannot be read: {reason(error)}") from None
    except LogError as error:
        raise LogError(f"{path}: {error}") from None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file cannot be read."""
    return error.strerror or "" if isinstance(error, OSError) else "it is no text"


def sections_of(told: Iterable[Entry]) -> list[Section]:
    """Return the sections of a log. Raises LogError."""
    sections: list[Section] = []
    for entry in told:
        if isinstance(entry, Began):
            sections.append(Section(begin(entry)))
        elif sections:
            sections[-1].take(entry)
        elif not isinstance(entry, Report):
            raise LogError("it begins in the middle")
    return sections


def outcome(section: Section) -> str:
    """Return what became of a section, in a line."""
    tally, notes = section.replay.tally, sum(map(is_note, section.placed))
    said = f"{amount(tally.happenings, 'happening')}, {amount(notes, 'note')}"
    if section.differs or section.failed:
        return f"{said}: {section.differs or section.failed}"
    unproven = tally.happenings - section.proven.happenings
    tail = f", but for the last {unproven}, which nothing proves" if unproven else ""
    return f"{said}: the same as played{tail}{', up to where the log ends' if section.cut else ''}"


def is_note(placed: Placed) -> bool:
    """Return whether a message begins a note."""
    return placed.send.data[0] & 0xF0 == 0x90


def contents(section: Section) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a section by the endings of their names."""
    marks = [one for one in section.page if isinstance(one, Mark)]
    notes = [(p.place, p.send) for p in section.placed if isinstance(p.send, Send)]
    written = BytesIO()
    file_of(Recording(notes, tempos(marks)), FINER).save(file=written)
    yield ".mid", written.getvalue()
    rows = (HEADINGS, *map(row_of, section.placed))
    yield ".tsv", "".join(f"{row}\n" for row in rows).encode()


def row_of(placed: Placed) -> str:
    """Return a message as a row of the table."""
    sent = placed.send
    return f"{sent.at!r}\t{placed.place!r}\t{part_of(sent)}\t{sent.data.hex()}"

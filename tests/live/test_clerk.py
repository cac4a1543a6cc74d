"""The session log beside the music: all of it on a disk that follows, a word where it does not."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from loopwright.engine.happen import Woke
from loopwright.engine.journal import Began, Cut, Entry, entries
from loopwright.engine.report import Report
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds
from loopwright.live import clerk as clerks
from loopwright.live.clerk import BEHIND, GIVEN_UP, Clerk
from loopwright.live.inbox import Inbox
from loopwright.live.journal import LogFile


class Slow:
    """A disk that hangs until it is told to go on."""

    def __init__(self, path: Path) -> None:
        self.path, self.goes = path, Event()
        self.words = Inbox[str]()

    def begin(self) -> LogFile:
        self.goes.wait(60)
        return LogFile(self.path, self.words.put)

    def clerk(self, say: Callable[[str], None]) -> Clerk:
        return Clerk(self.begin, self.words, say)

    def lines(self) -> list[Entry]:
        return list(entries(self.path.read_text().splitlines(keepends=True)[1:]))


def woke(number: int) -> tuple[Entry, ...]:
    return (Woke(Seconds(float(number))),)


def test_what_a_slow_disk_has_not_taken_at_the_end_is_waited_for(tmp_path: Path) -> None:
    disk, said = Slow(tmp_path / "a.log"), list[str]()
    clerk = disk.clerk(said.append)
    told = [Began(Settings()), *(Woke(Seconds(float(n))) for n in range(BEHIND - 1))]
    for entry in told:
        clerk.take((entry,))
    disk.goes.set()
    assert clerk.close(Report()) == f"session log: {disk.path}"
    assert disk.lines() == [*told, Report()]
    assert said == []


def test_a_disk_that_hangs_ends_the_log_with_one_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, said = Slow(tmp_path / "a.log"), list[str]()
    clerk = disk.clerk(said.append)
    for number in range(3 * BEHIND):
        clerk.take(woke(number))
    assert said == [GIVEN_UP]
    monkeypatch.setattr(clerks, "PATIENCE", 0.0)
    assert clerk.close(Report()) == GIVEN_UP
    disk.goes.set()
    monkeypatch.undo()
    assert clerk.close(Report()) == GIVEN_UP
    # What is there has no hole in it, and tells where it ends.
    assert disk.lines() == [*(entry for n in range(BEHIND) for entry in woke(n)), Cut(), Report()]
    assert said == [GIVEN_UP]


def test_where_nothing_is_to_stay_the_log_goes(tmp_path: Path) -> None:
    disk, said = Slow(tmp_path / "a.log"), list[str]()
    disk.goes.set()
    clerk = disk.clerk(said.append)
    clerk.take(woke(0))
    assert clerk.close(None) == ""
    assert not disk.path.exists()
    assert said == []


def test_a_log_that_cannot_be_begun_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("mine")
    disk, said = Slow(tmp_path / "a.log"), list[str]()
    disk.goes.set()
    clerk = disk.clerk(said.append)
    for number in range(3):
        clerk.take(woke(number))
    assert clerk.close(Report()) == ""
    (word,) = said
    assert word.startswith("this session is not kept: ")
    assert (tmp_path / "a.log").read_text() == "mine"


def test_a_disk_that_takes_a_little_now_and_then_does_not_hold_the_end_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, said = Slow(tmp_path / "a.log"), list[str]()
    clerk = disk.clerk(said.append)
    clerk.take(woke(0))
    monkeypatch.setattr(clerks, "ENOUGH", 0.0)
    assert clerk.close(Report()) == GIVEN_UP
    disk.goes.set()

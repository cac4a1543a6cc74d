"""Sessions that are kept by themselves: how many, which one is meant, and what is told of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.engine.errors import LogError
from loopwright.engine.happen import Woke
from loopwright.engine.journal import Began, line_of
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds
from loopwright.live import diary
from loopwright.live.cli import main
from loopwright.live.diary import begun, kept, make_room, meant
from loopwright.live.falls import Restarts
from loopwright.live.journal import LogFile
from loopwright.live.messages import Noted
from loopwright.live.options import OFF
from loopwright.live.records import Records

WORDS = ("jam", "--midi-system", "none", "--loops", "1", "--tempo", "400", "--seed", "3")
MINE = ("mine.txt", "jam_mine.log", "jam_20260101-000000.log.gz")
BEGAN = Noted((Began(Settings()), Woke(Seconds(1.0))))


def jam(home: Path, *words: str) -> str:
    """Play one loop; return what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "loopwright.live", *WORDS, *words],
        cwd=home,
        env=os.environ | {"LOOPWRIGHT_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_every_session_can_be_written_down_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    said = jam(tmp_path)
    (log,) = (tmp_path / "sessions").iterdir()
    assert f"session log: {log} (loopwright render --replay last)" in said
    for number, name in enumerate(("last", log.stem, str(log))):
        out = tmp_path / f"out{number}"
        assert main(["render", "--replay", name, "--bars", "2-5", "--out", str(out)]) == 0
        assert f"{log.stem}_bar0002_4bar_400bpm.mid" in {file.name for file in out.iterdir()}
    assert main(["sessions"]) == 0
    told = capsys.readouterr().out
    assert ": the same as played" in told
    assert f"\n{log.stem} " in told
    assert " of music, loops: 1 " in told


def test_a_session_that_nobody_wants_is_not_kept(tmp_path: Path) -> None:
    said = jam(tmp_path, "--log", "off")
    assert "session log" not in said
    assert not (tmp_path / "sessions").exists()
    jam(tmp_path, "--log", str(tmp_path / "here.log"))
    assert (tmp_path / "here.log").is_file()
    assert not (tmp_path / "sessions").exists()


def test_where_nothing_was_played_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    said = list[str]()
    records = Records(None, said.append)
    records.take(BEGAN)
    assert records.close(Restarts(), began=True) == []
    assert (tmp_path / "sessions").is_dir()
    assert kept(tmp_path / "sessions") == []
    assert said == []


@pytest.mark.parametrize("home", ["", "x" * 300])  # no system has names that long
def test_where_there_is_no_place_one_line_says_so_and_the_music_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (tmp_path / "sessions").write_text("in the way")
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / home))
    said = list[str]()
    records = Records(None, said.append)
    for _ in range(3):
        records.take(BEGAN)
    assert records.close(Restarts(), began=True) == []
    (word,) = said
    assert word.startswith("this session is not kept: ")
    assert (tmp_path / "sessions").read_text() == "in the way"
    Records(OFF, said.append).take(BEGAN)
    assert len(said) == 1


def sessions(folder: Path, count: int, size: int = 10) -> list[Path]:
    """Sessions, each a day newer than the one before, whose files were copied in reverse."""
    folder.mkdir()
    made = [folder / f"{session(number)}.log" for number in range(count)]
    for number, path in enumerate(made):
        path.write_bytes(bytes(size))
        os.utime(path, (60 * (count - number), 60 * (count - number)))
    for mine in MINE:
        (folder / mine).write_text("mine")
    return made


def session(number: int) -> str:
    """Return a name: the clock of this machine went backwards from day to day."""
    return f"jam_{number + 95:04}_202601{30 - number:02}-203000"


def test_the_latest_sessions_stay(tmp_path: Path) -> None:
    made = sessions(tmp_path / "s", 30)
    make_room(tmp_path / "s")
    assert kept(tmp_path / "s") == made[-(diary.MOST - 1) :]
    assert all((tmp_path / "s" / mine).exists() for mine in MINE)


def test_few_large_sessions_have_the_room_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sessions(tmp_path / "s", 5, 100)
    monkeypatch.setattr(diary, "ROOM", 250)
    make_room(tmp_path / "s")
    assert kept(tmp_path / "s") == made[-2:]


def test_sessions_are_numbered_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jam_20991231-000000.log").touch()  # an older one's, of a clock that was wrong
    dates = ["20260101-000000", "20991231-000000", "19700101-000000", "19700101-000000"]
    for date in dates:
        monkeypatch.setattr(diary, "strftime", {"%Y%m%d-%H%M%S": date}.__getitem__)
        begun(tmp_path, print).close(BEGAN.entries[1])
    named = [f"jam_{number:04}_{date}" for number, date in enumerate(dates, 1)]
    assert [path.stem for path in kept(tmp_path)] == ["jam_20991231-000000", *named]
    assert meant(tmp_path, "last").stem == "jam_0004_19700101-000000"


def test_two_that_begin_at_once_have_a_log_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: Path) -> list[Path]:
        return []

    monkeypatch.setattr(diary, "kept", nothing)  # neither sees the other
    monkeypatch.setattr(diary, "strftime", {"%Y%m%d-%H%M%S": "20260101-000000"}.__getitem__)
    logs = [begun(tmp_path, print) for _ in range(3)]
    assert len(list(tmp_path.iterdir())) == len(logs)
    monkeypatch.setattr(diary, "MOST_AT_ONCE", 4)
    with pytest.raises(LogError, match="holds too many sessions of this moment"):
        begun(tmp_path, print)
    for log in logs:
        log.drop()


def test_a_name_means_a_file_then_a_session(tmp_path: Path) -> None:
    made = sessions(tmp_path / "s", 3)
    assert meant(tmp_path / "s", "last") == made[-1]
    assert meant(tmp_path / "s", session(1)) == made[1]
    assert meant(tmp_path / "s", str(made[0])) == made[0]
    assert meant(tmp_path / "s", "nowhere") == Path("nowhere")
    for nowhere in ("empty", "x" * 300):
        with pytest.raises(LogError, match="no session was kept yet in"):
            meant(tmp_path / nowhere, "last")
    assert meant(tmp_path / "s", "x" * 300) == Path("x" * 300)


def test_a_log_that_was_deleted_meanwhile_is_not_promised(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", print)
    (tmp_path / "a.log").unlink()
    assert (
        log.close(BEGAN.entries[1]) == f"the session log is gone: {tmp_path / 'a.log'} was deleted"
    )
    log.drop()


def test_a_log_ends_where_it_is_long_enough(tmp_path: Path) -> None:
    said = list[str]()
    line = len(line_of(BEGAN.entries[1]))
    log = LogFile(tmp_path / "a.log", said.append, 300 + 10 * line)
    for _ in range(40):
        log.take(BEGAN.entries[1:])
    (word,) = said
    assert word == log.close(BEGAN.entries[1]) == "the session log ends here: it is long enough"
    text = (tmp_path / "a.log").read_text()
    assert len(text) <= 300 + 10 * line
    assert text.endswith("\n")


def test_what_is_no_whole_session_is_listed_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    assert main(["sessions"]) == 0
    assert capsys.readouterr().out.startswith("the latest 20 are kept in ")
    sessions(tmp_path / "sessions", 2)
    assert main(["sessions"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{session(1)} ")
    assert "still playing, or cut off" in first
    assert second.startswith(f"{session(0)} ")

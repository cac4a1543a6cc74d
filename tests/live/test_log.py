"""`jam --log` and `render --replay`: what was heard is what the log plays again."""

# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import mido
import pytest
from jack_heard import Event, is_off, is_on
from jack_session import RATE, Starter, jack_server, session, starter
from whereabouts import child_of, killed_after

from loopwright.engine import conduct
from loopwright.engine.errors import LogError
from loopwright.engine.happen import Recalled, Woke
from loopwright.engine.journal import Began, Tally, entries, line_of
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds
from loopwright.live.board import Board
from loopwright.live.cli import main
from loopwright.live.inbox import Inbox
from loopwright.live.journal import LogFile
from loopwright.live.messages import Begin, Noted
from loopwright.live.performer import Performer
from loopwright.live.replay import outcome, sections_of
from loopwright.live.scribe import HELD, Scribe
from loopwright.live.tape import Tape
from loopwright.live.wire import Wire

Row = tuple[float, str, bytes]


def rows(file: Path) -> list[Row]:
    """The table that a replay writes: second, part, message."""
    cells = [line.split("\t") for line in file.read_text().splitlines()[1:]]
    return [(float(at), part, bytes.fromhex(data)) for at, _, part, data in cells]


def replay(log: Path, out: Path) -> int:
    return main(["render", "--replay", str(log), "--out", str(out)])


def channel_messages(file: Path) -> list[list[bytes]]:
    """Every track's messages of channels, in order."""
    tracks = mido.MidiFile(file).tracks[1:]
    return [[bytes(m.bytes()) for m in track if not m.is_meta] for track in tracks]


def start_jam(
    folder: Path, *words: str, keyboard: int = subprocess.DEVNULL
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "loopwright.live", "jam", "--midi-system", "none", *words]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"LOOPWRIGHT_HOME": str(folder)},
        stdin=keyboard,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_log_plays_what_was_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, take = tmp_path / "jam.log", tmp_path / "take.mid"
    words = ("--loops", "1", "--tempo", "400", "--seed", "3")
    jam = start_jam(tmp_path, *words, "--log", str(log), "--record", str(take))
    said, _ = jam.communicate(timeout=60)
    assert jam.returncode == 0
    assert "report: 0:0" in said
    assert f"session log: {log}" in said
    assert replay(log, tmp_path / "out") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("section 1: ")
    assert told[0].endswith(" notes: the same as played")
    assert channel_messages(tmp_path / "out" / "jam_1.mid") == channel_messages(take)
    assert [m for track in channel_messages(take) for m in track if m[0] & 0xF0 == 0x90]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_player_that_falls_begins_another_section(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "jam.log"
    said = ""
    with start_jam(tmp_path, "--tempo", "400", "--log", str(log)) as jam, killed_after(40.0, jam):
        assert jam.stdout is not None
        for line in jam.stdout:
            if "running" in line and "failed" in said:
                break
            if "running" in line and "player" not in said:
                os.kill(child_of(jam.pid, "player"), signal.SIGKILL)
                said += "the player is killed; "
            said += line
        jam.send_signal(signal.SIGINT)
        said += jam.stdout.read()
    assert jam.returncode == 0
    assert "player 1x" in said, said
    assert replay(log, tmp_path / "out") == 0
    told = capsys.readouterr().out.splitlines()
    assert [line[:10] for line in told[:2]] == ["section 1:", "section 2:"]
    assert all("the same as played" in line for line in told[:2])
    last = json.loads(log.read_text().splitlines()[-1])
    assert last["Report"]["restarts"]["player"] == 1


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    with jack_server() as environment, starter(environment, tmp_path) as lent:
        yield lent


def key_of(message: bytes) -> tuple[int, int]:
    """The channel and pitch of a note's message."""
    return message[0] & 0x0F, message[1]


def notes_of(events: list[Event]) -> list[tuple[int, int]]:
    """Where each note begins and ends among the events, without lone ends."""
    begun, notes = dict[tuple[int, int], int](), list[tuple[int, int]]()
    for place, (_, message) in enumerate(events):
        if is_on(message):
            begun[key_of(message)] = place
        elif is_off(message) and (began := begun.pop(key_of(message), None)) is not None:
            notes.append((began, place))
    return notes


def without_called_back(sent: list[Event], came: list[Event]) -> tuple[list[Event], list[Event]]:
    """What a log sends and what a client heard, without the notes that a stop called back.

    In the log such a note ends as it begins. Outside only its end is heard, if anything; but on a
    busy machine the stop may be late, and the note has begun: as many of its key may have sounded,
    and no more, after all others of that key.
    """
    notes = notes_of(sent)
    lasting = [(began, ended) for began, ended in notes if sent[began][0] < sent[ended][0]]
    left = Counter(key_of(sent[began][1]) for began, _ in lasting)
    gone = Counter(key_of(sent[began][1]) for began, _ in notes) - left
    heard = list[tuple[int, int]]()
    for began, ended in sorted(notes_of(came)):
        key = key_of(came[began][1])
        left[key] -= 1
        if left[key] >= 0:
            heard.append((began, ended))
    assert all(-more <= gone[key] for key, more in left.items())
    return picked(sent, lasting), picked(came, heard)


def picked(events: list[Event], notes: list[tuple[int, int]]) -> list[Event]:
    """The events of these notes, in order."""
    return [events[place] for place in sorted(place for note in notes for place in note)]


def test_a_stop_that_came_late_has_no_more_notes_sound_than_it_called_back() -> None:
    on, off, late_on, late_off = b"\x99$R", b"\x89$@", b"\x99*R", b"\x89*@"
    kept: list[Event] = [(10, on), (20, off)]
    sent: list[Event] = [*kept, (30, late_on), (30, late_off)]
    sounded: list[Event] = [*kept, (30, late_on), (35, late_off)]
    for came in (kept, [*kept, (30, late_off)], sounded):
        assert without_called_back(sent, came) == (kept, kept)
    with pytest.raises(AssertionError):
        without_called_back(sent, [*sounded, (40, late_on), (45, late_off)])
    with pytest.raises(AssertionError):
        without_called_back(kept, sounded)


@pytest.mark.jack
def test_a_log_plays_to_the_frame_what_a_client_of_jack_heard(
    start: Starter, tmp_path: Path
) -> None:
    log = tmp_path / "jam.log"
    heard = session(start, 4.0, "--seed", "7", "--log", str(log))
    assert replay(log, tmp_path / "out") == 0
    sent = rows(tmp_path / "out" / "jam_1.tsv")
    for port, came in heard.parts.items():
        part = port.removeprefix("Loopwright ").lower()
        of_part = [(round(at * RATE) % 2**32, data) for at, of, data in sent if of == part]
        wanted, events = without_called_back(of_part, came)
        assert [data for _, data in events] == [data for _, data in wanted]
        late = [frame - due for (frame, _), (due, _) in zip(events, wanted, strict=True)]
        # Nothing leaves early; what a busy machine handed over late left late, and that is rare.
        assert min(late) >= 0
        assert late.count(0) >= 0.9 * len(late) > 20


TOO_HIGH, LOW = (Loop((Note(0, 6, pitch, 90, Part.BASS),)) for pitch in (300, 40))
ALONE = line_of(Began(Settings(follow_clock=False)))
BEGAN = line_of(Began(Settings()))
WOKE, LATER = line_of(Woke(Seconds(1.0))), line_of(Woke(Seconds(2.0)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("MThd nonsense", "jam.log: this is no session log of Loopwright"),
        ('{"log": 2}\n', "jam.log: log version 2 is unknown: this Loopwright reads 1"),
        ('{"log": 1}\nwhat\n', "jam.log: line 2: this is no JSON"),
        (f'{{"log": 1}}\n{WOKE}', "jam.log: it begins in the middle"),
        (
            '{"log": 1, "by": {"loopwright": "9"}}\n'
            f"{BEGAN}{WOKE}{line_of(Tally(1, 0, 'abc'))}",
            "section 1: 1 happening, 0 notes: differs from what was played between happenings 0 "
            "and 1, by bar 1 of its file (second 1.000); the log was written by loopwright 9",
        ),
        (
            f'{{"log": 1}}\n{ALONE}{line_of(Recalled(TOO_HIGH, Seconds(1.0)))}{LATER}',
            "section 1: 1 happening, 0 notes: fails at happening 2: ValueError: bytes must be in "
            "range(0, 256) (midi.py:{line}); the log was written by ",
        ),
        (
            f'{{"log": 1}}\n{ALONE}{line_of(Recalled(LOW, Seconds(1.0)))}'
            f"{line_of(Woke(Seconds(1e9)))}",
            "jam.log: its clock leaps from second 1.0 to 1000000000.0",
        ),
        (
            f'{{"log": 1}}\n{BEGAN}{line_of(Woke(Seconds(1e9)))}{LATER}',
            "jam.log: its clock leaps from second 1000000000.0 to 2.0",
        ),
        (
            '{"log": 1}\n{"Began":{"settings":{"parameters":{"tempo":1e-9}}}}\n',
            "jam.log: tempo is outside its range in its settings",
        ),
        ('{"log": 1}\n{"Woke":{"at":"inf"}}\n', "line 2: Woke has no second that it happened at"),
        (f'{{"log": 1}}\n{"[" * 100_000}\n', "line 2: this is no JSON"),
    ],
)
def test_a_log_that_is_none_or_differs_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, says: str
) -> None:
    log = tmp_path / "jam.log"
    log.write_text(content)
    assert replay(log, tmp_path / "out") == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert re.sub(r"\.py:\d+", ".py:{line}", line).endswith(says.rstrip())


def test_nothing_is_overwritten_and_nothing_else_is_rendered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "jam.log"
    log.write_text(f'{{"log": 1}}\n{BEGAN}{WOKE}')
    assert replay(log, tmp_path) == 0
    assert "but for the last 1, which nothing proves" in capsys.readouterr().out
    assert replay(log, tmp_path) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["render", "--replay", str(log), "--seed", "3"]) == 2
    assert "it goes without --seed" in capsys.readouterr().err
    assert main(["render", "--replay", str(tmp_path / "no.log")]) == 2
    assert "no.log cannot be read" in capsys.readouterr().err
    (tmp_path / "no.txt").write_bytes(b"\xff\xfe")
    assert main(["render", "--replay", str(tmp_path / "no.txt")]) == 2
    assert "no text" in capsys.readouterr().err


def test_a_log_is_not_written_over_another(tmp_path: Path) -> None:
    said = list[str]()
    file = LogFile(tmp_path / "deep" / "x.log", said.append)
    file.take([Woke(Seconds(1.0))])
    # What a crash would leave: the file is not closed yet.
    assert (tmp_path / "deep" / "x.log").read_text().endswith(WOKE)
    with pytest.raises(LogError, match="is not overwritten"):
        LogFile(tmp_path / "deep" / "x.log", said.append)
    with pytest.raises(LogError, match="cannot be written"):
        LogFile(tmp_path / "deep" / "x.log" / "y.log", said.append)
    assert str(tmp_path) in file.close(Woke(Seconds(2.0)))
    assert said == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_ends_the_log_and_not_the_music(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415

    said = list[str]()
    log = LogFile(tmp_path / "x.log", said.append)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        for _ in range(3):
            log.take([Woke(Seconds(1.0))] * 200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (word,) = said
    assert word.startswith("the session log ends here: File too large")
    assert log.close(Woke(Seconds(2.0))) == word
    assert list(entries((tmp_path / "x.log").read_text().splitlines(keepends=True)[1:]))


def test_a_player_that_nobody_listens_to_ends_its_log_and_nothing_else() -> None:
    ours, theirs = Pipe()
    wire = Wire(ours, lambda _: None)
    scribe = Scribe(wire, Settings(), "none")
    for _ in range(300):
        wire.post(b"status" * 1000)  # the app stands still: the pipe fills, then the queue
    state, wishes = conduct.opening(Settings())
    scribe.opened(wishes)
    for _ in range(HELD + 10):
        scribe.note(Woke(Seconds(1.0)))
        state, wishes = conduct.step(state, Woke(Seconds(1.0)))
        scribe.count(wishes)
    scribe.tell()
    assert wire.waiting > 100
    for _ in range(300):
        theirs.recv()
    scribe.tell()
    noted = theirs.recv()
    assert isinstance(noted, Noted)
    assert len(noted.entries) == HELD + 2
    (section,) = sections_of(noted.entries)
    assert outcome(section).endswith("the same as played, up to where the log ends")
    wire.finish(1.0)
    theirs.close()
    ours.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_key_prints_the_report(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    said = ""
    with start_jam(tmp_path, "--tempo", "300", keyboard=theirs) as jam, killed_after(40.0, jam):
        assert jam.stdout is not None
        for line in jam.stdout:
            said += line
            if "running" in line and "loop 1" in line and "report" not in said:
                os.write(ours, b"r")
            if "started again: nothing" in line:
                break
        assert "report: 0:0" in said
        assert "host's clock: none was heard" in said
        os.write(ours, b"q")
        assert "report: 0:0" in jam.stdout.read()
    assert jam.returncode == 0
    os.close(ours)
    os.close(theirs)


def test_what_a_player_dies_of_is_in_its_log() -> None:
    ours, theirs = Pipe()
    wire = Wire(ours, lambda _: None)
    told: Inbox[object] = Inbox()
    told.put(Recalled(TOO_HIGH, Seconds(0.0)))
    begin = Begin(Settings(follow_clock=False), log=True)
    player = Performer(wire, told, Tape(wire.post), Board(), begin)
    with pytest.raises(ValueError, match="range"):
        player.play(None)
    wire.finish(1.0)
    ours.close()
    said = iter(lambda: theirs.recv() if theirs.poll() else None, None)
    log = [entry for value in said if isinstance(value, Noted) for entry in value.entries]
    (section,) = sections_of(log)
    count = section.replay.tally.happenings + 1
    assert f"fails at happening {count}: ValueError" in outcome(section)
    theirs.close()


def test_a_jam_that_never_began_leaves_no_log_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "a.log"
    assert main(["jam", "--midi-system", "none", "--lead", "--log", str(log)]) == 2
    assert "no MIDI system" in capsys.readouterr().err
    assert not log.exists()

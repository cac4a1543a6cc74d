"""The real command with the preset that ships: three processes, and what happens when one dies."""

# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import mido
import pytest
from whereabouts import alive, all_gone, child_of, children_of, killed_after

from loopwright.engine.schedule import LATEST

PATIENCE = 30.0
SLOTS = (("first-light", "verse"), ("yardsticks/loop-cnn", "chorus"), ("nowhere", "bridge"))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Jam:
    """A `loopwright jam` without a MIDI system."""

    def __init__(self, folder: Path, *words: str, keyboard: int = subprocess.DEVNULL) -> None:
        self.folder = folder
        command = ["-m", "loopwright.live", "jam", "--midi-system", "none", *words]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=os.environ | {"LOOPWRIGHT_HOME": str(folder)},
            stdin=keyboard,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = list[str]()

    def wait_for(self, *words: str) -> str:
        """Read on until a line holds all the words."""
        assert self.process.stdout is not None
        with killed_after(PATIENCE, self.process):
            for line in self.process.stdout:
                self.lines.append(line)
                if all(word in line for word in words):
                    return line
        raise AssertionError(f"{words} never came: {self.lines}")

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(10)

    def recorded(self) -> mido.MidiFile:
        """The MIDI file that was written."""
        (file,) = (self.folder / "takes").iterdir()
        return mido.MidiFile(file)


@pytest.fixture
def start(tmp_path: Path) -> Iterator["list[Jam]"]:
    """A list for the jams of a test; those that still run at its end are killed."""
    jams = list[Jam]()
    yield jams
    for jam in jams:
        jam.process.kill()
        jam.process.communicate()


def notes_of(file: mido.MidiFile) -> tuple[list[tuple[int, int]], int]:
    """The note-ons as (tick, pitch), and how many notes were not ended."""
    onsets, sounding = list[tuple[int, int]](), set[tuple[int, int, int]]()
    for number, track in enumerate(file.tracks):
        tick = 0
        for message in track:
            tick += message.time
            data = message.bytes() if not message.is_meta else [0xFF]
            if data[0] & 0xF0 == 0x90 and data[2]:
                onsets.append((tick, data[1]))
                sounding.add((number, data[0] & 0x0F, data[1]))
            elif data[0] & 0xE0 == 0x80:
                sounding.discard((number, data[0] & 0x0F, data[1]))
    return onsets, len(sounding)


def test_one_loop_without_a_midi_system(start: list[Jam], tmp_path: Path) -> None:
    jam = Jam(tmp_path, "--loops", "1", "--tempo", "400", "--flat", "--seed", "3")
    start.append(jam)
    jam.wait_for("no MIDI system")
    jam.wait_for("recorded to", str(tmp_path))
    assert jam.process.wait(10) == 0
    file = jam.recorded()
    assert file.type == 1
    assert file.ticks_per_beat == 480
    onsets, hanging = notes_of(file)
    assert not hanging
    assert (0, 36) in onsets
    assert max(tick for tick, _ in onsets) < 8 * 4 * 480
    late = [(tick + 1) % 120 - 1 for tick, _ in onsets]
    assert median(late) <= 1
    assert max(late) <= LATEST * 400 / 60 * 480 + 1  # a busy machine may be, and says so


@LINUX
def test_the_music_survives_the_death_of_player_and_composer(
    start: list[Jam], tmp_path: Path
) -> None:
    jam = Jam(tmp_path, "--every", "1", "--tempo", "400")
    start.append(jam)
    jam.wait_for("running", "loop 1")
    os.kill(child_of(jam.process.pid, "composer"), signal.SIGKILL)
    jam.wait_for("the composer failed and was started again")
    os.kill(child_of(jam.process.pid, "player"), signal.SIGKILL)
    jam.wait_for("the player failed and was started again")
    jam.wait_for("running", "loop 2")
    children = children_of(jam.process.pid)
    assert sorted(children.values()) == ["composer", "player", "tracker"]
    assert jam.end(signal.SIGINT) == 0
    assert all_gone(children)
    assert notes_of(jam.recorded())[1] == 0


@LINUX
def test_a_stuck_player_is_replaced(start: list[Jam], tmp_path: Path) -> None:
    jam = Jam(tmp_path, "--tempo", "300")
    start.append(jam)
    jam.wait_for("running", "loop 1")
    player = child_of(jam.process.pid, "player")
    os.kill(player, signal.SIGSTOP)
    jam.wait_for("the player failed and was started again")
    assert not alive(player)
    assert jam.end(signal.SIGTERM) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_keys_step_through_slots_and_what_cannot_be_had_stops_nothing(
    start: list[Jam], tmp_path: Path
) -> None:
    slots = [f'[[slot]]\npreset = "{n}"\ntitle = "{t}"\n' for n, t in SLOTS]
    (tmp_path / "set.toml").write_text("".join(slots))
    ours, theirs = os.openpty()
    words = ("--tempo", "400", "--slots", "set.toml", "--log", "jam.log")
    jam = Jam(tmp_path, *words, keyboard=theirs)
    start.append(jam)
    jam.wait_for("running", "verse", "loop 1")
    os.write(ours, b".")
    jam.wait_for("next: chorus")
    jam.wait_for("chorus", "loop 2")
    os.write(ours, b".")
    jam.wait_for("bridge cannot be had: no such preset: 'nowhere'")
    os.write(ours, b",")
    jam.wait_for("verse", "loop 3")
    os.write(ours, b"q")
    assert jam.process.wait(10) == 0
    assert notes_of(jam.recorded())[1] == 0
    replayed = subprocess.run(
        [
            sys.executable,
            "-m",
            "loopwright.live",
            "render",
            "--replay",
            "jam.log",
            "--out",
            "heard",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "the same as played" in replayed.stdout
    os.close(ours)
    os.close(theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_key_keeps_the_loop_and_another_ends(start: list[Jam], tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    jam = Jam(tmp_path, "--tempo", "300", keyboard=theirs)
    start.append(jam)
    jam.wait_for("running", "loop 1")
    os.write(ours, b"k")
    jam.wait_for("kept as", "backbeat-kept")
    os.write(ours, b"q")
    assert jam.process.wait(10) == 0
    kept = tmp_path / "presets" / "backbeat-kept"
    assert "[[loops]]" in (kept / "preset.toml").read_text()
    assert len(list((kept / "loops").iterdir())) == 1
    os.close(ours)
    os.close(theirs)


@LINUX
def test_nobody_outlives_the_app(start: list[Jam], tmp_path: Path) -> None:
    jam = Jam(tmp_path, "--tempo", "300")
    start.append(jam)
    jam.wait_for("running", "loop 1")
    children = children_of(jam.process.pid)
    jam.end(signal.SIGKILL)
    assert all_gone(children)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--preset", "no-such"), "no such preset"),
        (("--port", "nothing"), "no MIDI system here"),
        (("--record", "here.mid"), "not overwritten"),
        (("--log", "here.mid"), "not overwritten"),
        (("--recall", "x"), "no loop 'x' was kept"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    start: list[Jam], tmp_path: Path, words: tuple[str, str], says: str
) -> None:
    (tmp_path / "here.mid").write_bytes(b"mine")
    jam = Jam(tmp_path, *words)
    start.append(jam)
    out, _ = jam.process.communicate(timeout=20)
    assert jam.process.returncode == 2
    (line,) = out.splitlines()
    assert line.startswith("loopwright: ")
    assert says in line
    assert (tmp_path / "here.mid").read_bytes() == b"mine"

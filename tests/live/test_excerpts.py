"""`render --replay LOG --bars 2-5`: bars of a session, as clips that end where they should."""

# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import os
import subprocess
import sys
from pathlib import Path

import mido
import pytest

from loopwright.live.cli import main

Note = tuple[int, int, int]  # tick, length, pitch


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the log of a jam of one loop, at 400 BPM."""
    folder = tmp_path_factory.mktemp("jam")
    words = ("--midi-system", "none", "--loops", "1", "--tempo", "400", "--seed", "3", "--log")
    subprocess.run(
        [sys.executable, "-m", "loopwright.live", "jam", *words, "jam.log"],
        cwd=folder,
        env=os.environ | {"LOOPWRIGHT_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return folder / "jam.log"


def notes_of(file: Path, track: str) -> list[Note]:
    """The notes of a track, in its own ticks."""
    found: list[Note] = []
    for one in mido.MidiFile(file).tracks:
        if one.name != track:
            continue
        tick, sounding = 0, dict[int, int]()
        for message in one:
            tick += message.time
            if message.type == "note_on":
                sounding[message.note] = tick
            elif message.type == "note_off":
                began = sounding.pop(message.note)
                found.append((began, tick - began, message.note))
        assert not sounding
    return sorted(found)


def bars(log: Path, out: Path, which: str) -> list[Path]:
    words = ["render", "--replay", str(log), "--bars", which, "--out", str(out)]
    assert main(words) == 0
    return sorted(out.iterdir())


def test_bars_become_a_clip_of_all_and_one_of_each_part(log: Path, tmp_path: Path) -> None:
    whole, bass, drums = bars(log, tmp_path, "2-5")
    assert whole.name == "jam_bar0002_4bar_400bpm.mid"
    assert bass.name == "jam_bar0002_4bar_400bpm_bass.mid"
    assert drums.name == "jam_bar0002_4bar_400bpm_drums.mid"
    for file in (whole, bass, drums):
        tracks = mido.MidiFile(file).tracks
        assert {sum(m.time for m in track) for track in tracks} == {4 * 4 * 480}
    assert notes_of(whole, "Drums") == notes_of(drums, "Drums")
    assert notes_of(whole, "Bass") == notes_of(bass, "Bass") != []


def test_bars_one_by_one_are_the_bars_together(log: Path, tmp_path: Path) -> None:
    together = notes_of(bars(log, tmp_path / "all", "1-8")[0], "Drums")
    singly: list[tuple[int, int]] = []
    for bar in range(1, 9):
        first, *_ = bars(log, tmp_path / str(bar), str(bar))
        singly += [(t + (bar - 1) * 4 * 480, p) for t, _, p in notes_of(first, "Drums")]
    assert [(tick, pitch) for tick, _, pitch in together] == sorted(singly)
    assert len(together) > 16


@pytest.mark.parametrize(
    ("which", "says"), [("900-999", "nothing was played in bars 900-999"), ("x", "--bars x")]
)
def test_bars_that_are_not_there_are_refused(
    log: Path, tmp_path: Path, which: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["render", "--replay", str(log), "--bars", which, "--out", str(tmp_path / "out")]
    assert main(words) == 2
    assert says in capsys.readouterr().err


def test_without_a_log_or_a_tune_bars_mean_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--bars", "3"]) == 2
    assert (
        "--bars goes with --continue MID, --phrase NAME, or --replay LOG" in capsys.readouterr().err
    )
    assert main(["render", "--continue", "x.mid", "--bars", "2-3"]) == 2
    assert "--bars 2-3: a whole number is needed" in capsys.readouterr().err

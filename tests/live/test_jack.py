"""What a host of JACK hears of us, judged by an independent client in frames."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from jack_heard import DRUMS, Heard, Note, errors, is_on, song, sounding_after, written
from jack_session import (
    BPM,
    HERE,
    PARTS,
    PERIOD,
    RATE,
    Starter,
    events_of,
    session,
    side_by_side,
)
from whereabouts import child_of

pytestmark = pytest.mark.jack

STEADY = {60: "60@768", 120: "120@768 120-160@768", 200: "200@1536 120@96 140@144 60@96 180@192"}
"""Eight bars and more of a steady tempo, and what the host does then."""
CHANCE = ("--seed", "7", "--device", "cpu-int8")


def rendered(folder: Path, loops: int) -> list[list[Note]]:
    """The loops that a jam with the same chance plays, by the command that plays nothing."""
    words = ("render", "--loops", str(loops), *CHANCE, "--out", str(folder))
    command = [sys.executable, "-m", "loopwright.live", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return written(folder)


def onsets(notes: Counter[Note]) -> Counter[tuple[str, int, int]]:
    """The same notes, whenever they end."""
    found = Counter[tuple[str, int, int]]()
    for note, count in notes.items():
        found[note[:3]] += count
    return found


def check_silence(heard: Heard) -> None:
    """Every note has its end, and after Stop there is nothing."""
    for part in PARTS:
        assert not sounding_after(heard.parts[part])
        assert max(frame for frame, _ in heard.parts[part]) < heard.stop + RATE // 10


def ninth_tenth(found: list[int]) -> int:
    """What nine errors of ten do not exceed: the rest is the machine's, when it is busy."""
    return found[len(found) * 9 // 10]


def test_three_hosts_hear_every_note_of_every_loop_on_their_clocks(
    start: Starter, tmp_path: Path
) -> None:
    loops = rendered(tmp_path / "loops", 3)
    start("-c", "while True: pass")  # beside this, the composers make every round a loop
    found = side_by_side(start, ("--flat", "--every", "1", *CHANCE), tuple(STEADY.values()))
    for heard, (bpm, plan) in zip(found, STEADY.items(), strict=True):
        steady = int(plan.split()[0].partition("@")[2])
        assert heard.notes(steady - 96) == song(loops, heard.ticks, steady - 96), bpm
        assert onsets(heard.notes(heard.ticks)) == onsets(song(loops, heard.ticks)), bpm
        check_silence(heard)
        # But for the downbeat, which nobody can know of before its clock has come.
        assert ninth_tenth(errors(heard, 1, steady)) <= 24, bpm
    _, ramp, steps = found
    assert ninth_tenth(errors(ramp, 768)) <= RATE // 200
    for begin, end in ((1536, 1632), (1632, 1776), (1776, 1872), (1872, 2064)):
        assert ninth_tenth(errors(steps, begin + 12, end)) <= RATE * 3 // 1000, begin


def test_loops_follow_a_host_through_python_rtmidi(start: Starter) -> None:
    start.block("jack")
    heard = session(start, 6.0, "--flat", "--seed", "7", bpm=150)
    check_silence(heard)
    # Well within a 16th, 4800 frames; `make bench` tells how near.
    assert ninth_tenth(errors(heard, 0)) <= 4 * PERIOD
    assert any(tick == 0 and pitch == 36 for tick, _, pitch in heard.onsets(DRUMS))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_player_that_dies_leaves_no_note_and_no_cable_behind(start: Starter) -> None:
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", "--tempo", BPM)
    ears = start(HERE / "jack_ears.py", *PARTS)
    ears.wait_for("connected")
    jam.wait_for("loop 1")
    time.sleep(0.5)
    os.kill(child_of(jam.process.pid, "player"), signal.SIGKILL)
    jam.wait_for("player failed")
    jam.wait_for("running")
    time.sleep(1.0)
    jam.process.send_signal(signal.SIGINT)
    assert jam.process.wait(5) == 0
    heard = ears.result()
    for part in PARTS:
        events = events_of(heard[part])
        assert not sounding_after(events)
        hushed = [f for f, m in events if m[0] & 0xF0 == 0xB0 and m[1] == 123]
        assert hushed
        assert any(is_on(m) and f > hushed[0] for f, m in events)

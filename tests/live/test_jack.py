"""What a host of JACK hears of us."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jack_session import (
    BASS,
    BPM,
    DRUMS,
    HERE,
    PERIOD,
    RATE,
    Heard,
    Starter,
    errors,
    is_on,
    jack_server,
    session,
    sounding_after,
    starter,
)
from whereabouts import child_of

pytestmark = pytest.mark.jack


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with jack_server() as environment:
        yield environment


@pytest.fixture
def start(server: dict[str, str], tmp_path: Path) -> Iterator[Starter]:
    with starter(server, tmp_path) as lent:
        yield lent


def bars(heard: Heard, first: int) -> set[tuple[str, int, int]]:
    """Three bars from step `first` on: (part, step from there, pitch)."""
    return {
        (part, step - first, pitch)
        for part in (DRUMS, BASS)
        for place, pitch in heard.onsets(part)
        if first <= (step := round(place / 6)) < first + 48
    }


def check_silence(heard: Heard) -> None:
    """Every note has its end, and after Stop there is nothing."""
    for part in (DRUMS, BASS):
        assert not sounding_after(heard.parts[part])
        assert max(frame for frame, _ in heard.parts[part]) < heard.stop + RATE // 10


def test_loops_follow_a_host_to_the_frame(start: Starter) -> None:
    heard = session(start, 8.0, "--every", "1", "--flat", "--seed", "7")
    check_silence(heard)
    # But for the downbeat, which nobody can know of before its clock has come.
    later = errors(heard, since=3)
    assert len(later) > 20
    assert later[len(later) * 9 // 10] <= 24
    first, second = bars(heard, 0), bars(heard, 128)
    assert first != second
    for loop in (first, second):
        assert (DRUMS, 0, 36) in loop
        assert any(part == BASS and step == 0 for part, step, _ in loop)


def test_loops_follow_a_host_through_python_rtmidi(start: Starter) -> None:
    start.block("jack")
    heard = session(start, 6.0, "--flat", "--seed", "7", bpm=150)
    check_silence(heard)
    # Well within a 16th, 4800 frames; `make bench` tells how near.
    assert errors(heard)[len(errors(heard)) * 9 // 10] <= 4 * PERIOD
    assert (DRUMS, 0, 36) in bars(heard, 0)


def test_stray_bytes_do_no_harm(start: Starter) -> None:
    heard = session(start, 2.0, "--flat", stray=True)
    assert errors(heard)
    assert not sounding_after(heard.parts[DRUMS])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_player_that_dies_leaves_no_note_and_no_cable_behind(start: Starter) -> None:
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", "--tempo", BPM)
    ears = start(HERE / "jack_ears.py", DRUMS, BASS)
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
    for part in (DRUMS, BASS):
        events = [(int(str(f)), bytes.fromhex(str(m))) for f, m in heard[part]]
        assert not sounding_after(events)
        hushed = [f for f, m in events if m[0] & 0xF0 == 0xB0 and m[1] == 123]
        assert hushed
        assert any(is_on(m) and f > hushed[0] for f, m in events)

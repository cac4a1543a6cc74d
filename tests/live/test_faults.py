"""Whatever falls: the music goes on, nothing hangs, and it is said. Real processes, real JACK.

An independent client judges, in frames; what was said is read from standard output.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from jack_heard import LOOP, Event, Heard, Note, errors, is_on, sounding_after, written
from jack_session import (
    HERE,
    PARTS,
    PATIENCE,
    PERIOD,
    RATE,
    Script,
    Starter,
    concert,
    events_of,
)
from whereabouts import all_gone, children_of

pytestmark = [
    pytest.mark.jack,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
CHANCE = ("--flat", "--seed", "7", "--device", "cpu-int8")
NEW = "send 9f2440"  # the note of channel 16 that asks for a new loop
MEMORY = 64 * 2**20  # bytes: less than the composer has already
BOTH = pytest.mark.parametrize("through", ["JACK-Client", "python-rtmidi"])


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> list[list[Note]]:
    """The loops of this chance, by the command that plays nothing."""
    folder = tmp_path_factory.mktemp("loops")
    words = ("render", "--loops", "2", *CHANCE[1:], "--out", str(folder))
    subprocess.run(
        [sys.executable, "-m", "loopwright.live", *words], check=True, stdout=subprocess.DEVNULL
    )
    return written(folder)


def choose(start: Starter, through: str) -> None:
    """Have JACK reached as wanted."""
    if through == "python-rtmidi":
        start.block("jack")


def onsets_of(loop: list[Note]) -> set[tuple[str, int, int]]:
    return {(part, begin, pitch) for part, begin, pitch, _ in loop}


def loop_from(loop: list[Note], tick: int) -> set[tuple[str, int, int]]:
    """The onsets of a loop that goes round twice, from a tick on."""
    twice = [(part, begin + shift, n) for part, begin, n, _ in loop for shift in (0, LOOP)]
    return {one for one in twice if one[1] >= tick}


def rounds(heard: Heard) -> dict[int, set[tuple[str, int, int]]]:
    """The onsets of each round of eight bars: part, tick from its bar 1, pitch."""
    found = dict[int, set[tuple[str, int, int]]]()
    for part in PARTS:
        for tick, _, pitch in heard.onsets(part):
            found.setdefault(tick // LOOP, set()).add((part, tick % LOOP, pitch))
    return found


def check_ends(parts: dict[str, list[Event]]) -> None:
    for events in parts.values():
        assert not sounding_after(events)


def process_of(jam: Script, member: str, after: int = 0) -> int:
    """The process id of the player or the composer, once there is one that is not `after`."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError):  # of one that ends while it is looked at
            found = [pid for pid, role in children_of(jam.process.pid).items() if role == member]
            if found and found != [after]:
                return found[0]
        time.sleep(0.05)
    raise AssertionError(f"there is no other {member}")


def test_the_loop_goes_round_whatever_becomes_of_the_composer(
    start: Starter, loops: list[list[Note]]
) -> None:
    played = concert(start, CHANCE, "300")
    time.sleep(0.5)
    played.host.tell("start")
    played.jam.wait_for("running")
    first = process_of(played.jam, "composer")
    os.kill(first, signal.SIGKILL)
    played.jam.wait_for("the composer failed and was started again")
    second = process_of(played.jam, "composer", after=first)
    time.sleep(1.0)
    os.kill(second, signal.SIGSTOP)
    third = process_of(played.jam, "composer", after=second)
    time.sleep(1.0)
    resource.prlimit(third, resource.RLIMIT_AS, (MEMORY, MEMORY))
    played.host.tell(NEW)
    process_of(played.jam, "composer", after=third)
    played.jam.wait_for("loop 2")
    time.sleep(6.4 + 1.0)
    played.host.tell("stop")
    time.sleep(0.3)
    heard = played.finish()
    check_ends(heard.parts)
    one, two = map(onsets_of, loops)
    whole = [notes for _, notes in sorted(rounds(heard).items())][:-1]
    assert len(whole) >= 2
    assert whole == [one] * (len(whole) - whole.count(two)) + [two] * whole.count(two)
    assert two in whole


@pytest.mark.parametrize(
    ("through", "how"),
    [
        ("JACK-Client", signal.SIGKILL),
        ("JACK-Client", signal.SIGSTOP),
        ("python-rtmidi", signal.SIGKILL),
    ],
)
def test_a_player_that_takes_over_goes_on_in_place(
    start: Starter, loops: list[list[Note]], through: str, how: signal.Signals
) -> None:
    choose(start, through)
    played = concert(start, CHANCE, "200")
    time.sleep(0.7)
    played.host.tell("start")
    played.jam.wait_for("running")
    time.sleep(2.0)
    os.kill(process_of(played.jam, "player"), how)
    played.jam.wait_for("the player failed and was started again")
    time.sleep(5.0)
    played.host.tell("stop")
    time.sleep(0.3)
    heard = played.finish()
    check_ends(heard.parts)
    onsets = sorted((t, part, pitch) for part in PARTS for t, _, pitch in heard.onsets(part))
    ticks = sorted({tick for tick, _, _ in onsets})
    pause, _, after = max((b - a, a, b) for a, b in pairwise(ticks))
    print(f"{through}, {how.name}: silent for {pause * 12.5:.0f} ms")
    # On the clock again after a beat; and no note missing, or elsewhere than in the loop.
    late = errors(heard, since=after + 24)
    assert late[len(late) * 9 // 10] <= (RATE // 1000 if through == "JACK-Client" else 8 * PERIOD)
    expected = {one for one in loop_from(loops[0], after + 24) if one[1] < heard.ticks - 6}
    played_on = {(part, t, n) for t, part, n in onsets if after + 24 <= t < heard.ticks - 6}
    assert len(expected) > 8
    if through == "JACK-Client":
        assert played_on == expected
    else:  # it knows the machine's clock alone, which is not quite that of a dummy server
        assert len(played_on) > len(expected) // 2


def test_without_the_app_everything_ends(start: Starter) -> None:
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", "--tempo", "300")
    ears = start(HERE / "jack_ears.py", *PARTS)
    ears.wait_for("connected")
    jam.wait_for("running")
    time.sleep(0.7)
    children = children_of(jam.process.pid)
    jam.process.kill()
    assert all_gone(children)
    heard = {part: events_of(told) for part, told in ears.result().items()}
    check_ends(heard)
    assert all(any(is_on(m) for _, m in events) for events in heard.values())


@BOTH
def test_a_named_port_may_go_and_come_back(
    start: Starter, loops: list[list[Note]], through: str
) -> None:
    choose(start, through)
    synth = start(HERE / "jack_synth.py", "synth")
    synth.wait_for("there")
    words = ("--midi-system", "jack", "--port", "SYNTH", "--tempo", "240", *CHANCE)
    jam = start("-m", "loopwright.live", "jam", *words)
    jam.wait_for("running")
    time.sleep(1.0)
    first = events_of(synth.result()["in"])
    jam.wait_for("'SYNTH' is away")
    synth = start(HERE / "jack_synth.py", "synth")
    synth.wait_for("there")
    while "away" in jam.wait_for("running"):
        pass
    time.sleep(2.0)
    jam.process.terminate()
    assert jam.process.wait(5) == 0
    second = events_of(synth.result()["in"])
    assert not sounding_after(second)
    begin, tick = first[0][0], RATE * 60 / (240 * 24)
    places = {
        (round((frame - begin) / tick) % LOOP, message[1])
        for frame, message in (*first, *second)
        if is_on(message)
    }
    assert any(is_on(message) for _, message in second)
    if through == "JACK-Client":  # whose clock is the one that is judged by
        assert places <= {(place, pitch) for _, place, pitch in onsets_of(loops[0])}


@BOTH
def test_a_name_that_fits_nothing_is_one_clear_line(start: Starter, through: str) -> None:
    choose(start, through)
    words = ("jam", "--midi-system", "jack", "--notes-from", "nobody")
    done = subprocess.run(
        [sys.executable, "-m", "loopwright.live", *words],
        env=start.environment | start.blocked,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "no MIDI input is called 'nobody'" in done.stderr
    assert done.stderr.count("\n") == 1

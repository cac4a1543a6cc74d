"""A real JACK server, a host that is not ours, and an independent client that listens."""

import json
import os
import shutil
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from whereabouts import killed_after

RATE, PERIOD, BPM = 48000, 256, 400
PATIENCE = 20.0
HERE = Path(__file__).parent
DRUMS, BASS = "Loopwright Drums", "Loopwright Bass"
Event = tuple[int, bytes]


@dataclass
class Script:
    """A process of the test that is told words and answers with a line of JSON at its end."""

    process: "subprocess.Popen[str]"

    def wait_for(self, word: str) -> str:
        """Read lines until one holds `word`, and return it; end the process if none comes."""
        assert self.process.stdout is not None
        with killed_after(PATIENCE, self.process):
            for line in self.process.stdout:
                if word in line:
                    return line
        raise AssertionError(f"{word!r} never came")

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def result(self) -> dict[str, list[list[object]]]:
        """End the script and return what it wrote down."""
        out, _ = self.process.communicate(timeout=10)
        return json.loads(out.splitlines()[-1])


@contextmanager
def jack_server() -> Generator[dict[str, str]]:
    """Lend the environment of a JACK server of its own."""
    name = f"loopwright-test-{os.getpid()}"
    words = f"--no-mlock -n {name} -S -d dummy -r {RATE} -p {PERIOD}".split()
    jackd = shutil.which("jackd")
    assert jackd is not None
    environment = os.environ | {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    with subprocess.Popen(
        [jackd, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(0.5)
        yield environment
        process.terminate()


@contextmanager
def starter(environment: dict[str, str], folder: Path) -> Generator["Starter"]:
    """Lend a way to start processes; those that still run at the end are killed."""
    lent = Starter(environment | {"LOOPWRIGHT_HOME": str(folder)}, folder)
    try:
        yield lent
    finally:
        for process in lent.processes:
            process.kill()
            process.communicate()


class Starter:
    """Starts Python processes beside the JACK server."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.blocked: dict[str, str] = {}
        self.processes: list[subprocess.Popen[str]] = []

    def block(self, module: str) -> None:
        """Have processes started from now on find `module` not installed."""
        (self.folder / "blocked").mkdir()
        (self.folder / "blocked" / f"{module}.py").write_text("raise ImportError")
        self.blocked = {"PYTHONPATH": str(self.folder / "blocked")}

    def __call__(self, *words: object) -> Script:
        process = subprocess.Popen(
            [sys.executable, *map(str, words)],
            env=self.environment | (self.blocked if "jam" in words else {}),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return Script(process)


@dataclass(frozen=True)
class Heard:
    """What the host sent and the ears heard, in frames."""

    clocks: list[int]
    begin: int  # the number of the clock that is tick 0
    stop: int  # the frame of Stop
    frames_a_tick: float
    parts: dict[str, list[Event]]

    def onsets(self, part: str) -> list[tuple[float, int]]:
        """The note-ons of a part: place in ticks, pitch."""
        return [(self.place(f), m[1]) for f, m in self.parts[part] if is_on(m)]

    def place(self, frame: int) -> float:
        """The place of a frame, in ticks from the downbeat, on the clock that was sent."""
        ticks = self.clocks[self.begin :]
        after = min(max(bisect_left(ticks, frame), 1), len(ticks) - 1)
        span = ticks[after] - ticks[after - 1]
        return after - 1 + (frame - ticks[after - 1]) / span


def is_on(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x90 and message[2] > 0


def is_off(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x80 or (message[0] & 0xF0 == 0x90 and not message[2])


def session(
    start: Starter, seconds: float, *words: str, stray: bool = False, bpm: float = BPM
) -> Heard:
    """Play a jam for so long after Start, then stop it and end everything."""
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", *words)
    ears = start(HERE / "jack_ears.py", DRUMS, BASS)
    host = start(HERE / "jack_host.py", bpm, "Loopwright In")
    jam.wait_for("next one ready")
    ears.wait_for("connected")
    host.wait_for("connected")
    time.sleep(0.7)
    if stray:
        host.tell("stray")
    host.tell("start")
    time.sleep(seconds)
    host.tell("stop")
    time.sleep(0.3)
    host.tell("end")
    sent = host.result()
    heard = ears.result()
    jam.process.terminate()
    assert jam.process.wait(5) == 0
    moves = {str(word): (int(str(f)), int(str(n))) for word, f, n in sent["moves"]}
    parts = {
        part: [(int(str(f)), bytes.fromhex(str(m))) for f, m in heard[part]]
        for part in (DRUMS, BASS)
    }
    clocks = [int(str(clock)) for clock in sent["clocks"]]
    return Heard(clocks, moves["start"][1], moves["stop"][0], RATE * 60 / (bpm * 24), parts)


def sounding_after(events: list[Event]) -> set[bytes]:
    """The notes that were begun and not ended."""
    sounding = set[bytes]()
    for _, message in events:
        note = bytes((message[0] & 0x0F, message[1]))
        if is_on(message):
            assert note not in sounding, "a note began while it sounded"
            sounding.add(note)
        elif is_off(message):
            sounding.discard(note)
    return sounding


def errors(heard: Heard, since: float = 0.0) -> list[float]:
    """How far, in frames, note-ons are from the 16th grid of the sent clock, in rising order.

    Those from tick `since` on: with 1, all but the downbeat, which no clock before announces.
    """
    places = [p for part in (DRUMS, BASS) for p, _ in heard.onsets(part) if p >= since]
    return sorted(abs(place - round(place / 6) * 6) * heard.frames_a_tick for place in places)

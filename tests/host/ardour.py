"""Ardour leads, Loopwright follows, an independent JACK client judges: `make test-host`.

Prints how far, in frames, note-ons lie from the sixteenths of the clock that Ardour sent. Needs
Debian's ardour and jackd2. Not part of `make test`: Ardour is large.
"""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).parent
EARS = HERE.parent / "live" / "jack_ears.py"
CLOCK, IN = "ardour:MIDI Clock out", "Loopwright In"
DRUMS, BASS = "Loopwright Drums", "Loopwright Bass"
ROLL = 34.0  # seconds: two loops at Ardour's 120 quarter notes a minute, and two bars
PERIOD = 256
Event = tuple[int, bytes]


@contextmanager
def running(*words: object, cwd: Path | None = None) -> Generator["subprocess.Popen[str]"]:
    """Run a process until the end of the block; it is told to end, then made to."""
    process = subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=cwd,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def tell(process: "subprocess.Popen[str]", word: str) -> None:
    """Send a line to a process."""
    assert process.stdin is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()


def await_line(process: "subprocess.Popen[str]", word: str) -> None:
    """Read what a process prints until a line holds `word`. Raises RuntimeError at its end."""
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    raise RuntimeError(f"{word!r} never came")


def connect(source: str, target: str) -> None:
    """Connect two JACK ports, waiting up to 20 s for them. Raises RuntimeError."""
    for _ in range(100):
        there = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False).stdout
        targets = [line for line in there.splitlines() if target in line]
        if source in there and targets:
            subprocess.run(["jack_connect", source, targets[0]], check=True)
            return
        time.sleep(0.2)
    raise RuntimeError(f"{source} and {target} were never both there")


def listen(folder: Path) -> dict[str, list[Event]]:
    """Let Ardour roll and stop; return what was heard on its clock and on our parts."""
    with ExitStack() as stack:
        ardour = stack.enter_context(running("ardour7-lua", HERE / "ardour.lua", folder / "song"))
        await_line(ardour, "ready")
        loopwright = [sys.executable, "-m", "loopwright.live", "jam", "--midi-system", "jack"]
        jam = stack.enter_context(running(*loopwright, "--every", "1", "--flat", cwd=folder))
        await_line(jam, "next one ready")
        connect(CLOCK, IN)
        ears = stack.enter_context(running(sys.executable, EARS, CLOCK, DRUMS, BASS))
        await_line(ears, "connected")
        tell(ardour, "roll")
        time.sleep(ROLL)
        tell(ardour, "stop")
        time.sleep(0.5)
        heard = json.loads(ears.communicate(timeout=10)[0].splitlines()[-1])
        tell(ardour, "end")
        ardour.wait(20)
    return {
        name: [(frame, bytes.fromhex(data)) for frame, data in events]
        for name, events in heard.items()
    }


def ticks(clock: list[Event]) -> list[int]:
    """Return the frames of the clocks from Start on."""
    start = next(frame for frame, data in clock if data == b"\xfa")
    return [frame for frame, data in clock if data == b"\xf8" and frame >= start]


def hanging(events: list[Event]) -> set[tuple[int, int]]:
    """Return the notes, as channel and pitch, that were begun and not ended."""
    sounding = set[tuple[int, int]]()
    for _, data in events:
        note = (data[0] & 15, data[1])
        if data[0] & 0xF0 == 0x90:
            sounding.add(note)
        elif data[0] & 0xF0 == 0x80:
            sounding.discard(note)
    return sounding


def report(heard: dict[str, list[Event]]) -> int:
    """Print the figures; return 0 where they hold, else 1."""
    clock = ticks(heard[CLOCK])
    notes = heard[DRUMS] + heard[BASS]
    onsets = [frame for frame, data in notes if data[0] & 0xF0 == 0x90]
    # One step more: what was handed over ahead may sound where the host just stopped.
    steps = [*clock[::6], clock[::6][-1] + clock[6] - clock[0]]
    far = sorted(min(abs(frame - step) for step in steps) for frame in onsets)
    left = hanging(heard[DRUMS]) | hanging(heard[BASS])
    second = sum(abs(frame - clock[768]) <= PERIOD for frame in onsets)
    print(f"clocks {len(clock)}, note-ons {len(onsets)}, notes left sounding {len(left)}")
    p50, p99 = far[len(far) // 2], far[len(far) * 99 // 100]
    print(f"from the grid, in frames: p50 {p50}, p99 {p99}, worst {far[-1]}")
    print(f"note-ons at the first step of loop 2 (tick 768): {second}")
    return int(bool(left) or not second or far[-1] > 2 * PERIOD)


def main() -> int:
    """Run the whole and return the exit status."""
    missing = [name for name in ("ardour7-lua", "jackd") if shutil.which(name) is None]
    if missing:
        print(f"not here: {', '.join(missing)} (apt-get install ardour jackd2)", file=sys.stderr)
        return 2
    name = f"loopwright-host-{os.getpid()}"
    os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    server = f"jackd --no-mlock -n {name} -S -d dummy -r 48000 -p {PERIOD}".split()
    with tempfile.TemporaryDirectory() as folder, running(*server):
        subprocess.run(["jack_wait", "-w", "-t", "10"], stdout=subprocess.DEVNULL, check=True)
        return report(listen(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())

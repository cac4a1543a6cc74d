"""From the command to open ports, and to the first loop: each as a ratio to a bare Python start.

Ports are looked for in JACK's own list by another process, so that what the command says of
itself does not count. Without a JACK server the line that says where it plays to stands for them.
Also printed: the resident memory of player and composer, JACK's own shared memory apart.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from jack_session import jack_server
from pytest_benchmark.fixture import BenchmarkFixture

ROUNDS = 7
WATCH = """
import sys, time, jack
client = jack.Client("watch", no_start_server=True)
print("watching", flush=True)
for _ in sys.stdin:
    while len(client.get_ports("Loopwright (In|Drums|Bass|Melody)$", is_midi=True)) < 4:
        time.sleep(0.001)
    print(time.perf_counter(), flush=True)
"""


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process; resident memory in MB."""

    ports: float
    loop: float
    player: float
    composer: float


def environment(folder: Path) -> dict[str, str]:
    """What a jam of the bench runs in: compiled files are kept, as they are for everybody."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"LOOPWRIGHT_HOME": str(folder)}


@pytest.fixture
def server() -> Iterator[str]:
    """The name of a JACK server, empty where there is none."""
    if shutil.which("jackd") is None:
        yield ""
        return
    with jack_server("bench") as lent:
        yield lent["JACK_DEFAULT_SERVER"]


def bare() -> float:
    """Return the seconds that Python takes to start and end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began


def started(folder: Path, server: str) -> Start:
    """Start a jam, note the times, and end it."""
    settings = environment(folder)
    if server:
        settings |= {"JACK_DEFAULT_SERVER": server, "JACK_NO_START_SERVER": "1"}
    command = [str(Path(sys.executable).parent / "loopwright"), "jam"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", WATCH], env=settings, stdin=pipe, stdout=pipe, text=True
    ) as watch:
        assert watch.stdin is not None
        assert watch.stdout is not None
        watching = watch.stdout.readline() if server else ""
        if watching:
            watch.stdin.write("now\n")
            watch.stdin.flush()
        began = time.perf_counter()
        with subprocess.Popen(
            command if server else [*command, "--midi-system", "none"],
            env=settings,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            text=True,
        ) as jam:
            said = wait_for(jam, " ports: ", "no MIDI system")
            ready = wait_for(jam, "next one ready", "loop 1")
            ports = float(watch.stdout.readline()) if watching else said
            player, composer = memory(jam.pid)
            jam.terminate()
        watch.stdin.close()
    return Start(ports - began, ready - began, player, composer)


def wait_for(jam: "subprocess.Popen[str]", *words: str) -> float:
    """Return the second at which a line with one of the words came."""
    assert jam.stdout is not None
    for line in jam.stdout:
        if any(word in line for word in words):
            return time.perf_counter()
    raise AssertionError(f"{words} never came")


def memory(app: int) -> tuple[float, float]:
    """Return the resident memory of player and composer, in MB; 0 where there is no /proc."""
    listed = Path(f"/proc/{app}/task/{app}/children")
    children = listed.read_text().split() if listed.exists() else []
    found = {"player": 0.0, "composer": 0.0}
    for pid in children:
        if "spawn_main" not in Path(f"/proc/{pid}/cmdline").read_text():
            continue
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        private = sum(int(x.split()[1]) for x in lines if x.startswith(("RssAnon", "RssFile")))
        composes = "onnxruntime" in Path(f"/proc/{pid}/maps").read_text()
        found["composer" if composes else "player"] = private / 1024
    return found["player"], found["composer"]


def test_start(
    benchmark: BenchmarkFixture, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(tmp_path, server)  # compiles what is not compiled yet
    yardstick = median(bare() for _ in range(ROUNDS))
    starts = list[Start]()
    benchmark.pedantic(lambda: starts.append(started(tmp_path, server)), rounds=ROUNDS)
    ports = median(s.ports for s in starts)
    loop = median(s.loop for s in starts)
    player, composer = max(s.player for s in starts), max(s.composer for s in starts)
    benchmark.extra_info.update(
        bare=yardstick, ports=ports, loop=loop, player=player, composer=composer
    )
    with capsys.disabled():
        print(
            f"\njam on {'JACK' if server else 'no MIDI system'}, medians of {ROUNDS}:"
            f"\n  bare Python start   {yardstick:.3f} s"
            f"\n  ports open          {ports:.3f} s ({ports / yardstick:.1f}x; to hold: 0.5 s)"
            f"\n  first loop ready    {loop:.3f} s ({loop / yardstick:.1f}x; to hold: 1.0 s)"
            f"\n  player, composer    {player:.0f} MB, {composer:.0f} MB (to hold: 60, 250)"
        )

"""A real JACK server, a host that is not ours, and an independent client that listens."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from jack_heard import BASS, DRUMS, Event, Heard
from whereabouts import killed_after

RATE, PERIOD, BPM = 48000, 256, 400
PATIENCE = 45.0
HERE = Path(__file__).parent
PARTS = (DRUMS, BASS)


@dataclass
class Script:
    """A process of the test that is told words and answers with a line of JSON at its end."""

    process: "subprocess.Popen[str]"

    def wait_for(self, word: str, patience: float = PATIENCE) -> str:
        """Read lines until one holds `word`, and return it; end the process if none comes."""
        assert self.process.stdout is not None
        said = list[str]()
        with killed_after(patience, self.process):
            for line in self.process.stdout:
                if word in line:
                    return line
                said.append(line)
        raise AssertionError(f"{word!r} never came; the last words: {said[-5:]}")

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def result(self) -> dict[str, list[list[object]]]:
        """End the script and return what it wrote down."""
        out, _ = self.process.communicate(timeout=10)
        return json.loads(out.splitlines()[-1])


@contextmanager
def own_name(kind: str) -> Generator[str]:
    """Lend the name of a JACK server that nobody else uses meanwhile.

    JACK has room for eight names, and one that was killed keeps its own until a server of that name
    starts: with new names for every run, some broken runs would leave no room for any server.
    """
    for number in range(8):
        name = f"loopwright-{kind}-{number}"
        # A name of Linux's that no file stands for: it is free again however this process ends.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
            if takes(held, name) and not is_running(name):
                yield name
                return
    raise AssertionError(f"eight JACK servers for {kind} are running")


def takes(held: socket.socket, name: str) -> bool:
    """Take a name that no other run of tests holds."""
    try:
        held.bind(f"\0{name}")
    except OSError:
        return False
    return True


def is_running(name: str) -> bool:
    """Whether there is a JACK server of this name: perhaps one whose test was killed."""
    words = ["jack_wait", "-s", name, "-c"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return "not running" not in told


@contextmanager
def jack_server(kind: str = "test", mode: str = "-S") -> Generator[dict[str, str]]:
    """Lend the environment of a JACK server of its own; another `kind` is another server.

    With `mode` -S it waits for clients that are late, without it goes on.
    """
    with own_name(kind) as name, named_server(name, mode) as environment:
        yield environment


@contextmanager
def named_server(name: str, mode: str = "-S") -> Generator[dict[str, str]]:
    """Run a JACK server, and lend the environment of its clients."""
    words = f"--no-mlock -n {name} {mode} -d dummy -r {RATE} -p {PERIOD}".split()
    jackd = shutil.which("jackd")
    assert jackd is not None
    environment = os.environ | {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    with subprocess.Popen(
        [jackd, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            # Half a second is enough on a quiet machine; jack_wait comes with the server.
            wait = ["jack_wait", "-s", name, "-w", "-t", str(int(PATIENCE))]
            subprocess.run(wait, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            yield environment
        finally:
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
            with suppress(BrokenPipeError), process:  # closes its pipes, read or not
                pass


class Starter:
    """Starts processes beside the JACK server."""

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
        """Start a Python process."""
        return self.run(sys.executable, *words)

    def run(self, *words: object) -> Script:
        """Start any process."""
        process = subprocess.Popen(
            [str(word) for word in words],
            env=self.environment | (self.blocked if "jam" in words else {}),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return Script(process)


@dataclass(frozen=True)
class Concert:
    """A jam that has its first loop, a host that leads it, and ears; nothing plays yet."""

    jam: Script
    ears: Script
    host: Script
    ports: tuple[str, ...]

    def finish(self) -> Heard:
        """End everything, and return what was sent and heard."""
        self.host.tell("end")
        sent = self.host.result()
        heard = self.ears.result()
        self.jam.process.terminate()
        assert self.jam.process.wait(5) == 0
        moves = {str(word): (int(str(f)), int(str(n))) for word, f, n in sent["moves"]}
        parts = {part: events_of(heard[port]) for part, port in zip(PARTS, self.ports, strict=True)}
        clocks = [int(str(clock)) for clock in sent["clocks"]]
        return Heard(clocks, moves["start"][1], moves["stop"][0], parts)


def concert(start: Starter, words: tuple[str, ...], plan: str, client: str = "") -> Concert:
    """Bring a jam, ears and a host together; `client` is what JACK calls the jam, if it matters."""
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", *words)
    jam.wait_for("ports:")
    ports = tuple(f"{client}{part}" for part in PARTS)
    ears = start(HERE / "jack_ears.py", *ports)
    host = start(HERE / "jack_host.py", f"{client}Loopwright In", *plan.split())
    jam.wait_for("next one ready")
    ears.wait_for("connected")
    host.wait_for("connected")
    return Concert(jam, ears, host, ports)


def session(
    start: Starter, seconds: float, *words: str, stray: bool = False, bpm: float = BPM
) -> Heard:
    """Play a jam for so long after Start, then stop it and end everything."""
    played = concert(start, words, f"{bpm}")
    time.sleep(0.7)
    if stray:
        played.host.tell("send f5")
    played.host.tell("start")
    time.sleep(seconds)
    played.host.tell("stop")
    time.sleep(0.3)
    return played.finish()


def side_by_side(start: Starter, words: tuple[str, ...], plans: tuple[str, ...]) -> list[Heard]:
    """Play a jam to each plan of a host, all at once on one server, a stray byte before each."""
    names = ("", *(f"-{n:02}" for n in range(1, len(plans))))  # as JACK tells namesakes apart
    concerts = [
        concert(start, words, plan, f"Loopwright{name}:")
        for name, plan in zip(names, plans, strict=True)
    ]
    time.sleep(0.7)
    for played in concerts:
        for word in ("send f5", "start", "wait"):
            played.host.tell(word)
    for played in concerts:
        played.host.wait_for("stopped", patience=90.0)
    time.sleep(0.3)
    return [played.finish() for played in concerts]


def events_of(told: list[list[object]]) -> list[Event]:
    """The events of one port, as the ears tell them."""
    return [(int(str(frame)), bytes.fromhex(str(data))) for frame, data in told]

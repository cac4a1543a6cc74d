"""A JACK server, a jam, a host that leads it and ears: started, disturbed, and all ended."""

import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

from jack_heard import BASS, DRUMS
from jack_session import own_name
from whereabouts import alive, children_of, killed_after

RATE, PERIOD = 48000, 256
TESTS = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds
DEATH_SIGNAL, SUBREAPER = 1, 36  # of prctl(2)
PORTS = (DRUMS, BASS)
HOST, INPUT = "testhost:clock", "Loopwright:Loopwright In"
NOWHERE = Path(os.devnull)
Told = dict[str, list[list[object]]]


def bind() -> None:
    """Have a process that is about to start end when we do, however we end."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)


class Act:
    """What was sent and heard between two starts of the JACK server."""

    def __init__(self, host: Told, ears: Told) -> None:
        self.clocks = [int(str(frame)) for frame in host["clocks"]]
        self.moves = [(str(word), int(str(f)), int(str(n))) for word, f, n in host["moves"]]
        self.heard = {
            part: [(int(str(f)), bytes.fromhex(str(m))) for f, m in ears[part]] for part in PORTS
        }


class Stage:
    """Everything that runs. The main thread; one more reads what the jam says."""

    def __init__(self, folder: Path, chance: random.Random, words: tuple[str, ...]) -> None:
        ctypes.CDLL(None).prctl(SUBREAPER, 1)  # the jam's own processes become ours when it dies
        self.folder, self.chance = folder, chance
        self._held = ExitStack()  # until the end of the program
        name = self._held.enter_context(own_name("soak"))
        self.environment = os.environ | {
            "JACK_DEFAULT_SERVER": name,
            "JACK_NO_START_SERVER": "1",
            "LOOPWRIGHT_HOME": str(folder),
        }
        jackd = shutil.which("jackd")
        assert jackd is not None
        server = f"--no-mlock -n {name} -S -d dummy -r {RATE} -p {PERIOD}"
        self._remains = f"jack_*{name}*"  # what a killed server leaves in shared memory
        self._server_words = [jackd, *server.split()]
        self.said = list[tuple[float, str]]()
        self.acts = list[Act]()
        self._scripts: tuple[subprocess.Popen[str], ...] = ()
        self.start_server()
        jam = [sys.executable, "-m", "loopwright.live", "jam", "--midi-system", "jack", *words]
        self.complaints = folder / "complaints"
        self.jam = self._open(jam, self.complaints)
        Thread(target=self._read, daemon=True).start()

    def start_server(self) -> None:
        """Start the JACK server, and wait until it answers."""
        self.server = self._open(self._server_words)
        self._open(["jack_wait", "-w", "-t", str(int(PATIENCE))]).wait()

    def kill_server(self) -> None:
        """Kill the JACK server; what was heard by then is an act."""
        self.server.kill()
        self.server.wait()
        self.close_act()

    def open_act(self) -> None:
        """Start a host and ears, and wait until they are connected."""
        self.expect("next one ready", 0.0)
        tempo = str(self.chance.randint(60, 200))
        host = [sys.executable, str(TESTS / "jack_host.py"), "Loopwright In", tempo]
        self.host = self._open(host)
        self.ears = self._open([sys.executable, str(TESTS / "jack_ears.py"), *PORTS])
        self._scripts = (self.host, self.ears)
        for script in self._scripts:
            line_with(script, "connected")

    def close_act(self) -> None:
        """End host and ears, and keep what they wrote down."""
        self.tell("end")
        sent: Told = json.loads(line_with(self.host, '"clocks"'))
        assert self.ears.stdin is not None
        self.ears.stdin.close()
        heard: Told = json.loads(line_with(self.ears, DRUMS))
        for script in self._scripts:
            script.kill()
            script.wait()
        self.acts.append(Act(sent, heard))

    def tell(self, *words: str) -> None:
        """Give the host commands."""
        assert self.host.stdin is not None
        for word in words:
            self.host.stdin.write(word + "\n")
        self.host.stdin.flush()

    def expect(self, word: str, since: float) -> None:
        """Wait until the jam has said `word` after second `since`. Raises TimeoutError."""
        self.wait_until(lambda: any(word in s for at, s in tuple(self.said) if at > since), word)

    def wait_until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait for something. Raises TimeoutError, which names `what`."""
        until = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > until or self.jam.poll() is not None:
                last = [line for _, line in self.said[-5:]]
                raise TimeoutError(f"the jam never came to {what!r}; it said last: {last}")
            time.sleep(0.05)

    def member(self, role: str) -> int:
        """The process id of the player or the composer."""
        return next(pid for pid, name in children_of(self.jam.pid).items() if name == role)

    def cable(self, word: str, source: str, target: str) -> None:
        """Connect or disconnect two ports: `word` is the verb."""
        self._open([f"jack_{word}", source, target]).wait()

    def wired(self) -> bool:
        """Whether the host's clock reaches a player's input."""
        words = ["jack_lsp", "-c", HOST]
        listed = self._open(words).communicate(timeout=PATIENCE)[0]
        return INPUT in str(listed)

    def end(self) -> list[int]:
        """End all that was started and still runs; return those that nobody expected to."""
        running = [pid for pid in descendants(os.getpid()) if alive(pid)]
        left = [pid for pid in running if pid not in self._expected()]
        self.server.terminate()  # killed, it would keep its place among the few there are
        with suppress(subprocess.TimeoutExpired):
            self.server.wait(PATIENCE)
        for file in Path("/dev/shm").glob(self._remains):
            file.unlink(missing_ok=True)
        for pid in descendants(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                return left

    def _expected(self) -> set[int]:
        return {script.pid for script in (self.server, *self._scripts)}

    def _open(self, words: list[str], errors: Path = NOWHERE) -> "subprocess.Popen[str]":
        with errors.open("a") as stderr:
            return subprocess.Popen(
                words,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL if words is self._server_words else subprocess.PIPE,
                stderr=stderr,
                text=True,
                preexec_fn=bind,  # noqa: PLW1509  # one thread reads a pipe, and holds no lock
            )

    def _read(self) -> None:
        assert self.jam.stdout is not None
        for line in self.jam.stdout:
            self.said.append((time.monotonic(), line.strip()))


def line_with(script: "subprocess.Popen[str]", word: str) -> str:
    """Read lines until one holds `word`. Raises TimeoutError at the end of what it says."""
    assert script.stdout is not None
    with killed_after(PATIENCE, script):
        for line in script.stdout:
            if word in line:
                return line
    raise TimeoutError(f"{script.args!r} never said {word!r}")


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they did, while they live."""
    try:
        pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, pids) for found in (child, *descendants(child))]

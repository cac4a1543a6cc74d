"""The processes of a jam, as Linux lists them."""

import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer


@contextmanager
def killed_after(seconds: float, process: "subprocess.Popen[str]") -> Generator[None]:
    """Kill a process that is still waited for after so long: no test hangs."""
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def children_of(app: int) -> dict[int, str]:
    """Our processes by id: player, composer, and what watches over their shared memory."""
    pids = Path(f"/proc/{app}/task/{app}/children").read_text().split()
    return {int(child): role_of(int(child)) for child in pids}


def child_of(app: int, role: str) -> int:
    """The process id of the player or the composer."""
    return next(pid for pid, name in children_of(app).items() if name == role)


def role_of(pid: int) -> str:
    """What a process of ours is."""
    if "spawn_main" not in Path(f"/proc/{pid}/cmdline").read_text():
        return "tracker"
    return "composer" if "onnxruntime" in Path(f"/proc/{pid}/maps").read_text() else "player"


def alive(pid: int) -> bool:
    """Whether a process runs: neither gone nor waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(pids: dict[int, str], patience: float = 5.0) -> bool:
    """Whether all processes end in time."""
    until = time.monotonic() + patience
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)

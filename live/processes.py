"""The other two processes: spawned, watched, and ended."""

import signal
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from loopwright.live.wire import Wire

PATIENCE = 1.0  # seconds that a process may take to end by itself


class Child:
    """One of our processes, with the wire to it. The app's main thread."""

    def __init__(self, process: BaseProcess, wire: Wire) -> None:
        self.process = process
        self.wire = wire

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.is_alive()

    def end(self, patience: float = PATIENCE) -> None:
        """Wait for it to end by itself, then end it. Blocks for some `patience` seconds."""
        self.process.join(patience)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(PATIENCE)


def spawn(module: str, arrive: Callable[[object], None], *given: object) -> Child:
    """Start a process that runs `run(connection, *given)` of a module.

    What it posts goes to `arrive`. The module is imported in the new process alone. Ctrl-C in a
    terminal reaches every process of the group, but only the app is to act on it: the new process
    starts with that signal held back. Some 5 ms.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (module, theirs, *given)
    process = context.Process(target=run, args=arguments, name=module, daemon=True)
    with without_interrupt(), without_main():
        process.start()
    theirs.close()
    return Child(process, Wire(ours, arrive))


@contextmanager
def without_interrupt() -> Generator[None]:
    """Hold Ctrl-C back, in processes that are started meanwhile for good."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # it would let go of the signal too early
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def without_main() -> Generator[None]:
    """Hide the main module, which a new process would import for nothing."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def run(module: str, *given: object) -> None:
    """Be the process of a module. The new process's main thread; blocks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # Ctrl-Z pauses the app, not the music
    import_module(module).run(*given)


def explained(error: Exception) -> str:
    """Return what an error of our own is, and where it was, in a few words."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"

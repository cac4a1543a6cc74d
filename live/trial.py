"""A stranger's models tried out once, in a process that cannot take the machine along with it.

`python -m loopwright.live.trial FOLDER BYTES MODEL...` opens every variant of these models that
runs on the CPU. A loop model draws a loop and encodes it, a melody model goes on with four notes.
`tried` runs it with limits of time and memory.
"""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.errors import LoopwrightError, PresetError

SECONDS = 30.0  # for all variants together; the shipped ones take one
MEMORY = 1 << 30  # bytes, and as many again for each byte of the graphs as below
COPIES = 6
REFUSED = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process with a model may take: wall-clock seconds, and bytes of memory."""

    seconds: float
    memory: int


def limits(graphs: int) -> Limits:
    """Return what a model whose graphs have so many bytes may take on its first run."""
    return Limits(SECONDS, MEMORY + COPIES * graphs)


def tried(folder: Path, *models: str) -> None:
    """Try models in a folder, the loop model where none is named. Blocks for seconds.

    Raises PresetError where one fails.
    """
    allowed = limits(sum(file.stat().st_size for file in folder.glob("*.onnx")))
    # -P: nothing that happens to lie in the working directory is imported.
    command = [sys.executable, "-P", "-m", __name__, str(folder), str(allowed.memory), *models]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=allowed.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise PresetError(
            f"its model was stopped: no music within {allowed.seconds:g} seconds"
        ) from None
    if done.returncode == REFUSED:
        raise PresetError(done.stdout.strip().replace(f"{folder}{os.sep}", ""))
    if done.returncode:
        raise PresetError(f"its model brought the process that tried it down ({done.returncode})")


def confine(memory: int) -> None:
    """Let this process have so many bytes of memory and no more, where the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    for what, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):  # it may be less already
            resource.setrlimit(what, (most, most))


def draw_once(folder: Path) -> None:
    """Draw a loop with every variant of a model that runs on the CPU. Raises LoopwrightError."""
    from loopwright.engine.chance import uniforms  # noqa: PLC0415 - numpy, in the child alone
    from loopwright.engine.sidecar import CPU, SIDECAR  # noqa: PLC0415
    from loopwright.live.runtime import LoopModel, read_sidecar  # noqa: PLC0415

    names = [v.name for v in read_sidecar(folder / SIDECAR).variants if v.provider == CPU]
    if not names:
        raise PresetError("its model has no variant that runs on a CPU")
    for name in names:
        model = LoopModel.open(folder, name)
        drawn = model.draw(uniforms(0, "trial", 0, range(1), model.positions))
        model.encode(drawn.rolls)


def sing_once(folder: Path) -> None:
    """Go on with four notes, with every variant of a melody model that runs on the CPU.

    Raises LoopwrightError.
    """
    from loopwright.engine.melody import Melody  # noqa: PLC0415 - as above
    from loopwright.engine.notes import Note, Part  # noqa: PLC0415
    from loopwright.engine.phrase import answered  # noqa: PLC0415
    from loopwright.engine.sidecar import CPU  # noqa: PLC0415
    from loopwright.engine.stepsidecar import SIDECAR  # noqa: PLC0415
    from loopwright.live.stepopen import open_steps, read_steps  # noqa: PLC0415

    names = [v.name for v in read_steps(folder / SIDECAR).variants if v.provider == CPU]
    if not names:
        raise PresetError("its melody model has no variant that runs on a CPU")
    seed = tuple(Note(24 * i, 24, 60 + i, 80, Part.MELODY) for i in range(4))
    for name in names:
        answered(open_steps(folder, name), Melody(1, 1, 0, seed, 96, 192))


TRIALS = {"loop": draw_once, "melody": sing_once}
"""What each model of a preset does to show that it works."""


def main(folder: str, memory: str, *models: str) -> int:
    """Try models, and print in one line what is wrong. Blocks."""
    confine(int(memory))
    try:
        for model in models or ("loop",):
            TRIALS[model](Path(folder))
    except MemoryError:
        print("its model takes more memory than it may")
        return REFUSED
    except LoopwrightError as trouble:
        print(" ".join(str(trouble).split()))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

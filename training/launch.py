"""What every training does on the command line: before torch is loaded, and at the end."""

import os
import shlex
import sys
from collections.abc import Mapping

from loopwright.training.tables import flat


def spare_the_cores() -> None:
    """Have OpenMP's threads sleep while they wait, for few cores; it is read as torch is loaded."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def command_line() -> str:
    """Return the command that was given, for what a run leaves about itself."""
    return shlex.join(["loopwright", *sys.argv[1:]])


def outcome(summary: Mapping[str, object]) -> str:
    """Return what came of a run, a line for each figure."""
    return "\n".join(f"{name}: {text}" for name, text in flat("", summary))

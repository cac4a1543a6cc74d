"""A preset's loop model, opened for commands of other packages, which may not import this one."""

from loopwright.live.library import open_preset, system_library
from loopwright.live.runtime import LoopModel


def open_model(preset: str, device: str) -> LoopModel:
    """Find a preset and open its loop model. Blocks for some 30 ms. Raises LoopwrightError."""
    return LoopModel.open(open_preset(system_library(), preset).model, device)

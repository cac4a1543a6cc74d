"""The recording of a jam without a MIDI system: where it goes, and that it gets there."""

import os
from pathlib import Path
from time import strftime

from loopwright.engine.errors import MidiFileError
from loopwright.engine.time import Timeline
from loopwright.live.tape import Sent

FOLDER = "takes"


class Taping:
    """One recording, and the file that it goes to in the end. The app's main thread."""

    def __init__(self, told: str | None) -> None:
        """Choose the file, in takes/ unless told. Raises MidiFileError where it cannot be made."""
        named = Path(FOLDER) / f"jam_{strftime('%Y%m%d-%H%M%S')}.mid"
        self.path = named if told is None else Path(told)
        self._told: list[Sent | Timeline] = []
        check_new(self.path)

    def take(self, value: Sent | Timeline) -> None:
        """Add what the player told."""
        self._told.append(value)

    def save(self) -> str:
        """Write the file and return a line that says so. Raises MidiFileError."""
        if not any(isinstance(value, Sent) for value in self._told):
            return "nothing was played, so nothing was recorded"
        # Imported when the music is over: a jam starts sooner without it.
        from loopwright.live.recorder import write  # noqa: PLC0415

        write(self._told, self.path)
        return f"recorded to {self.path.absolute()}"


def check_new(path: Path) -> None:
    """Raise MidiFileError where a file exists already or its folder cannot be written."""
    if os.path.exists(path):  # says no, where Path.exists raises
        raise MidiFileError(f"{path} is there already, and is not overwritten")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MidiFileError(f"{path.parent} cannot be made: {error.strerror}") from None
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise MidiFileError(f"{path.parent} cannot be written")

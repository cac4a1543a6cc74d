"""What a long measurement has found so far, a line of a file each, so that it can be cut off."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.training.files import make_folder

Found = Mapping[str, object]


class Kept:
    """Figures by a key, kept in a file that began with the same measurement; or nowhere."""

    def __init__(self, path: Path | None = None, about: Found | None = None) -> None:
        """Read what is there. Raises SettingError for a file of another measurement."""
        self._path = path
        self._figures: dict[str, float] = {}
        if path is None:
            return
        head = json.dumps({"measuring": about})
        if not path.exists():
            make_folder(path.parent)
            path.write_text(head + "\n", "utf-8")
        lines = path.read_text("utf-8", errors="replace").splitlines()
        if not lines or lines[0] != head:
            raise SettingError(f"{path} keeps the progress of another measurement")
        for line in lines[1:]:
            self._figures.update(figure_in(line))

    def figure(self, key: str, measure: Callable[[], float]) -> float:
        """Return the figure of a key: what was kept, or what is measured now and kept at once."""
        if key not in self._figures:
            self._figures[key] = measure()
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, self._figures[key]]) + "\n")
        return self._figures[key]

    def __contains__(self, key: str) -> bool:
        return key in self._figures


def figure_in(line: str) -> dict[str, float]:
    """Return the figure that a line tells; nothing where it was cut off while it was written."""
    try:
        key, figure = cast(tuple[str, float], json.loads(line))
    except (ValueError, TypeError):
        return {}
    return {key: figure}

"""The memory of a jam's processes, looked at every other second."""

import time
from pathlib import Path
from threading import Event, Thread

from stage import Stage
from whereabouts import children_of

GROWN_UP = 60.0  # seconds of a process's life after which it may grow no more
LOOK = 2.0  # seconds between two looks


class Scales:
    """The memory of the jam's processes: anonymous pages, in kB, by age."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._over = stage, Event()
        self._born = dict[tuple[str, int], float]()
        self.weights = dict[tuple[str, int], list[tuple[float, int]]]()
        Thread(target=self._weigh, daemon=True).start()

    def end(self) -> None:
        """Weigh no more."""
        self._over.set()

    def grown(self) -> dict[str, tuple[int, int, int]]:
        """Return how many grew up, the most that one weighed, the most that one then varied by."""
        found = dict[str, tuple[int, int, int]]()
        for (role, _), weights in self.weights.items():
            late = [kb for age, kb in weights if age > GROWN_UP]
            if late:
                count, most, range_ = found.get(role, (0, 0, 0))
                found[role] = (count + 1, max(most, *late), max(range_, max(late) - min(late)))
        return found

    def _weigh(self) -> None:
        while not self._over.wait(LOOK):
            app = self._stage.jam.pid
            try:
                for pid, role in {**children_of(app), app: "app"}.items():
                    self._note((role, pid))
            except (OSError, IndexError):
                continue  # one went away while we looked

    def _note(self, who: tuple[str, int]) -> None:
        status = Path(f"/proc/{who[1]}/status").read_text()
        weight = int(status.partition("RssAnon:")[2].split()[0])
        age = time.monotonic() - self._born.setdefault(who, time.monotonic())
        self.weights.setdefault(who, []).append((age, weight))

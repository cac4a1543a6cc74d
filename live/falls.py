"""How often a process had to be started again, and how often is too often."""

from dataclasses import dataclass, replace

from loopwright.engine.errors import LoopwrightError
from loopwright.engine.time import Seconds
from loopwright.live.now import now

MOST, LATELY = 5, 30.0  # so many falls in so many seconds are too many


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often each was started again: the two processes, and the ports that had gone."""

    composer: int = 0
    player: int = 0
    ports: int = 0

    def plus(self, kind: str) -> "Restarts":
        """Return the counts with one more of a kind."""
        return replace(self, **{kind: getattr(self, kind) + 1})


class Falls:
    """The falls of a jam. The app's main thread; never waits."""

    def __init__(self) -> None:
        self.restarts = Restarts()
        self._lately: list[Seconds] = []

    def count(self, kind: str) -> None:
        """Count one more that was started again."""
        self.restarts = self.restarts.plus(kind)

    def judge(self, who: str, why: str = "") -> None:
        """Give up after too many falls that the music does not survive. Raises LoopwrightError."""
        self._lately = [*(at for at in self._lately if now() - at < LATELY), now()]
        if len(self._lately) > MOST:
            raise LoopwrightError(f"the {who} keeps failing{why}: giving up")

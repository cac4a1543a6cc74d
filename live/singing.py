"""The app's dealings with melody models: which are open, and the one request that is out."""

from collections.abc import Callable
from pathlib import Path

from loopwright.engine.happen import Phrased
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.time import Seconds
from loopwright.live.band import Band, Member
from loopwright.live.loading import MelodyOpened, MelodyRefused
from loopwright.live.now import now

TOO_SLOW = 20.0  # seconds in which an answer comes, or never will
NO_MODEL = "no melody model"
FAILED_TWICE = "the composer failed twice"


class Singing:
    """What was asked of melody models, so that another composer can be. The app's main thread."""

    def __init__(self, band: Band, say: Callable[[str], None]) -> None:
        """`say` shows a word."""
        self._band, self._say = band, say
        self._refused = dict[Path, str]()
        self._melody: Melody | None = None
        self._asked = Seconds(0.0)
        self._felled_by = 0  # the request that was out when the last composer died

    def ask(self, melody: Melody, folder: Path | None) -> None:
        """Pass a request on, to the model in `folder`; where none is, tell the player so."""
        reason = NO_MODEL if folder is None else self._refused.get(folder, "")
        if reason:
            self._decline(melody, reason)
            return
        self._melody, self._asked = melody, now()
        self._band.tell(Member.COMPOSER, melody)

    def stuck(self) -> bool:
        """Say whether the composer is at one request for too long."""
        return self._melody is not None and now() - self._asked > TOO_SLOW

    def hear(self, value: MelodyOpened | MelodyRefused | Phrase) -> None:
        """Take in what the composer said."""
        match value:
            case Phrase(number):
                if self._melody is not None and self._melody.number == number:
                    self._melody = None
                self._band.tell(Member.PLAYER, Phrased(value, now()))
            case MelodyOpened(folder):
                self._refused.pop(folder, None)
            case MelodyRefused(folder, reason):
                self._refused[folder] = reason
                self._say(f"no melody: {reason}")
                if self._melody is not None:
                    self._decline(self._melody, reason)

    def revive(self) -> None:
        """Ask a new composer what the one before was at; what felled two is given up."""
        self._refused.clear()
        melody, self._asked = self._melody, now()
        if melody is not None and melody.number == self._felled_by:
            self._decline(melody, FAILED_TWICE)
        elif melody is not None:
            self._band.tell(Member.COMPOSER, melody)
        self._felled_by = 0 if melody is None else melody.number

    def _decline(self, melody: Melody, reason: str) -> None:
        """Tell the player that no answer comes, but for what stands."""
        self._melody = None
        reached = max(melody.start or 0, melody.reached)
        phrase = Phrase(melody.number, melody.answer, melody.composed, reached, reason)
        self._band.tell(Member.PLAYER, Phrased(phrase, now()))

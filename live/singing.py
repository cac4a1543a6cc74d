"""The app's dealings with melody models: which are open, and the one request that is out."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from loopwright.engine.happen import Phrased
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.time import Seconds
from loopwright.live.board import Member
from loopwright.live.loading import MelodyOpened, MelodyRefused
from loopwright.live.now import now

TOO_SLOW = 20.0  # seconds in which an answer comes, or never will
NO_MODEL = "no melody model"
FAILED_TWICE = "the composer failed twice"


class Post(Protocol):
    """What brings a value to the player or the composer: the band."""

    def tell(self, member: Member, value: object) -> None:
        """Post a value to one of the two."""
        ...


class Singing:
    """What was asked of melody models, so that another composer can be. The app's main thread."""

    def __init__(self, band: Post, say: Callable[[str], None]) -> None:
        """`say` shows a word."""
        self._band, self._say = band, say
        self._open = set[Path]()
        self._refused = dict[Path, str]()
        self._melody: Melody | None = None
        self._folder: Path | None = None  # of the model that was asked
        self._asked = Seconds(0.0)
        self._felled_by = 0  # the request that was out when the last composer died

    def ask(self, melody: Melody, folder: Path | None) -> None:
        """Pass a request on, to the model in `folder`; where none is, tell the player so."""
        reason = NO_MODEL if folder is None else self._refused.get(folder, "")
        if reason:
            self._decline(melody, reason)
            return
        self._melody, self._folder, self._asked = melody, folder, now()
        self._band.tell(Member.COMPOSER, melody)

    def overdue(self) -> bool:
        """Say, once in a while, that a model that is open is at one request for too long."""
        if self._melody is None or self._folder not in self._open:
            return False
        late = now() - self._asked > TOO_SLOW
        self._asked = now() if late else self._asked
        return late

    def hear(self, value: MelodyOpened | MelodyRefused | Phrase) -> None:
        """Take in what the composer said."""
        match value:
            case Phrase(number):
                if self._melody is not None and self._melody.number == number:
                    self._melody = None
                self._band.tell(Member.PLAYER, Phrased(value, now()))
            case MelodyOpened(folder):
                self._open.add(folder)
                self._asked = now()
            case MelodyRefused(folder, reason):
                self._refused[folder] = reason
                self._say(f"no melody: {reason}")
                if self._melody is not None and self._folder == folder:
                    self._decline(self._melody, reason)

    def revive(self) -> None:
        """Ask a new composer what the one before was at; what felled two is given up."""
        self._open.clear()
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

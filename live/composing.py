"""The app's dealings with the composer: the models it has open, and the one request that is out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from loopwright.engine.compose import Composed, Request
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.happen import Answered
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.time import Seconds
from loopwright.live.board import Member
from loopwright.live.loading import (
    Load,
    MelodyOpened,
    MelodyRefused,
    Opened,
    Refused,
    Release,
)
from loopwright.live.now import now
from loopwright.live.singing import FAILED_TWICE, Post, Singing

SLOW, TOO_SLOW = 5.0, 60.0  # seconds that a loop takes: worth a word; and never ending
Said = Opened | Composed | Refused | MelodyOpened | MelodyRefused | Phrase


class Chief(Post, Protocol):
    """What can also have the composer started again: the band."""

    def fell(self, member: Member) -> None:
        """End one of the two; another one takes over."""
        ...


class Composing:
    """What a composer was told, so that another one can be. The app's main thread."""

    def __init__(self, band: Chief, load: Load, say: Callable[[str], None]) -> None:
        """Have the first models opened; `say` shows a word."""
        self._band, self._say = band, say
        self._playing = load.slot
        self._loads = {load.slot: load}  # what is to be open
        self._devices = dict[int, str]()  # what is
        self._opened = set[int]()  # what was, by this composer or one before it
        self._request: Request | None = None
        self._asked = Seconds(0.0)  # when that was asked for
        self._felled_by = 0  # the request that the last composer died over
        self._fell = ""  # what it died of, where it could say
        self._composes = False  # whether a composer ever had a model open
        self._singing = Singing(band, say)
        self._tell(load)

    @property
    def device(self) -> str:
        """What the model that plays runs on, empty while it is opened."""
        return self._devices.get(self._playing, "")

    def load(self, load: Load) -> None:
        """Have the models of the next slot opened beside those that play, in place of any other."""
        self.only_playing()
        self._loads[load.slot] = load
        self._tell(load)

    def wants(self, slot: int) -> bool:
        """Say whether the models of a slot are open, or are being opened."""
        return slot in self._loads

    def only_playing(self) -> None:
        """Have all models closed but those that play."""
        for slot in self._loads.keys() - {self._playing}:
            self._tell(Release(slot))
            del self._loads[slot]
            self._devices.pop(slot, None)
            self._opened.discard(slot)

    def play(self, slot: int) -> None:
        """Take in that the music has switched to a slot: no other is wanted any more."""
        self._playing = slot
        if self._request is not None and self._request.slot != slot:
            self._request = None
        self.only_playing()

    def ask(self, request: Request) -> None:
        """Pass a request on."""
        if self._request is None or self._request.number != request.number:
            self._asked = now()
        self._request = request
        self._tell(request)

    def tell(self, melody: Melody) -> None:
        """Pass on what is to be gone on from, if there is a model for it."""
        load = self._loads.get(melody.slot)
        self._singing.ask(melody, None if load is None else load.melody)

    def slow(self) -> int:
        """Return for how many seconds a loop is being composed, 0 where that is not long."""
        waited = 0.0 if self._request is None else now() - self._asked
        return int(waited) if waited > SLOW else 0

    def give_up(self, why: str) -> None:
        """End a composer that is at something that never ends; another one opens what plays."""
        self._fell = why
        self._band.fell(Member.COMPOSER)

    def watch(self) -> None:
        """End a composer that is at one request for too long: it will not come to an end."""
        if self._request is not None and now() - self._asked > TOO_SLOW:
            self._asked = now()
            self.give_up(f" (no loop in {TOO_SLOW:.0f} s)")
        elif self._singing.overdue():
            self.give_up(" (no end of a melody)")

    def hear(self, value: Said) -> None:
        """Take in what the composer said. Raises LoopwrightError where it never began."""
        match value:
            case Opened(slot, device):
                if slot in self._loads:
                    self._devices[slot], self._composes = device, True
                    self._opened.add(slot)
            case Composed(number):
                # An answer to an older question leaves the newest to be asked again after a fall.
                if self._request is not None and self._request.number == number:
                    self._request = None
                self._band.tell(Member.PLAYER, Answered(value, now()))
            case Refused(slot, reason):
                self._refused(slot, reason)
            case _:
                self._singing.hear(value)

    def _refused(self, slot: int | None, reason: str) -> None:
        """Do without a slot; without the one that plays there is nothing but another composer."""
        if not self._composes:
            raise LoopwrightError(reason)
        if slot is None or slot == self._playing:
            self._fell = f" ({reason})"
        if slot == self._playing:
            self._band.fell(Member.COMPOSER)
        elif slot in self._loads:
            del self._loads[slot]

    def revive(self) -> None:
        """Bring a new composer to where the one before was; what felled two is given up."""
        # What was being opened beside the music may have been what it fell over.
        known = {self._playing, *self._opened}
        self._loads = {
            s: replace(load, first=None) for s, load in self._loads.items() if s in known
        }
        self._devices.clear()
        for load in self._loads.values():
            self._tell(load)
        self._say(f"the composer failed and was started again{self._fell}")
        self._fell, self._asked = "", now()
        request = self._request
        if request is not None and request.number == self._felled_by:
            failed = Composed(request.number, None, FAILED_TWICE)
            self._band.tell(Member.PLAYER, Answered(failed, now()))
            self._request = None
        elif request is not None:
            self._tell(request)
        self._felled_by = 0 if request is None else request.number
        self._singing.revive()

    def _tell(self, value: Load | Release | Request) -> None:
        self._band.tell(Member.COMPOSER, value)

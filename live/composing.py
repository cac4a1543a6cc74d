"""The app's dealings with the composer: its model, and the one request that is out."""

from collections.abc import Callable

from loopwright.engine.compose import Composed, Request
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.happen import Answered
from loopwright.engine.time import Seconds
from loopwright.live.band import Band, Member
from loopwright.live.composer import Load, Opened, Refused
from loopwright.live.now import now

SLOW, TOO_SLOW = 5.0, 60.0  # seconds that a loop takes: worth a word; and never ending
FAILED_TWICE = "the composer failed twice"


class Composing:
    """What a composer was asked for, so that another one can be. The app's main thread."""

    def __init__(self, band: Band, load: Load, say: Callable[[str], None]) -> None:
        """Tell the composer of its model; `say` shows a word."""
        self._band, self._load, self._say = band, load, say
        self._request: Request | None = None
        self._asked = Seconds(0.0)  # when that was asked for
        self._felled_by = 0  # the request that the last composer died over
        self._fell = ""  # what it died of, where it could say
        self._composes = False  # whether a composer ever had its model open
        self.device = ""
        self._open()

    def ask(self, request: Request) -> None:
        """Pass a request on, to a composer that is ready."""
        if self._request is None or self._request.number != request.number:
            self._asked = now()
        self._request = request
        if self.device:
            self._band.tell(Member.COMPOSER, request)

    def slow(self) -> int:
        """Return for how many seconds a loop is being composed, 0 where that is not long."""
        waited = 0.0 if self._request is None else now() - self._asked
        return int(waited) if waited > SLOW else 0

    def watch(self) -> None:
        """End a composer that is at one request for too long: it will not come to an end."""
        if self._request is not None and now() - self._asked > TOO_SLOW:
            self._fell = f" (no loop in {TOO_SLOW:.0f} s)"
            self._asked = now()
            self._band.fell(Member.COMPOSER)

    def hear(self, value: Opened | Composed | Refused) -> None:
        """Take in what the composer said. Raises LoopwrightError where it never began."""
        match value:
            case Opened(device):
                # It may open a faster device later: what it was asked for then, it has.
                if not self.device and self._request is not None:
                    self._band.tell(Member.COMPOSER, self._request)
                self.device, self._composes = device, True
            case Composed(number):
                # An answer to an older question leaves the newest to be asked again after a fall.
                if self._request is not None and self._request.number == number:
                    self._request = None
                self._band.tell(Member.PLAYER, Answered(value, now()))
            case Refused(reason):
                if not self._composes:
                    raise LoopwrightError(reason)
                self._fell = f" ({reason})"

    def revive(self) -> None:
        """Bring a new composer to where the one before was; what felled two is given up."""
        self.device = ""
        self._open()
        self._say(f"the composer failed and was started again{self._fell}")
        self._fell, self._asked = "", now()
        request = self._request
        if request is not None and request.number == self._felled_by:
            failed = Composed(request.number, None, FAILED_TWICE)
            self._band.tell(Member.PLAYER, Answered(failed, now()))
            self._request = None
        self._felled_by = 0 if request is None else request.number

    def _open(self) -> None:
        self._band.tell(Member.COMPOSER, self._load)

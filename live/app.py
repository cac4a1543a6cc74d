"""The app of a jam: between player, composer and user; it keeps loops and sees to the end."""

import sys
from dataclasses import replace

from loopwright.engine.compose import Composed, Request
from loopwright.engine.errors import LoopwrightError, PortError
from loopwright.engine.happen import Action, Answered, Ask, Keep, Pressed, Recalled
from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.time import Seconds, Timeline
from loopwright.engine.transport import Motion
from loopwright.live import library
from loopwright.live.band import Band, Member
from loopwright.live.composer import Load, Opened, Refused
from loopwright.live.keys import Reader, keyboard
from loopwright.live.midisystem import TITLES
from loopwright.live.now import now
from loopwright.live.options import JamOptions
from loopwright.live.player import Begin, Ended, Fell, NoPorts, Patched, Playing, PortsOpen
from loopwright.live.steering import steer
from loopwright.live.take import Taping
from loopwright.live.tape import Sent
from loopwright.live.terminal import View, teller
from loopwright.live.tuneup import settings_of

LOOK = 0.05  # seconds between two looks at the keyboard
PATIENCE = 3.0  # seconds that the player may take to fall silent at the end
WHILE = 8.0  # seconds that a word stays
MOST_FALLS, LATELY = 5, 30.0  # so many falls of a process in so many seconds are too many
NO_MIDI = "no MIDI system here: playing to our own clock, recording to {}"
WAITING = "waiting for the host: connect its clock to Loopwright In and press play, or press space"


class App:
    """One jam. The main thread."""

    def __init__(self, options: JamOptions, band: Band, stops: list[int]) -> None:
        """Read the preset, and tell the composer of its model. Raises LoopwrightError."""
        self._options, self._band, self._stops = options, band, stops
        band.start(Member.COMPOSER)
        self._library = library.system_library()
        self._opened = library.open_preset(self._library, options.preset or library.DEFAULT)
        # Looked up before anything opens, so that a wrong name is all that is said.
        self._kept = self._opened.preset.saved(options.recall).loop if options.recall else None
        self._teller = teller(sys.stdout)
        self._settings: Settings | None = None
        self._status: Status | None = None
        self._loop: Loop | None = None
        self._request: Request | None = None
        self._device = self._system = self._word = ""
        self._word_until = Seconds(0.0)
        self._no_ports = self._fell = ""
        self._taping: Taping | None = None
        self._falls = list[Seconds]()
        self._felled_by = 0  # the request that the last composer died over
        self._composes = False  # whether a composer ever had its model open
        self._ended = False
        self._leave_by: Seconds | None = None
        self._load()

    def play(self) -> None:
        """Play until the end. Blocks. Raises LoopwrightError."""
        try:
            with keyboard() as read:
                while not self._over():
                    self._turn(read)
        finally:
            if self._taping is not None:
                self._teller.say(self._taping.save())

    def _over(self) -> bool:
        return self._ended or (self._leave_by is not None and now() > self._leave_by)

    def _turn(self, read: Reader) -> None:
        """Look at everything once; wait for some 50 ms where nothing comes."""
        for member, value in self._band.heard(LOOK):
            self._hear(member, value)
        for member in self._band.revived():
            self._revive(member)
        for key in read():
            self._press(key)
        if self._stops:
            self._quit()
        if self._settings is not None and not self._ended:
            self._teller.show(self._view())

    def _hear(self, member: Member, value: object) -> None:
        match value:
            case PortsOpen() | NoPorts() | Fell() | Patched() | Ended():
                self._hear_ports(value)
            case Opened() | Composed() | Refused():
                self._hear_composer(value)
            case Status():
                self._status = value
            case Playing(loop):
                self._loop = loop
            case Ask() | Keep():
                self._grant(value)
            case Sent() | Timeline():
                if self._taping is not None:
                    self._taping.take(value)
            case _:
                raise TypeError(f"the {member} said {value!r}")

    def _hear_ports(self, value: PortsOpen | NoPorts | Fell | Patched | Ended) -> None:
        match value:
            case Patched(cables):
                self._band.patch(cables)
            case PortsOpen(system, names):
                self._begin(system, names)
            case NoPorts(reason):
                if self._settings is None:
                    raise PortError(reason)
                self._no_ports = reason
            case Fell(reason):
                self._fell = f" ({reason})"
            case Ended():
                self._ended = True

    def _hear_composer(self, value: Opened | Composed | Refused) -> None:
        match value:
            case Opened(device):
                # It may open a faster device later: what it was asked for then, it has.
                if not self._device and self._request is not None:
                    self._band.tell(Member.COMPOSER, self._request)
                self._device, self._composes = device, True
            case Composed(number):
                # An answer to an older question leaves the newest to be asked again after a fall.
                if self._request is not None and self._request.number == number:
                    self._request = None
                self._band.tell(Member.PLAYER, Answered(value, now()))
            case Refused(reason):
                if not self._composes:
                    raise LoopwrightError(reason)
                self._say(reason)

    def _load(self) -> None:
        load = Load(self._opened.found.folder, self._options.device)
        self._band.tell(Member.COMPOSER, load)

    def _begin(self, system: str, names: tuple[str, ...]) -> None:
        """Have the player begin, or go on after a fall with the loop that played."""
        again, self._system = self._settings is not None, TITLES[system]
        ports = system != "none"
        if not ports and self._taping is None:
            self._taping = Taping(self._options.record)
            self._teller.say(NO_MIDI.format(self._taping.path))
        settings = self._settings or settings_of(self._options, self._opened.preset, ports=ports)
        if again:
            # Another seed: a new player counts its loops from 1, and would have the same again.
            settings = replace(settings, seed=(settings.seed + 1) % 2**63)
        if self._status is not None:
            settings = replace(settings, parameters=self._status.parameters)
        self._band.tell(Member.PLAYER, Begin(settings, again))
        if not again:
            self._band.insist(system)
        if not again and ports:
            self._teller.say(f"{self._system} ports: {', '.join(names)}")
        recalled = self._loop if again else self._kept
        self._settings = settings
        if recalled is not None:
            self._band.tell(Member.PLAYER, Recalled(recalled, now()))

    def _grant(self, wish: Ask | Keep) -> None:
        """Pass a request on, to a composer that is ready; save a loop."""
        match wish:
            case Ask(request):
                self._request = request
                if self._device:
                    self._band.tell(Member.COMPOSER, request)
            case Keep(loop):
                self._keep(loop)

    def _keep(self, loop: Loop) -> None:
        """Save a loop; what cannot be saved is said, and the music goes on."""
        # Imported when it is wanted: a jam starts sooner without it.
        from loopwright.live import keeping  # noqa: PLC0415

        tempo = self._status.tempo if self._status is not None else self._opened.preset.tempo
        try:
            kept = keeping.keep(self._library, self._opened, loop, tempo)
        except LoopwrightError as error:
            self._say(f"not kept: {error}")
            return
        self._say(f"kept as {kept.name} in {kept.opened.found.folder}")

    def _revive(self, member: Member) -> None:
        """Bring a process that was started again to where the one before was."""
        if member is Member.COMPOSER:
            self._revive_composer()
        elif self._leave_by is not None:
            self._ended = True
        elif self._no_ports:
            # A server that is down is no fault of ours, and may come back.
            self._say(f"trying again: {self._no_ports}")
            self._no_ports = ""
        else:
            self._count_fall(member)
            hosted = self._settings is not None and self._settings.follow_clock
            press = ": press play in the host again" if hosted else ""
            self._say(f"the player failed and was started again{self._fell}{press}")
            self._fell = ""

    def _revive_composer(self) -> None:
        """Load the model again; a request that felled two composers is given up."""
        if self._loop is None:
            self._count_fall(Member.COMPOSER)
        self._device = ""
        self._load()
        self._say("the composer failed and was started again")
        request = self._request
        if request is not None and request.number == self._felled_by:
            failed = Composed(request.number, None, "the composer failed twice")
            self._band.tell(Member.PLAYER, Answered(failed, now()))
            self._request = None
        self._felled_by = 0 if request is None else request.number

    def _count_fall(self, member: Member) -> None:
        """Give up after too many falls. Raises LoopwrightError."""
        recent = [at for at in self._falls if now() - at < LATELY]
        self._falls = [*recent, now()]
        if len(self._falls) > MOST_FALLS:
            raise LoopwrightError(f"the {member} keeps failing{self._fell}: giving up")

    def _say(self, word: str) -> None:
        """Show a word for a while."""
        self._word, self._word_until = word, Seconds(now() + WHILE)

    def _press(self, key: str) -> None:
        if self._status is not None:
            happening = steer(key, self._status.parameters, now())
            if happening is not None:
                self._band.tell(Member.PLAYER, happening)

    def _quit(self) -> None:
        """Have the player fall silent and end; the second time of asking, do not wait."""
        self._stops.clear()
        if self._leave_by is None and self._settings is not None:
            self._leave_by = Seconds(now() + PATIENCE)
            self._band.tell(Member.PLAYER, Pressed(Action.QUIT, now()))
        else:
            self._ended = True

    def _view(self) -> View:
        hosted = self._settings is not None and self._settings.follow_clock
        waiting = hosted and (self._status is None or self._status.motion is Motion.NO_CLOCK)
        word = self._word if now() < self._word_until else WAITING if waiting else ""
        return View(self._status, self._loop, self._system, self._device, word)

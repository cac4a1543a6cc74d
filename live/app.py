"""The app of a jam: between player, composer and user; it keeps loops and sees to the end."""

from loopwright.engine.compose import Composed
from loopwright.engine.happen import Action, Ask, Fetch, Keep, KeepPhrase, Pressed, Tell
from loopwright.engine.melody import Phrase
from loopwright.engine.notes import Loop
from loopwright.engine.report import lines
from loopwright.engine.status import Status
from loopwright.engine.time import Seconds, Timeline
from loopwright.live import library, melodies
from loopwright.live.band import Band, Member
from loopwright.live.composing import Composing
from loopwright.live.display import Display
from loopwright.live.falls import Falls, Restarts
from loopwright.live.fetching import Fetching
from loopwright.live.hints import hint
from loopwright.live.keeper import Keeper
from loopwright.live.keys import Reader, keyboard
from loopwright.live.loading import MelodyOpened, MelodyRefused, Opened, Refused
from loopwright.live.messages import (
    Away,
    Ended,
    Fell,
    NoPorts,
    Noted,
    Patched,
    Playing,
    PortsOpen,
)
from loopwright.live.midisystem import TITLES
from loopwright.live.now import now
from loopwright.live.options import OFF, JamOptions
from loopwright.live.program import load_of, opening
from loopwright.live.prompter import Prompter
from loopwright.live.records import Records
from loopwright.live.steering import REPORT, steer
from loopwright.live.tape import Sent
from loopwright.live.terminal import View
from loopwright.live.tuneup import settings_of

LOOK = 0.05  # seconds between two looks at the keyboard
PATIENCE = 3.0  # seconds that the player may take to fall silent at the end
RIGHTS = {
    True: "with real-time rights",
    False: "without real-time rights (loopwright doctor tells how to get them)",
}
UNOPENED = "the ports do not open{}: does the MIDI system stand still? Trying again; Ctrl-C ends"
NO_MIDI = "no MIDI system here: playing to our own clock, recording to {}"


class App:
    """One jam. The main thread."""

    def __init__(self, options: JamOptions, band: Band, stops: list[int]) -> None:
        """Read the preset, and tell the composer of its model. Raises LoopwrightError."""
        self._options, self._band, self._stops = options, band, stops
        band.start(Member.COMPOSER)
        self._library = library.system_library()
        slots, first = opening(self._library, options)
        if options.style:
            melodies.check_style(options.style, melodies.styles_in(first.melody))
        self._display = Display()
        self._falls = Falls()
        self._leave_by: Seconds | None = None
        self._player = Prompter(band, log=options.log != OFF)
        self._records = Records(options.log, self._display.say)
        self._keeper = Keeper(self._library, self._display.say)
        self._composer = Composing(band, load_of(options, first, 0), self._display.say)
        self._fetching = Fetching(
            self._library,
            options,
            slots,
            first,
            band=band,
            composing=self._composer,
            say=self._display.say,
        )

    @property
    def restarts(self) -> Restarts:
        """How often processes and ports were started again."""
        return self._falls.restarts

    def play(self) -> None:
        """Play until the end. Blocks. Raises LoopwrightError."""
        try:
            with keyboard() as read:
                while not self._over():
                    self._turn(read)
        finally:
            began = self._player.settings is not None
            ends = self._records.close(self._falls.restarts, began=began)
            for line in (*self._keeper.close(), *ends):
                self._display.line(line)

    def _over(self) -> bool:
        return self._player.ended or (self._leave_by is not None and now() > self._leave_by)

    def _turn(self, read: Reader) -> None:
        """Look at everything once; wait for some 50 ms where nothing comes."""
        for member, value in self._band.heard(LOOK):
            self._hear(member, value)
        self._composer.watch()
        self._keeper.watch()
        self._fetching.watch(None if self._player.status is None else self._player.status.key)
        for member in self._band.revived():
            self._revive(member)
        for key in read():
            self._press(key)
        if self._stops:
            self._quit()
        if self._player.settings is not None and not self._player.ended:
            self._display.show(self._view())

    def _hear(self, member: Member, value: object) -> None:
        match value:
            case Opened() | Composed() | Refused() | MelodyOpened() | MelodyRefused() | Phrase():
                self._composer.hear(value)
                self._fetching.hear(value)
            case PortsOpen() | Status() | Playing():
                self._go_on(value)
            case NoPorts() | Away() | Fell() | Patched() | Ended():
                self._player.hear(value)
            case Ask() | Tell() | Keep() | KeepPhrase() | Fetch():
                self._grant(value)
            case Sent() | Timeline() | Noted():
                self._records.take(value)
            case _:
                raise TypeError(f"the {member} said {value!r}")

    def _grant(self, wish: Ask | Tell | Keep | KeepPhrase | Fetch) -> None:
        """Do what the player wishes for."""
        match wish:
            case Ask(request):
                self._composer.ask(request)
            case Tell(melody):
                self._composer.tell(melody)
            case Keep(loop):
                self._keep(loop)
            case KeepPhrase(duet, slot, tempo):
                self._keeper.keep(self._fetching.played(slot), duet, tempo)
            case Fetch():
                self._fetching.fetch(wish)

    def _go_on(self, value: PortsOpen | Status | Playing) -> None:
        """Go on with a player that has just opened its ports, or with the report of one."""
        if isinstance(value, PortsOpen) and self._player.trouble:
            self._falls.count("ports")
        self._player.hear(value)
        match value:
            case PortsOpen():
                self._begin(value)
            case Status():
                self._records.heard(value)
                self._switch(value.slot)
            case Playing():
                pass

    def _switch(self, slot: int) -> None:
        """Take in which choice plays: the next player is to begin with that."""
        setup = self._fetching.seen(slot)
        if setup is not None:
            self._player.switched(setup, slot)

    def _begin(self, opened: PortsOpen) -> None:
        """Have the player begin, or go on after a fall with the loop that played."""
        if self._player.settings is not None:
            self._player.go_on(self._fetching.newest)
            self._fetching.tell_again()
            return
        ports = opened.system != "none"
        if not ports:
            self._display.line(NO_MIDI.format(self._records.tape(self._options.record)))
        settings = settings_of(self._options, self._fetching.playing.preset, ports=ports)
        self._player.begin(settings, self._fetching.playing.kept)
        if ports:
            self._display.line(f"{TITLES[opened.system]} ports: {', '.join(opened.names)}")
            self._display.line(f"through {opened.through}; {RIGHTS[opened.realtime]}")

    def _keep(self, loop: Loop) -> None:
        """Save a loop of what plays, at the tempo that it plays at."""
        status, program = self._player.status, self._fetching.playing
        tempo = status.tempo if status is not None else program.opened.preset.tempo
        self._keeper.keep(program, loop, tempo)

    def _revive(self, member: Member) -> None:
        """Bring a process that was started again to where the one before was."""
        if member is Member.PLAYER:
            self._records.another()
        if member is Member.COMPOSER:
            self._falls.count("composer")
            if self._player.loop is None:
                self._falls.judge("composer")
            self._composer.revive()
        elif self._leave_by is not None:
            self._player.ended = True
        elif not self._player.trouble:  # a server that is down is no fault of the player's
            self._revive_player()

    def _revive_player(self) -> None:
        """Say that the player fell, and why where that is known; give up after too many falls."""
        self._falls.count("player")
        self._falls.judge("player", self._player.fell)
        if self._player.settings is None:  # there is no picture yet to show a word in
            self._display.line(UNOPENED.format(self._player.fell))
        press = "; if nothing sounds, press play in the host" if self._player.hosted else ""
        self._display.say(f"the player failed and was started again{self._player.fell}{press}")
        self._player.fell = ""

    def _press(self, key: str) -> None:
        if key == REPORT:
            for line in lines(self._records.report(self._falls.restarts)):
                self._display.line(line)
        if self._player.status is not None:
            happening = steer(key, self._player.status.parameters, now())
            if happening is not None:
                self._band.tell(Member.PLAYER, happening)

    def _quit(self) -> None:
        """Have the player fall silent and end; the second time of asking, do not wait."""
        self._stops.clear()
        if self._leave_by is None and self._player.settings is not None:
            self._leave_by = Seconds(now() + PATIENCE)
            self._band.tell(Member.PLAYER, Pressed(Action.QUIT, now()))
        else:
            self._player.ended = True

    def _view(self) -> View:
        player = self._player
        word = self._display.word(hint(player.settings, player.status))
        return View(
            player.status,
            player.loop,
            TITLES[player.system],
            self._composer.device,
            word,
            trouble=player.trouble,
            away=player.away,
            slow=self._composer.slow(),
            title=self._fetching.title,
            coming=self._fetching.coming,
        )

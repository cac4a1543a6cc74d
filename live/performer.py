"""The player at work: what it hears and is told goes to the conductor, whose wishes it does."""

import time
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, cast

from loopwright.engine import conduct, host, status
from loopwright.engine.happen import (
    Action,
    Ask,
    Cue,
    End,
    Fetch,
    Happening,
    Keep,
    KeepPhrase,
    Pace,
    Play,
    Pressed,
    Send,
    Tell,
    Wish,
    Woke,
)
from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, Timeline
from loopwright.engine.transport import Transport
from loopwright.live.board import Board, Member, Song
from loopwright.live.handed import Handed
from loopwright.live.inbox import Inbox
from loopwright.live.linkclock import LinkClock
from loopwright.live.messages import Away, Begin, Patched, Playing
from loopwright.live.now import LONGEST_SPIN, now
from loopwright.live.outlet import Outlet
from loopwright.live.patch import Cable
from loopwright.live.wire import Gone, Wire

if TYPE_CHECKING:
    from loopwright.live.scribe import Scribe

NAP = 0.001  # seconds between two looks at what came in
REPORTS = 0.1  # seconds between two reports to the app


class Performer:
    """The conductor's hands and ears. One thread; the inboxes are filled by others."""

    def __init__(
        self, wire: Wire, told: Inbox[object], outlet: Outlet, board: Board, begin: Begin
    ) -> None:
        self._wire, self._told, self._outlet, self._board = wire, told, outlet, board
        self._handed = Handed(board)
        self._reported = Seconds(0.0)
        self._loop: Loop | None = None
        self._line: Timeline | None = None
        self._cables: tuple[Cable, ...] = ()
        self._away: tuple[str, ...] = ()
        self._transport: Transport | None = None
        self._playing = True
        self._session: LinkClock | None = None
        settings = replace(begin.settings, lead=outlet.lead)
        self._scribe = scribe_of(wire, settings, outlet.system) if begin.log else None
        self._state, wishes = conduct.opening(settings)
        if self._scribe is not None:
            self._scribe.opened(wishes)
        self._grant(wishes)

    def play(self, session: LinkClock | None) -> None:
        """Play, in a session if there is one, until the conductor says that it is over. Blocks."""
        try:
            self._perform(session)
        finally:
            if self._scribe is not None:
                self._scribe.tell()

    def _perform(self, session: LinkClock | None) -> None:
        self._session = session
        while self._playing:
            self._board.beat(Member.PLAYER, now())
            at = self._outlet.now()
            self._handed.settle(at)
            for happening in self._happenings(at):
                self._step(happening)
            due = conduct.due(self._state)
            if due is not None and due <= (at := self._outlet.now()) and not self._outlet.waiting():
                self._step(Woke(at))
                due = conduct.due(self._state)
            self._tell(at)
            self._rest(due)
        self._handed.settle(Seconds(inf))  # the ports close only after all has left
        self._tell(Seconds(inf))
        if session is not None:
            session.leave()

    def _happenings(self, at: Seconds) -> list[Happening]:
        """Return what happened since the last look, in order."""
        heard: list[Happening] = list(self._outlet.heard())
        if self._session is not None:
            heard += self._session.heard(self._outlet.now, self._outlet.lead)
        return heard + [stamped(value, at) for value in self._told.take()]

    def _step(self, happening: Happening) -> None:
        if self._scribe is not None:
            self._scribe.note(happening)
        self._state, wishes = conduct.step(self._state, happening)
        if self._scribe is not None:
            self._scribe.count(wishes)
        if self._outlet.system == "none":
            self._tell_line()
        self._show_song()
        self._grant(wishes)

    def _show_song(self) -> None:
        """Leave where the song is for whoever takes over, should this player fall."""
        state = self._state
        if state.transport is self._transport:
            return
        self._transport = state.transport
        line = state.follower.line(state.transport.tick)
        playing = state.transport.playing
        self._board.show(Song(line, state.host is not None) if playing else None)

    def _grant(self, wishes: tuple[Wish, ...]) -> None:
        for wish in wishes:
            match wish:
                case Send(part, data, at):
                    self._handed.beginning(part, data)
                    self._outlet.send(part, data, at)
                    self._handed.ended(part, data, at)
                case Cue(data, at):
                    self._outlet.send("clock", data, at)
                case Play() | Pace():
                    self._ask_session(wish)
                case Fetch() | Keep() | KeepPhrase():
                    # First what plays: it may have been taken up since the last report.
                    self._wire.post(replace(status.read(self._state), loop=None))
                    self._wire.post(wish)
                case Ask() | Tell():
                    self._wire.post(wish)
                case End():
                    self._playing = False

    def _ask_session(self, wish: Play | Pace) -> None:
        match self._session, wish:
            case None, _:
                pass
            case session, Pace(tempo):
                session.pace(tempo)
            case session, Play(stops):
                session.play(self._outlet.lead, stops=stops)

    def _tell_line(self) -> None:
        """Tell a recording app where the ticks of our own clock fall, before what falls there."""
        ours, transport = self._state.host, self._state.transport
        line = host.line(ours, transport.next) if ours and transport.playing else None
        if line is not None and line != self._line:
            self._wire.post(line)
        self._line = line

    def _tell(self, at: Seconds) -> None:
        """Report to the app, ten times a second; the loop only when it is another."""
        if at - self._reported < REPORTS:
            return
        self._reported = at
        report = status.read(self._state)
        self._wire.post(replace(report, loop=None))
        if self._scribe is not None:
            self._scribe.tell()
        cables = self._outlet.cables()
        if cables != self._cables:
            self._cables = cables
            self._wire.post(Patched(cables))
        away = self._outlet.away()
        if away != self._away:
            self._away = away
            self._wire.post(Away(away))
        if report.loop is not self._loop:
            self._loop = report.loop
            self._wire.post(Playing(report.loop))

    def _rest(self, due: Seconds | None) -> None:
        """Sleep for a millisecond at most; spin at the end where a message is due."""
        ahead = inf if due is None else due - self._outlet.now()
        spin = LONGEST_SPIN if self._outlet.spins else 0.0
        if ahead <= 0 or ahead > NAP + spin:
            time.sleep(NAP)
            return
        until = now() + ahead
        time.sleep(max(ahead - spin, 0.0))
        while now() < until and not (self._outlet.waiting() or self._told):
            pass


def scribe_of(wire: Wire, settings: Settings, system: str) -> "Scribe":
    """Return who writes down what happens; loaded only where a log is kept."""
    from loopwright.live.scribe import Scribe  # noqa: PLC0415

    return Scribe(wire, settings, system)


def stamped(value: object, at: Seconds) -> Happening:
    """Return what the app told as something that happens at second `at`."""
    if isinstance(value, Gone):
        return Pressed(Action.QUIT, at)
    return replace(cast(Happening, value), at=at)

"""The way from a choice to the switch: a slot is looked up, its preset read, its models opened.

Then it is handed to the player, which takes it up where a loop begins. Until then, and where any of
this fails, what plays plays on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Thread

from loopwright.engine.errors import LoopwrightError, PresetError
from loopwright.engine.happen import Fetch, Fetched
from loopwright.engine.keys import Key
from loopwright.engine.setup import Setup
from loopwright.engine.switch import PROGRAMS
from loopwright.engine.time import Seconds
from loopwright.live import trust
from loopwright.live.board import Member
from loopwright.live.composing import Composing, Said
from loopwright.live.inbox import Inbox
from loopwright.live.library import Library
from loopwright.live.loading import Opened, Refused
from loopwright.live.now import now
from loopwright.live.options import JamOptions
from loopwright.live.program import Program, brought, first_request, load_of, read_program
from loopwright.live.singing import Post
from loopwright.live.slots import Slot, Slots

TOO_SLOW = 60.0  # seconds in which a slot is there, or never will be
REMEMBERED = 32  # choices: what of them played can still be looked up


@dataclass(frozen=True, slots=True)
class Way:
    """A choice on its way, since second `since`: its slot; the program, once that was read.

    `setup` is what it brings, `ready` once all of it is there.
    """

    number: int
    slot: Slot
    since: Seconds
    program: Program | None = None
    setup: Setup | None = None
    ready: bool = False


class Fetching:
    """What was chosen last, on its way. The app's main thread; presets are read on others."""

    def __init__(  # noqa: PLR0913 - the app's own parts
        self,
        shelf: Library,
        options: JamOptions,
        slots: Slots,
        first: Program,
        *,
        band: Post,
        composing: Composing,
        say: Callable[[str], None],
    ) -> None:
        """Begin with the program that plays `first`, as choice 0; `say` shows a word."""
        self._shelf, self._options, self._slots = shelf, options, slots
        self._band, self._composing, self._say = band, composing, say
        self.playing = first
        self._played = {0: first}
        self.newest = 0  # the number of the newest choice
        self._way: Way | None = None
        self._read: Inbox[tuple[int, Program | LoopwrightError]] = Inbox()

    @property
    def title(self) -> str:
        """What the slot that plays is called, empty where nobody chooses."""
        slot = self.playing.slot
        shown = slot is not None and (self.newest > 0 or self._options.slots is not None)
        return slot.title if slot is not None and shown else ""

    @property
    def coming(self) -> str:
        """What is on its way, empty where nothing is."""
        way = self._way
        return "" if way is None else f"{way.slot.title}{'' if way.ready else ' (loading)'}"

    def played(self, number: int) -> Program:
        """Return the program of a choice that has played; where that is long ago, of today's."""
        return self._played.get(number, self.playing)

    def fetch(self, wish: Fetch) -> None:
        """Set out for what was chosen, in place of what was on its way."""
        number, self.newest = wish.number, wish.number
        here = self.playing.slot if self._way is None else self._way.slot
        self._drop()
        place, step = wish.place, wish.step
        slot = self._slots.beside(here, step) if place is None else self._slots.at(place)
        if slot is None:
            self._fail(number, no_slot(place))
        elif slot == self.playing.slot and slot.loop is None:
            self._tell(Fetched(number, None, now()))  # it plays already
        else:
            self._way = Way(number, slot, now())
            Thread(target=self._find, args=(number, slot), daemon=True).start()

    def watch(self, key: Key | None) -> None:
        """Take in what was read by now, and give up what never comes.

        `key` is that of the music, in which it goes on where a preset names none.
        """
        for number, found in self._read.take():
            if self._way is not None and self._way.number == number:
                self._open(self._way, found, key)
        way = self._way
        if way is None or way.ready:
            return
        if now() - way.since > TOO_SLOW:
            self._composing.give_up(f" ({way.slot.title} took more than {TOO_SLOW:.0f} s)")
            self._fail(way.number, f"{way.slot.title} cannot be had: it takes too long")
        elif way.program is not None and not self._composing.wants(way.number):
            self._fail(way.number, f"{way.slot.title} cannot be had: the composer fell over it")

    def hear(self, value: Said) -> None:
        """Take in what the composer said of a choice's models."""
        if not isinstance(value, Opened | Refused):
            return
        if isinstance(value, Opened):
            self._trust(value.slot)
        way = self._way
        if way is None or way.number != value.slot or way.setup is None or way.ready:
            return
        if isinstance(value, Refused):
            self._fail(way.number, f"{way.slot.title} cannot be had: {value.reason}")
        elif value.first is not None and value.first.loop is None:
            self._fail(way.number, f"{way.slot.title} has no loop: {value.first.reason}")
        else:
            loop = way.setup.loop if value.first is None else value.first.loop
            setup = way.setup if loop is None else replace(way.setup, loop=loop)
            self._way = replace(way, setup=setup, ready=True)
            self.tell_again()

    def tell_again(self) -> None:
        """Tell a player, the first or one after it, of what is there and waits for the boundary."""
        way = self._way
        if way is not None and way.ready:
            self._tell(Fetched(way.number, way.setup, now()))

    def seen(self, slot: int) -> Setup | None:
        """Take in which choice plays; return what it brought where it has just taken effect."""
        way = self._way
        if way is None or way.program is None or way.number != slot:
            return None
        self._way, self.playing = None, way.program
        recent = {n: program for n, program in self._played.items() if n > slot - REMEMBERED}
        self._played = recent | {slot: way.program}
        self._composing.play(slot)
        return way.setup

    def _find(self, number: int, slot: Slot) -> None:
        """Read a preset: a thread of its own, since a disk may be slow."""
        try:
            program = read_program(self._shelf, self._options, slot, slot.preset, slot.loop)
            self._read.put((number, program))
        except LoopwrightError as error:
            self._read.put((number, error))
        except Exception as error:  # the outermost line of this thread
            self._read.put((number, PresetError(f"it cannot be read: {error!r}")))

    def _open(self, way: Way, found: Program | LoopwrightError, key: Key | None) -> None:
        """Have the models of a preset opened, and its first loop composed."""
        try:
            if isinstance(found, LoopwrightError):
                raise found
            setup = brought(self._options, found)
        except LoopwrightError as error:
            self._fail(way.number, f"{way.slot.title} cannot be had: {error}")
            return
        self._way = replace(way, program=found, setup=setup)
        first = first_request(setup, way.number, key) if found.kept is None else None
        self._composing.load(load_of(self._options, found, way.number, first))

    def _trust(self, number: int) -> None:
        """Remember that a stranger's model runs."""
        way = self._way
        program = way.program if way is not None and way.number == number else self.playing
        if program is not None and program.strange:
            trust.trust(self._shelf, program.opened.model)

    def _fail(self, number: int, why: str) -> None:
        """Say why a choice comes to nothing; what plays plays on."""
        self._drop()
        self._say(why)
        self._tell(Fetched(number, None, now()))

    def _drop(self) -> None:
        if self._way is not None:
            self._composing.only_playing()
        self._way = None

    def _tell(self, value: Fetched) -> None:
        self._band.tell(Member.PLAYER, value)


def no_slot(place: int | None) -> str:
    """Return that there is nothing at a place."""
    if place is None:
        return "there are no slots"
    bank, program = divmod(place, PROGRAMS)
    return f"no slot has program {program + 1}{f' of bank {bank}' if bank else ''}"

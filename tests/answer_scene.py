"""A scene of an answer: a host, a player and a composer, each with a manner, and what came of it.

Places count the host's clocks, played or not; `Score` tells the song's tick there.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import inf

from melodies import sung
from score import Stand, settings, with_lead

from loopwright.engine import midi
from loopwright.engine.answermode import Grid, Mode
from loopwright.engine.happen import Action, Happening, Heard, OutputLost, Phrased, Send, Tell, Wish
from loopwright.engine.keys import Key
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.time import Seconds, period_of

CLOCKS = 24 * 16
PHRASE = (0.1, 1.0, 1.97, 2.5)  # beats that keys are struck at, by hands
FREEWHEEL = 0.25
ROUND = 128  # sixteenths of the eight bars that a host goes round
FURTHER = 37  # sixteenths that a host jumps by
KEY = Key(9, minor=True)
Composer = Callable[[Melody], tuple[Phrase, ...]]
Deed = tuple[float, Callable[[], None]]


def wild(melody: Melody) -> tuple[Phrase, ...]:
    """Return an answer with notes that nobody can play, or that lie where none may."""
    told, start = sung(melody), melody.start or 0
    bad = (
        Note(start - 7, 400, 60, 90, Part.MELODY),
        Note(start, 6, 200, 90, Part.MELODY),
        Note(start, 6, 60, 0, Part.MELODY),
        Note(melody.until + 900, 6, 60, 90, Part.MELODY),
    )
    return (replace(told, notes=(*told.notes, *bad)),)


COMPOSERS: dict[str, Composer] = {
    "as asked": lambda melody: (sung(melody),),
    "more": lambda melody: (sung(melody, until=melody.until + 500),),
    "less": lambda melody: (sung(melody, until=melody.until - 3),),
    "twice": lambda melody: (sung(melody), sung(melody)),
    "wild": wild,
}


@dataclass(frozen=True)
class Scene:
    """Who does what. `delay` None: the composer says nothing. On beat `when` comes a `fate`.

    `tempo` goes from the first to the last. `again` are beats that a key is struck on after the
    phrase, and `held` is how many beats the phrase's last key is down.
    """

    mode: Mode = Mode.PAUSE
    grid: Grid = Grid.BEAT
    tempo: tuple[float, float] = (120.0, 120.0)
    delay: float | None = 0.01
    manner: str = "as asked"
    offset: float = 0.0
    lead: float = 0.0
    stays: bool = False
    bars: int = 2
    listen: int = 1
    fate: str = "none"
    when: float = 7.0
    again: tuple[float, ...] = ()
    held: float = 0.4

    @property
    def prompt(self) -> bool:
        """Whether the composer is as quick as it is trusted to be, and says all that is asked."""
        return self.delay is not None and self.delay <= 0.04 and self.manner != "less"

    @property
    def steady(self) -> bool:
        return self.tempo[0] == self.tempo[1]

    @property
    def early(self) -> float:
        """How many seconds before its time a note leaves us."""
        return max(0.0, -self.offset / 1000) + self.lead


@dataclass
class Score:
    """What the host did: the second of each clock, and the song's tick there, None: it stood."""

    at: list[float] = field(default_factory=list[float])
    song: list[int | None] = field(default_factory=list[int | None])

    def clock(self, at: float) -> int:
        """Return the number of the clock before a second."""
        return max(bisect_right(self.at, at + 1e-6) - 1, 0)

    def period(self, at: float) -> float:
        """Return how long a clock lasts then."""
        here = min(self.clock(at), len(self.at) - 2)
        return self.at[here + 1] - self.at[here]

    def place(self, at: float) -> float:
        """Return the place of a second."""
        here = self.clock(at)
        return here + (at - self.at[here]) / self.period(at)

    def tick(self, at: float) -> float | None:
        """Return the song's tick at a second, None where it stands."""
        here = self.clock(at)
        tick = self.song[here]
        return None if tick is None else tick + self.place(at) - here


class Play(Stand):
    """A scene, played to its end. `breaks` are the seconds at which any answer is over."""

    def __init__(self, scene: Scene, composer: Composer | None = None) -> None:
        self.scene, self.score = scene, Score()
        self.composer = composer or COMPOSERS[scene.manner]
        self.coming: list[tuple[float, Phrase]] = []
        self.breaks: list[float] = []
        self.pressed: list[float] = []
        self.lost: list[float] = []  # seconds at which what sounds is over
        self.given: dict[int, set[float]] = {}  # seconds that the composer had, by its answer
        self.origins: list[float] = []  # seconds of clocks that nothing of the song comes before
        self.edges: set[int] = set()  # ticks that the song left for another place: it may again
        self.tick: int | None = 0
        self.stood: int | None = None
        self.gone = inf  # the second of the last clock, if there is one
        told = settings(
            answer=scene.mode,
            answer_grid=scene.grid,
            answer_bars=scene.bars,
            answer_listen=scene.listen,
            answer_stays=scene.stays,
            offset_melody=scene.offset,
        )
        super().__init__(replace(with_lead(told, scene.lead), key=KEY), scene.tempo[0])
        self.answer(Loop((Note(0, 6, 36, 100, Part.DRUMS),)))
        self.start()
        self.perform()

    def step(self, happening: Happening) -> None:
        self.before = self.state
        super().step(happening)

    def keep(self, wishes: Iterable[Wish]) -> None:
        super().keep(wishes)
        for wish in wishes:
            if isinstance(wish, Tell) and wish.melody.start is not None:
                given = {self.before.answering.given, self.state.answering.given}
                self.given.setdefault(wish.melody.answer, given)
                self.compose(wish.melody)

    def compose(self, melody: Melody) -> None:
        """Have the composer answer, after its time."""
        if self.scene.delay is not None:
            due = self.at + self.scene.delay
            self.coming += ((due, phrase) for phrase in self.composer(melody))

    def wait_until(self, at: float) -> None:
        while self.coming and self.coming[0][0] < at:
            due, phrase = self.coming.pop(0)
            super().wait_until(due)
            self.step(Phrased(phrase, Seconds(self.at)))
        super().wait_until(at)

    def perform(self) -> None:
        """Send every clock, and do what is to be done before the next."""
        deeds = sorted(self.deeds(), key=lambda deed: deed[0])
        for clock in range(CLOCKS):
            begin, period = self.at, self.period_at(clock)
            self.send_clock(begin)
            while deeds and deeds[0][0] < clock + 1:
                place, do = deeds.pop(0)
                self.wait_until(begin + (place - clock) * period)
                do()
            self.wait_until(begin + period - 1e-7)
            self.at = begin + period
        self.breaks.append(self.at)
        self.press(Action.QUIT)

    def send_clock(self, at: float) -> None:
        """Send a clock, and write down where the song is."""
        if at <= self.gone:
            self.happen(Heard(midi.CLOCK, Seconds(at)))
        elif at > self.breaks[-1]:
            self.tick = None
        if self.tick in self.edges or (self.tick or 0) - 1 not in self.score.song[-1:]:
            self.origins.append(at)
        self.score.at.append(at)
        self.score.song.append(self.tick)
        self.tick = None if self.tick is None else self.tick + 1

    def period_at(self, clock: int) -> float:
        """Return the seconds from a clock to the next."""
        first, last = self.scene.tempo
        return period_of(first + (last - first) * clock / CLOCKS)

    def deeds(self) -> Iterator[Deed]:
        """Yield what is done, and at which place."""
        yield 24 * self.scene.when - 0.5, lambda: FATES[self.scene.fate](self)
        yield from self.phrase(PHRASE, self.scene.held)
        for beat in self.scene.again:
            yield from self.phrase((beat,), 0.3)

    def phrase(self, beats: tuple[float, ...], held: float) -> Iterator[Deed]:
        """Yield how some notes are played, and given to be answered."""
        for beat in beats:
            long = held if beat == beats[-1] else 0.4
            yield 24 * beat, self.strike
            yield 24 * (beat + long), lambda: self.hear(midi.note_off(1, 60))
        end = 24 * (beats[-1] + held)
        if self.scene.mode is Mode.PEDAL:
            yield 24 * beats[0] - 1, self.pedal_down
            yield end + 5, lambda: self.hear(midi.control(1, 64, 0))
        if self.scene.mode is Mode.LAST:
            yield end + 9, self.ask

    def strike(self) -> None:
        if self.scene.mode in (Mode.PAUSE, Mode.LAST) and not self.scene.stays:
            self.breaks.append(self.at)
        self.hear(midi.note_on(1, 60, 70))

    def pedal_down(self) -> None:
        if not self.scene.stays:
            self.breaks.append(self.at)
        self.hear(midi.control(1, 64, 127))

    def ask(self) -> None:
        self.pressed.append(self.at)
        self.press(Action.ANSWER)

    def stop(self) -> None:
        self.breaks.append(self.at)
        self.edges.add(self.tick or 0)
        self.stood, self.tick = self.tick, None
        self.hear(midi.STOP)

    def stop_and_go_on(self) -> None:
        self.stop()
        self.hear(midi.CONTINUE)
        self.tick = self.stood

    def start_anew(self) -> None:
        self.breaks.append(self.at)
        self.edges.add(self.tick or 0)
        self.hear(midi.START)
        self.tick = 0

    def jump(self) -> None:
        """Go elsewhere with the next clock."""
        clock = len(self.score.at) - 1
        self.breaks.append(self.score.at[clock] + self.period_at(clock))
        self.edges.add(self.tick or 0)
        self.go_on_by(FURTHER)

    def go_round(self) -> None:
        """Go to the same place of another eight bars with the next clock."""
        self.go_on_by(ROUND)

    def go_on_by(self, sixteenths: int) -> None:
        place, rest = divmod(self.tick or 0, 6)
        assert not rest, "a song position counts sixteenths"
        self.tick = 6 * (place + sixteenths)
        self.hear(midi.song_position(place + sixteenths))

    def lose_clocks(self) -> None:
        """Send no more clocks."""
        self.gone = self.score.at[-1]
        self.breaks.append(self.gone + self.period_at(len(self.score.at) - 1) + FREEWHEEL)

    def lose_output(self) -> None:
        self.lost.append(self.at)
        self.happen(OutputLost(Seconds(self.at)))

    def turn_off(self) -> None:
        self.breaks.append(self.at)
        self.turn("answer", Mode.OFF)

    @property
    def asks(self) -> list[tuple[float, Melody]]:
        """What the composer was asked, and at which second."""
        told = ((at, w.melody) for w, at in self.wishes if isinstance(w, Tell))
        return [(at, melody) for at, melody in told if melody.start is not None]

    @property
    def heard(self) -> list[Send]:
        """The melody's notes on and off, in the order that they are heard in."""
        sends = [s for s in self.sends if s.part is Part.MELODY and s.data[0] & 0xE0 == 0x80]
        return sorted(sends, key=lambda send: send.at)


FATES: dict[str, Callable[[Play], None]] = {
    "none": lambda _: None,
    "stop": Play.stop,
    "stop, continue": Play.stop_and_go_on,
    "start": Play.start_anew,
    "jump": Play.jump,
    "round": Play.go_round,
    "clock lost": Play.lose_clocks,
    "off": Play.turn_off,
    "asked": Play.ask,
    "output lost": Play.lose_output,
}

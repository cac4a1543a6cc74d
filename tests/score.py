"""A stand for the instrument: happenings go in, in order of time; what comes out is kept."""

from collections.abc import Iterable
from dataclasses import replace

from loopwright.engine import conduct, midi
from loopwright.engine.compose import Composed, Request
from loopwright.engine.happen import (
    Action,
    Answered,
    Ask,
    Happening,
    Heard,
    Pressed,
    Send,
    Turned,
    Wish,
    Woke,
)
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.parameters import defaults
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, period_of

KICK, HAT = 36, 42


def groove(bass: int = 40, length: int = 12) -> Loop:
    """Return a loop: hats on eighths, kicks and bass notes on quarters."""
    notes = [Note(tick, 6, HAT, 100, Part.DRUMS) for tick in range(0, 768, 12)]
    notes += [Note(tick, 6, KICK, 100, Part.DRUMS) for tick in range(0, 768, 24)]
    notes += [Note(t, min(length, 768 - t), bass, 80, Part.BASS) for t in range(0, 768, 24)]
    return Loop(tuple(sorted(notes)))


def settings(**told: float) -> Settings:
    """Return settings with parameters set, the music exactly on the grid unless told otherwise."""
    return Settings(parameters={**defaults(), "flat": 1.0, **told})


class Stand:
    """An instrument on the stand, at second `at`; wakes it whenever it asks for that."""

    def __init__(self, told: Settings | None = None, bpm: float = 120.0, at: float = 100.0) -> None:
        self.at = at
        self.period = period_of(bpm)
        self.wishes: list[tuple[Wish, float]] = []
        self.happened: list[Happening] = []
        self.state, first = conduct.opening(told or settings())
        self.keep(first)

    def keep(self, wishes: Iterable[Wish]) -> None:
        self.wishes += [(wish, self.at) for wish in wishes]

    def happen(self, happening: Happening) -> None:
        """Let something happen, after everything that was due before."""
        self.wait_until(happening.at)
        self.step(happening)

    def step(self, happening: Happening) -> None:
        """Let something happen, and keep it and what is wished for."""
        self.happened.append(happening)
        self.state, wishes = conduct.step(self.state, happening)
        self.keep(wishes)

    def wait_until(self, at: float) -> None:
        """Let time pass."""
        due = conduct.due(self.state)
        while due is not None and due < at:
            self.at = max(self.at, due)
            self.step(Woke(Seconds(self.at)))
            after = conduct.due(self.state)
            assert after is None or after > due, "it asked to be woken and then did nothing"
            due = after
        self.at = max(self.at, at)

    def wait(self, seconds: float) -> None:
        self.wait_until(self.at + seconds)

    def hear(self, data: bytes) -> None:
        self.happen(Heard(data, Seconds(self.at)))

    def clocks(self, count: int) -> None:
        """Let a host send clocks: the first now, the time after the last let pass."""
        begin = self.at
        for number in range(count):
            self.happen(Heard(midi.CLOCK, Seconds(begin + number * self.period)))
        self.wait_until(begin + count * self.period - 1e-7)
        self.at = begin + count * self.period

    def start(self) -> None:
        self.hear(midi.START)

    def stop(self) -> None:
        self.hear(midi.STOP)

    def answer(self, loop: Loop | None, number: int | None = None) -> None:
        number = self.asked[-1].number if number is None else number
        self.happen(Answered(Composed(number, loop), Seconds(self.at)))

    def press(self, action: Action) -> None:
        self.happen(Pressed(action, Seconds(self.at)))

    def turn(self, name: str, value: float) -> None:
        self.happen(Turned(name, value, Seconds(self.at)))

    @property
    def asked(self) -> list[Request]:
        return [wish.request for wish, _ in self.wishes if isinstance(wish, Ask)]

    @property
    def sends(self) -> list[Send]:
        return [wish for wish, _ in self.wishes if isinstance(wish, Send)]

    def ons(self, pitch: int | None = None) -> list[float]:
        """Return the seconds of all note-ons, of one pitch if it is given."""
        notes = [s for s in self.sends if s.data[0] & 0xF0 == 0x90]
        return [s.at for s in notes if pitch is None or s.data[1] == pitch]

    def offs(self, pitch: int | None = None) -> list[float]:
        notes = [s for s in self.sends if s.data[0] & 0xF0 == 0x80]
        return [s.at for s in notes if pitch is None or s.data[1] == pitch]

    def forget(self) -> None:
        """Begin a new page: forget what came out so far."""
        self.wishes.clear()


def playing(told: Settings | None = None, loop: Loop | None = None, bpm: float = 120.0) -> Stand:
    """Return a stand whose first loop is there and to which a host has just sent Start."""
    stand = Stand(told, bpm)
    stand.answer(loop or groove())
    stand.start()
    return stand


def with_lead(told: Settings, lead: float) -> Settings:
    """Return settings of an output that takes messages `lead` seconds ahead."""
    return replace(told, lead=Seconds(lead))

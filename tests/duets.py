"""A stand with a keyboard and a melody's composer: who plays, and what answers."""

from collections.abc import Iterable, Iterator

from melodies import sung
from score import Stand, groove, settings

from loopwright.engine import midi
from loopwright.engine.happen import Heard, Phrased, Send, Tell, Wish
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.notes import Loop, Part
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds

BEAT = 0.5  # seconds, at 120 quarter notes a minute


class Duet(Stand):
    """A stand with a composer, who takes `delay` seconds over each answer; None: says nothing.

    Its notes last for `length` ticks.
    """

    def __init__(
        self,
        told: Settings | None = None,
        delay: float | None = 0.01,
        loop: Loop | None = None,
        length: int = 6,
    ) -> None:
        self.delay, self.length = delay, length
        self.coming: list[tuple[float, Phrase]] = []
        super().__init__(told or settings(answer_bars=4))
        self.answer(loop or groove())
        self.start()
        self.begin = self.at
        self.go_to(0.001)

    def keep(self, wishes: Iterable[Wish]) -> None:
        super().keep(wishes)
        for wish in wishes:
            if isinstance(wish, Tell) and self.delay is not None and wish.melody.start is not None:
                self.coming.append((self.at + self.delay, sung(wish.melody, length=self.length)))

    def wait_until(self, at: float) -> None:
        while self.coming and self.coming[0][0] < at:
            due, phrase = self.coming.pop(0)
            super().wait_until(due)
            self.step(Phrased(phrase, Seconds(self.at)))
        super().wait_until(at)

    def play(self, *beats: float, pitch: int = 60, length: float = 0.4) -> None:
        """Play quarter notes on beats counted from Start, each for so many beats."""
        for beat in beats:
            self.go_to(beat)
            self.hear(midi.note_on(1, pitch, 70))
            self.go_to(beat + length)
            self.hear(midi.note_off(1, pitch))

    def go_to(self, beat: float) -> None:
        """Let clocks come up to a beat counted from Start, with a fraction."""
        end = self.begin + beat * BEAT - 1e-7
        while self.due_clock() <= end:
            self.happen(Heard(midi.CLOCK, Seconds(self.due_clock())))
            self.ticks += 1
        self.wait_until(end)

    ticks = 0

    def due_clock(self) -> float:
        return self.begin + self.ticks * self.period

    @property
    def told(self) -> list[Melody]:
        return [w.melody for w, _ in self.wishes if isinstance(w, Tell)]

    @property
    def asks(self) -> list[Melody]:
        return [melody for melody in self.told if melody.start is not None]

    def melody(self, kind: int = 0x90) -> list[float]:
        """Return the beats of the melody's note-ons (or offs, 0x80), counted from Start."""
        return [round((s.at - self.begin) / BEAT, 4) for s in self.melody_sends(kind)]

    def melody_sends(self, kind: int = 0x90) -> Iterator[Send]:
        return (s for s in self.sends if s.part is Part.MELODY and s.data[0] & 0xF0 == kind)

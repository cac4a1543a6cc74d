"""A judge beside the instrument: keeps what sounds outside, and holds every step to the laws."""

from collections.abc import Sequence
from dataclasses import replace

from melodies import ANSWERS, answer_of
from melodies import strays as melody_strays

from loopwright.engine import conduct, midi
from loopwright.engine.answer import Answer
from loopwright.engine.compose import Request
from loopwright.engine.happen import (
    Ask,
    Cue,
    End,
    Fetch,
    Happening,
    Heard,
    Phrased,
    Resumed,
    Send,
    Tell,
    Wish,
    Woke,
)
from loopwright.engine.keys import Key
from loopwright.engine.melody import Melody
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.state import Plan, Settings, State
from loopwright.engine.time import LOOP_TICKS, Seconds, loop_phase
from loopwright.engine.transport import PLAYING

KICK, HAT = 36, 42
LOWEST = 30
LATEST = 2.0  # ticks that swing delays at most

Place = tuple[str, int, int]
"""Port, channel and pitch."""


def telling(length: int) -> Loop:
    """Return a loop whose bass tells by its pitch where in the loop it is: on every quarter."""
    notes = [Note(tick, 6, HAT, 100, Part.DRUMS) for tick in range(0, LOOP_TICKS, 12)]
    notes += [Note(tick, 6, KICK, 100, Part.DRUMS) for tick in range(0, LOOP_TICKS, 24)]
    for tick in range(0, LOOP_TICKS, 24):
        ends = min(length, LOOP_TICKS - tick)
        notes.append(Note(tick, ends, LOWEST + tick // 24, 80, Part.BASS))
    return Loop(tuple(sorted(notes)), key=Key(length % 12))


LOOPS = tuple(telling(length) for length in (24, 12, 6, 30))


def strays(place: float, part: Part, pitch: int) -> float:
    """Return how many ticks after its place in the loop a note of `telling` is."""
    if part is Part.MELODY:
        return melody_strays(place, pitch)
    if part is Part.BASS:
        return (place - 24 * (pitch - LOWEST)) % LOOP_TICKS
    return place % (24 if pitch == KICK else 12)


class Judge:
    """Plays, and raises AssertionError when a law is broken. Second `now` is the present."""

    def __init__(self, settings: Settings) -> None:
        self.now = 100.0
        self.began = settings
        self.state, wishes = conduct.opening(settings)
        self.sounding: set[Place] = set()
        self.last: dict[Place, float] = {}
        self.asked: list[Request] = []
        self.told: list[Melody] = []
        self.answers = 0
        self.choices = [0]  # the numbers of the last two, the newest last
        self.steps = self.ons = 0
        self.over = False
        self._plan = Plan()
        self._answer: Answer | None = None
        self._shared = len(set(settings.ports.values())) == 1
        self.take(wishes)

    def step(self, happening: Happening) -> None:
        """Let something happen."""
        self.steps += 1
        before = self.state
        self.state, wishes = conduct.step(self.state, happening)
        if self.state.settings is not before.settings:
            self._judge_switch(before, self.state)
        if wishes:
            assert not self.over, "something was wished for after the end"
            self.take(wishes)
        self._judge(self.state, phrased=isinstance(happening, Phrased))

    def fall(self) -> None:
        """Have this player fall, and another take over: it ends what sounds before it begins."""
        if self.over:
            return
        fallen = self.state
        line = fallen.follower.line(fallen.transport.tick) if fallen.transport.playing else None
        self.began = replace(
            fallen.settings,
            parameters=fallen.parameters,
            seed=fallen.settings.seed + 1,
            choices=fallen.choice.newest,
        )
        self.sounding.clear()
        self.last.clear()  # what it had handed over ahead of its time fell with it
        self.told, self.answers, self._answer, self._plan = [], 0, None, Plan()
        self.state, wishes = conduct.opening(self.began)
        self.take(wishes)
        leads, at = fallen.host is not None, Seconds(self.now)
        self.step(Resumed(fallen.repertoire.playing, line, leads, at))

    def hear(self, data: bytes) -> None:
        """Let a message come in, now."""
        self.step(Heard(data, Seconds(self.now)))

    def wait(self, seconds: float) -> None:
        """Let time pass; the instrument is woken whenever it asks for it.

        It may ask to be woken at once, but once: a preset that begins to count at a boundary finds
        its own work to do.
        """
        end, early = self.now + seconds, False
        due = conduct.due(self.state)
        while due is not None and due < end:
            self.now = max(self.now, due)
            self.step(Woke(Seconds(self.now)))
            again = conduct.due(self.state)
            assert again is None or again > due or not early, "it asks to be woken for nothing"
            early = again is not None and again <= due
            due = again
        self.now = end

    def hear_clocks(self, count: int, period: float, *, wake: bool) -> None:
        """Let clocks come, and between them time pass, with or without being woken."""
        for _ in range(count):
            self.hear(midi.CLOCK)
            if wake:
                self.wait(period)
            else:
                self.now += period

    def take(self, wishes: Sequence[Wish]) -> None:
        """Hear what is wished for."""
        for wish in wishes:
            match wish:
                case Send():
                    self._hear(wish)
                case Ask(request):
                    self.asked = [*self.asked[-1:], request]
                case Tell(melody):
                    assert melody.seed, "nothing was played that could be told"
                    self.told = [*self.told[-2:], melody]
                case Fetch(number):
                    assert number > self.choices[-1], "a choice has the number of another"
                    self.choices = [self.choices[-1], number]
                case End():
                    self.over = True
                case Cue(data, _):
                    assert midi.parse(data) is not None
                case _:
                    pass
        held = {(*v.outlet, v.pitch) for v in self.state.table.voices}
        assert self.sounding == held, "the table is not what sounds"

    def _hear(self, send: Send) -> None:
        status, pitch = send.data[0] & 0xF0, send.data[1]
        if status == 0xB0:
            return
        key = (self.state.settings.ports[send.part], (send.data[0] & 0x0F) + 1, pitch)
        assert send.at >= self.last.get(key, 0.0), "a message goes back in time"
        self.last[key] = send.at
        if status == 0x90:
            assert self.state.transport.playing or self.over, "a note begins while we do not play"
            assert key not in self.sounding, "a note is doubled"
            self.sounding.add(key)
            self.ons += 1
            if send.part is Part.MELODY:
                self._judge_answer(answer_of(pitch))
        else:
            assert key in self.sounding, "a note ends twice"
            self.sounding.remove(key)

    def _judge_answer(self, told: int) -> None:
        """Hold a melody to one answer at a time: whoever has given way does not come back."""
        newest = self.state.answering.answers
        number = newest - (newest - told) % ANSWERS
        assert number >= self.answers, "two melodies at once"
        self.answers = number

    def _judge(self, state: State, *, phrased: bool) -> None:
        assert state.ended == self.over
        if state.transport.motion not in PLAYING or state.ended:
            assert not self.sounding, "something sounds while we do not play"
        if state.plan is not self._plan:
            self._plan = state.plan
            self._judge_places(state)
        if state.answering.answer is not self._answer:
            # An answer that the composer has no more for ends, and its last notes go on to theirs.
            if not (phrased and state.answering.answer is None):
                self._judge_turn(state, self._answer, state.answering.answer)
            self._answer = state.answering.answer

    def _judge_turn(self, state: State, before: Answer | None, after: Answer | None) -> None:
        """Hold the melody to one answer, known as far as it goes, and gone when it is over."""
        shift = state.answering.ear.shift
        if after is not None:
            assert state.transport.playing or state.ended, "an answer outlives its song"
            assert after.start <= after.reached <= after.end, "an answer goes too far"
            last = (n.tick + after.origin for n in after.notes[-1:])
            assert all(tick < after.reached for tick in last), "a note that nobody knows yet"
        if before is None or (after is not None and after.number == before.number):
            return
        place = state.follower.line(state.transport.tick).place_of(Seconds(self.now))
        end = min(before.end, before.end if after is None else after.start) - shift
        dropped = after is None and place < end - 0.01 and before.notes
        old = [h.place for h in state.plan.waiting[Part.MELODY]]
        old += [v.end for v in state.table.voices if v.part is Part.MELODY and not self._shared]
        assert not (dropped and old), "what was dropped goes on"
        assert max(old, default=end) <= end + LATEST, "what has given way goes on"

    def _judge_switch(self, before: State, state: State) -> None:
        """Hold a switch to the newest choice, and to a boundary: bar lines while nothing played."""
        assert state.settings.slot == before.choice.newest, "an old choice came after a new one"
        assert state.choice.coming is None
        line, played = state.choice.bend, before.repertoire.playing is not None
        assert line is None or loop_phase(line.tick) == 0 or not played, "a switch off a boundary"

    def _judge_places(self, state: State) -> None:
        """Hold everything that waits and sounds to its place: the absolute tick mod 768."""
        for hits in state.plan.waiting.values():
            for hit in hits[-1:]:
                assert strays(hit.place, hit.part, hit.pitch) <= LATEST, "out of phase"
        for voice in () if self._shared else state.table.voices:
            if voice.part is Part.MELODY:
                continue
            late = strays(voice.end, voice.part, voice.pitch)
            assert 0 < late <= 30 + LATEST or voice.part is Part.DRUMS, "out of phase"

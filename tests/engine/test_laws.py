"""What must hold whatever happens, in whatever order: ten thousand performances.

The laws of a note (its end, never doubled, only while we play, in its place) are the judge's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heappop, heappush

from deeds import ANSWERS, DUETS, chosen, perform
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import LOOPS, LOWEST, Judge, telling
from score import Stand, groove
from score import settings as told

from loopwright.engine import conduct, midi, stage
from loopwright.engine.compose import Composed
from loopwright.engine.happen import Action, Answered, Happening, Heard, Pressed, Send, Wish
from loopwright.engine.notes import Part
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, Tick, loop_phase

SETTINGS = st.builds(chosen, st.integers(0, 2**16 - 1))
SCORES = st.binary(min_size=16, max_size=16)


def opened(chosen: Settings, judge: type[Judge] = Judge) -> Judge:
    """Return a judge whose first loop is there and to whom a host has sent Start."""
    begun = judge(chosen)
    begun.step(Answered(Composed(1, ANSWERS[0]), Seconds(begun.now)))
    begun.hear(midi.START)
    return begun


@settings(max_examples=8000)
@given(SETTINGS, SCORES)
def test_whatever_happens_notes_keep_the_laws_and_stop_and_the_end_are_silent(
    chosen: Settings, score: bytes
) -> None:
    judge = opened(chosen)
    perform(judge, score)
    judge.hear(midi.START)
    judge.hear_clocks(3, 1 / 48, wake=True)
    judge.hear(midi.STOP)
    assert judge.state.host is not None or not judge.sounding
    if not judge.over:
        judge.step(Pressed(Action.QUIT, Seconds(judge.now)))
    assert judge.over
    assert judge.sounding == set()
    assert judge.state.table.voices == ()


@settings(max_examples=400)
@given(SETTINGS, st.binary(min_size=16, max_size=32))
def test_a_melody_that_answers_keeps_the_laws_and_is_never_two(
    chosen: Settings, score: bytes
) -> None:
    judge = opened(chosen)
    perform(judge, score, DUETS)
    judge.hear(midi.STOP)
    assert judge.state.host is not None or not judge.sounding
    assert judge.state.host is not None or judge.state.answering.answer is None
    if not judge.over:
        judge.step(Pressed(Action.QUIT, Seconds(judge.now)))
    assert judge.sounding == set()


class Scribe(Judge):
    """A judge who writes down what happens and what is wished for."""

    def __init__(self, settings: Settings) -> None:
        self.happened: list[Happening] = []
        self.wished: list[Wish] = []
        super().__init__(settings)

    def fall(self) -> None:
        """Begin anew, as a log does with every player."""
        if not self.over:
            self.happened.clear()
            self.wished.clear()
        super().fall()

    def step(self, happening: Happening) -> None:
        self.happened.append(happening)
        super().step(happening)

    def take(self, wishes: Sequence[Wish]) -> None:
        self.wished += wishes
        super().take(wishes)


@settings(max_examples=500)
@given(SETTINGS, SCORES)
def test_a_performance_plays_again_exactly(chosen: Settings, score: bytes) -> None:
    first = opened(chosen, Scribe)
    assert isinstance(first, Scribe)
    perform(first, score)
    state, wished = conduct.opening(first.began)
    for happening in first.happened:
        state, wishes = conduct.step(state, happening)
        wished += wishes
    assert state == first.state
    assert list(wished) == first.wished


SEGMENTS = st.lists(
    st.tuples(
        st.sampled_from(["start", "continue", "jump", "on"]),
        st.sampled_from([0, 5, 72, 120, 127, 128, 255, 1000, 16383]),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=700)
@given(SEGMENTS)
def test_what_sounds_is_what_stands_at_the_songs_tick_mod_768(
    segments: list[tuple[str, int, int]],
) -> None:
    """A host that is never late, by its own count of ticks: every note is at its clock."""
    stand = Stand(told())
    stand.answer(telling(12))
    stand.start()
    stand.clocks(1)
    stand.forget()
    tick, expected, early = 1, list[Struck](), list[Struck]()
    for way, sixteenths, count in segments:
        early += struck(stand, tick, 1)
        tick = moved(stand, way, sixteenths, tick)
        expected += struck(stand, tick, count)
        stand.clocks(count)
        tick += count
    found = [(round(s.at, 5), s.data[1]) for s in stand.sends if is_bass(s)]
    assert set(expected) - set(found) == set()
    # What had left already when the host went elsewhere, on that very clock.
    assert set(found) - set(expected) - set(early) == set()
    assert stand.state.transport.next == tick


Struck = tuple[float, int]
"""A second, and the pitch that tells of the place."""


def struck(stand: Stand, tick: int, count: int) -> list[Struck]:
    """Return what a host expects on its next `count` clocks, the first of which is `tick`."""
    clocks = [(stand.at + n * stand.period, loop_phase(tick + n)) for n in range(count)]
    return [(round(at, 5), LOWEST + phase // 24) for at, phase in clocks if phase % 24 == 0]


def moved(stand: Stand, way: str, sixteenths: int, tick: int) -> int:
    """Send a host's move; return the tick that the next clock is."""
    if way == "start":
        stand.start()
        return 0
    if way == "on":
        return tick
    if way == "continue":
        stand.stop()
    stand.hear(midi.song_position(sixteenths))
    if way == "continue":
        stand.hear(midi.CONTINUE)
    return sixteenths * 6


def is_bass(send: Send) -> bool:
    return send.part is Part.BASS and send.data[0] & 0xF0 == 0x90


class Wired(Stand):
    """A stand whose outputs are wired to its input, `delay` seconds round; None: not wired."""

    def __init__(self, told: Settings, delay: float | None, louder: int) -> None:
        self.delay, self.louder = delay, louder
        self.back: list[tuple[float, bytes]] = []
        super().__init__(told)

    def keep(self, wishes: Iterable[Wish]) -> None:
        super().keep(wishes)
        for send in wishes if self.delay is not None else ():
            if isinstance(send, Send):
                on = send.data[0] & 0xF0 == 0x90
                data = bytes((*send.data[:2], send.data[2] + self.louder * on))
                heappush(self.back, (send.at + (self.delay or 0.0), data))

    def clock(self) -> None:
        """Let a clock come, and a tick of time pass."""
        self.hear(midi.CLOCK)
        end = self.at + self.period
        while self.back and self.back[0][0] < end:
            at, data = heappop(self.back)
            self.happen(Heard(data, Seconds(max(at, self.at))))
        self.wait_until(end - 1e-7)
        self.at = end


@settings(max_examples=400)
@given(st.integers(1, 16), st.integers(-2, 2), st.floats(0.0, 0.09), st.integers(6, 60))
def test_what_comes_back_to_us_is_not_played_steers_nothing_and_grows_nothing(
    channel: int, louder: int, delay: float, count: int
) -> None:
    chosen = replace(told(), channels=dict.fromkeys(Part, channel))
    alone, wired = Wired(chosen, None, 0), Wired(chosen, delay, louder)
    for stand in (alone, wired):
        stand.answer(groove(bass=47))  # on the control channel, 47 would end it all
        stand.start()
        for _ in range(count):
            stand.clock()
    assert wired.sends == alone.sends
    assert wired.state.parameters == alone.state.parameters
    assert wired.state.capture == alone.state.capture
    assert wired.asked == alone.asked
    assert wired.state.counts.echoes > 0


@settings(max_examples=400)
@given(st.integers(0, 200), st.booleans())
def test_loops_change_on_loop_boundaries_alone(bar: int, first: bool) -> None:
    stand = Stand(told())
    if not first:
        stand.answer(LOOPS[0])
        stand.start()
        stand.clocks(1)
        stand.press(Action.NEW)
    stand.answer(LOOPS[1])
    line = Tick(bar * 96)
    after, _ = stage.cross(stand.state, line)
    swapped = after.repertoire.playing is LOOPS[1]
    assert swapped == (first or loop_phase(line) == 0)

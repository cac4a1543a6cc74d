"""What must hold whatever happens, in whatever order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score import Stand, groove, with_lead
from score import settings as told

from loopwright.engine import conduct, midi, stage
from loopwright.engine.compose import Composed, Request
from loopwright.engine.happen import (
    Action,
    Answered,
    Ask,
    End,
    Happening,
    Heard,
    PortsLost,
    Pressed,
    Recalled,
    Send,
    Turned,
    Wish,
    Woke,
)
from loopwright.engine.notes import Loop
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, Tick, loop_phase
from loopwright.engine.transport import PLAYING

LOOPS = tuple(groove(bass, length) for bass, length in ((40, 24), (41, 12), (40, 6), (43, 30)))


class Judge:
    """Keeps what sounds outside, and raises its hand when a law is broken."""

    def __init__(self, settings: Settings) -> None:
        self.now = 100.0
        self.state, wishes = conduct.opening(settings)
        self.sounding: set[tuple[str, int]] = set()
        self.last: dict[tuple[str, int], float] = {}
        self.asked: list[Request] = []
        self.over = 0
        self.take(wishes)

    def step(self, happening: Happening) -> None:
        self.state, wishes = conduct.step(self.state, happening)
        self.take(wishes)
        self.judge(wishes)

    def take(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            assert not self.over, "something was wished for after the end"
            if isinstance(wish, Ask):
                self.asked.append(wish.request)
            elif isinstance(wish, End):
                self.over += 1
            elif isinstance(wish, Send):
                self.hear(wish)

    def hear(self, send: Send) -> None:
        message = midi.parse(send.data)
        assert message is not None
        key = (send.part, message.first)
        assert send.at >= self.last.get(key, 0.0), "a message goes back in time"
        self.last[key] = send.at
        if message.kind is midi.Kind.NOTE_ON:
            assert key not in self.sounding, "a note is doubled"
            self.sounding.add(key)
        elif message.kind is midi.Kind.NOTE_OFF:
            assert key in self.sounding, "a note ends twice"
            self.sounding.remove(key)

    def judge(self, wishes: Sequence[Wish]) -> None:
        after = self.state
        assert self.sounding == {(v.part, v.pitch) for v in after.table.voices}
        if after.transport.motion not in PLAYING or after.ended:
            assert not self.sounding, "something sounds while we do not play"
        ons = [w for w in wishes if isinstance(w, Send) and w.data[0] & 0xF0 == 0x90]
        assert not ons or after.transport.playing, "a note begins while we do not play"
        assert after.ended == bool(self.over)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        due = conduct.due(self.state)
        while due is not None and due < end:
            self.now = max(self.now, due)
            self.step(Woke(Seconds(self.now)))
            again = conduct.due(self.state)
            assert again is None or again > due, "it asks to be woken for nothing"
            due = again
        self.now = end

    def hear_clocks(self, count: int, period: float, wake: bool) -> None:
        for _ in range(count):
            self.step(Heard(midi.CLOCK, Seconds(self.now)))
            if wake:
                self.wait(period)
            else:
                self.now += period


Deed = Callable[[Judge], None]
PERIODS = st.sampled_from([0.0, 0.001, 1 / 48, 1 / 47, 1 / 24, 1 / 80, 0.1, 0.2])


def at_now(make: Callable[[Seconds], Happening]) -> Deed:
    return lambda judge: judge.step(make(Seconds(judge.now)))


def heard(data: bytes) -> Deed:
    return at_now(lambda at: Heard(data, at))


def answered(back: int, loop: Loop | None) -> Deed:
    def deed(judge: Judge) -> None:
        number = judge.asked[max(len(judge.asked) - 1 - back, 0)].number
        judge.step(Answered(Composed(number, loop), Seconds(judge.now)))

    return deed


def pressed(action: Action) -> Deed:
    return at_now(lambda at: Pressed(action, at))


def turned(name: str, value: float) -> Deed:
    return at_now(lambda at: Turned(name, value, at))


def clocks(count: int, period: float, wake: bool) -> Deed:
    return lambda judge: judge.hear_clocks(count, period, wake)


def late_stamp(data: bytes, back: float) -> Deed:
    return lambda judge: judge.step(Heard(data, Seconds(judge.now - back)))


def kept(loop: Loop) -> Deed:
    return at_now(lambda at: Recalled(loop, at))


def waited(seconds: float) -> Deed:
    return lambda judge: judge.wait(seconds)


def chosen_settings(lead: float, loops: int, follow: bool) -> Settings:
    return replace(with_lead(told(), lead), loops=loops, follow_clock=follow)


TURNS = st.one_of(
    st.builds(turned, st.sampled_from(["offset_drums", "offset_bass"]), st.floats(-300, 300)),
    st.builds(turned, st.sampled_from(["mute_drums", "mute_bass", "follow"]), st.floats(0, 1)),
    st.builds(turned, st.just("every"), st.integers(0, 2)),
    st.builds(turned, st.just("swing"), st.floats(0, 1)),
    st.builds(turned, st.just("tempo"), st.floats(20, 400)),
)
DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(clocks, st.integers(1, 60), PERIODS, st.booleans()),
    st.builds(clocks, st.integers(700, 800), st.just(1 / 48), st.booleans()),
    st.sampled_from([heard(midi.START), heard(midi.STOP), heard(midi.CONTINUE)]),
    st.builds(heard, st.builds(midi.song_position, st.integers(0, 300))),
    st.builds(heard, st.binary(max_size=4)),
    st.builds(heard, st.builds(midi.note_on, st.integers(1, 16), st.integers(30, 70), st.just(9))),
    st.builds(late_stamp, st.just(midi.CLOCK), st.floats(0, 0.1)),
    st.builds(answered, st.integers(0, 1), st.sampled_from([*LOOPS, None])),
    st.builds(pressed, st.sampled_from([a for a in Action if a is not Action.QUIT])),
    TURNS,
    st.builds(kept, st.sampled_from(LOOPS)),
    st.just(at_now(PortsLost)),
    st.builds(waited, st.floats(0, 3)),
)
SETTINGS = st.builds(
    chosen_settings,
    st.sampled_from([0.0, 0.003, 0.02]),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([True, True, True, False]),
)


@settings(max_examples=100, deadline=None)
@given(SETTINGS, st.lists(DEEDS, max_size=25))
def test_notes_end_are_never_doubled_and_sound_only_while_we_play(
    chosen: Settings, deeds: list[Deed]
) -> None:
    judge = Judge(chosen)
    answered(0, LOOPS[0])(judge)
    heard(midi.START)(judge)
    for deed in deeds:
        deed(judge)
    pressed(Action.QUIT)(judge)
    assert judge.sounding == set()
    assert judge.over == 1


@settings(max_examples=60, deadline=None)
@given(SETTINGS, st.lists(DEEDS, max_size=20))
def test_stop_leaves_nothing_sounding(chosen: Settings, deeds: list[Deed]) -> None:
    judge = Judge(replace(chosen, follow_clock=True, loops=0))
    answered(0, LOOPS[0])(judge)
    for deed in deeds:
        deed(judge)
    heard(midi.START)(judge)
    clocks(30, 1 / 48, True)(judge)
    heard(midi.STOP)(judge)
    assert judge.sounding == set()
    judge.wait(2)
    assert judge.sounding == set()


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, max_size=20))
def test_a_performance_plays_again_exactly(deeds: list[Deed]) -> None:
    one, two = Judge(told()), Judge(told())
    for deed in deeds:
        deed(one)
        deed(two)
    assert one.state == two.state
    assert one.last == two.last


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


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 16383), st.integers(1, 200))
def test_the_loop_is_where_the_song_is(sixteenths: int, count: int) -> None:
    stand = Stand(told())
    stand.answer(LOOPS[1])
    stand.start()
    stand.clocks(1)
    stand.stop()
    stand.hear(midi.song_position(sixteenths))
    stand.hear(midi.CONTINUE)
    stand.forget()
    begin = stand.at
    stand.clocks(count)
    assert loop_phase(stand.state.transport.tick) == (sixteenths * 6 + count - 1) % 768
    places = [n for n in range(count) if (sixteenths * 6 + n) % 24 == 0]
    expected = [begin + n * stand.period for n in places]
    assert stand.ons(41) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=1, max_size=6))
def test_what_is_heard_changes_on_ticks_that_768_divides(waits: list[tuple[int, int]]) -> None:
    stand = Stand(told())
    stand.answer(groove(30))
    stand.start()
    begin = stand.at
    for number, (before, after) in enumerate(waits):
        stand.clocks(before)
        stand.press(Action.NEW)
        stand.clocks(after)
        stand.answer(groove(31 + number))
    stand.clocks(800)
    notes = sorted((s.at, s.data[1]) for s in stand.sends if s.data[0] == 0x90)
    ticks = [round((at - begin) / stand.period) for at, _ in notes]
    assert ticks == list(range(0, 24 * len(ticks), 24))
    changes = [t for t, a, b in zip(ticks[1:], notes, notes[1:], strict=False) if a[1] != b[1]]
    assert all(tick % 768 == 0 for tick in changes)
    assert stand.state.repertoire.playing == groove(30 + len(waits))

"""Performances written as bytes: each deed is a byte, and the bytes after it say how.

So that whatever bytes there are mean something, in a test of laws as in a soak of a night.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from judge import LOOPS, Judge
from melodies import sung
from score import settings, with_lead

from loopwright.engine import midi
from loopwright.engine.compose import Composed
from loopwright.engine.happen import (
    Action,
    Answered,
    Chosen,
    Deaf,
    Fetched,
    Heard,
    OutputLost,
    Phrased,
    Pressed,
    Recalled,
    Session,
    Turned,
)
from loopwright.engine.notes import Part
from loopwright.engine.parameters import PARAMETERS
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds

PERIODS = (1 / 48, 1 / 47, 1 / 80, 1 / 24, 0.0, 0.001, 0.1, 0.2)  # seconds between two clocks
PLACES = (0, 127, 126, 72, 63, 255, 16383, 5)  # song positions, in sixteenths
ACTIONS = tuple(action for action in Action if action is not Action.QUIT)
ANSWERS = (*LOOPS, None)
TOGETHER = dict.fromkeys(Part, "out")
ALL_ON_1 = dict.fromkeys(Part, 1)

Bytes = Iterator[int]
Deed = Callable[[Judge, Bytes], None]


def of(tape: Bytes) -> int:
    """Return the next byte, 0 at the end."""
    return next(tape, 0)


def clocks(judge: Judge, tape: Bytes) -> None:
    how = of(tape)
    judge.hear_clocks(1 + of(tape) % 24, PERIODS[how % 8], wake=how & 8 == 0)


def steady_clocks(judge: Judge, tape: Bytes) -> None:
    judge.hear_clocks(1 + of(tape) % 24, 1 / 48, wake=True)


def start(judge: Judge, _: Bytes) -> None:
    judge.hear(midi.START)


def stop(judge: Judge, _: Bytes) -> None:
    judge.hear(midi.STOP)


def go_on(judge: Judge, _: Bytes) -> None:
    judge.hear(midi.CONTINUE)


def point(judge: Judge, tape: Bytes) -> None:
    judge.hear(midi.song_position(PLACES[of(tape) % 8]))


def point_anywhere(judge: Judge, tape: Bytes) -> None:
    judge.hear(midi.song_position(of(tape) * 64 + of(tape) % 64))


def play_note(judge: Judge, tape: Bytes) -> None:
    channel, pitch = 1 + of(tape) % 16, 30 + of(tape) % 40
    make = midi.note_off if pitch & 1 else midi.note_on
    judge.hear(make(channel, pitch, *(() if pitch & 1 else (9,))))


def control(judge: Judge, tape: Bytes) -> None:
    number, value = of(tape) % 128, of(tape) % 128
    if number != 26:  # the end comes when the performance is over
        judge.hear(midi.control(1, number, value))


def stray(judge: Judge, tape: Bytes) -> None:
    data = bytes(of(tape) for _ in range(of(tape) % 4))
    if data[:1] != b"\x9f" and data[:2] != b"\xb0\x1a":
        judge.hear(data)


def late_clock(judge: Judge, tape: Bytes) -> None:
    judge.step(Heard(midi.CLOCK, Seconds(judge.now - of(tape) / 2560)))


def answer(judge: Judge, tape: Bytes) -> None:
    which = of(tape)
    request = judge.asked[0 if which & 64 else -1]
    composed = Composed(request.number, ANSWERS[which % len(ANSWERS)])
    judge.step(Answered(composed, Seconds(judge.now)))


def phrase(judge: Judge, tape: Bytes) -> None:
    """Have the melody's composer answer: the newest, an older one, in part, too much, or not."""
    how = of(tape)
    if not judge.told:
        return
    melody = judge.told[0 if how & 7 == 7 else -1]
    until = melody.until + (0, 0, 0, -3, 30, 500, -200)[how >> 3 & 7 if how >> 3 & 7 < 7 else 0]
    told = sung(melody, every=(12, 6, 18, 48)[how >> 6], length=(6, 13, 100)[how % 3], until=until)
    if how == 255:
        told = replace(told, notes=melody.composed, reached=0, reason="no melody model")
    judge.step(Phrased(told, Seconds(judge.now)))


def sing(judge: Judge, tape: Bytes) -> None:
    """Have the melody's composer answer all that it is asked for some beats, at once."""
    for _ in range(1 + of(tape) % 32):
        if judge.told and judge.told[-1].start is not None:
            told = sung(judge.told[-1], every=6, length=9)
            judge.step(Phrased(told, Seconds(judge.now)))
        judge.hear_clocks(6, 1 / 48, wake=True)


def play_phrase(judge: Judge, tape: Bytes) -> None:
    """Play some eighths, and be silent for a beat and more, with clocks all along."""
    pitch = 40 + of(tape) % 60
    for _ in range(1 + of(tape) % 4):
        judge.hear(midi.note_on(3, pitch, 40))
        judge.hear_clocks(9, 1 / 48, wake=True)
        judge.hear(midi.note_off(3, pitch))
        judge.hear_clocks(3, 1 / 48, wake=True)
    judge.hear_clocks(24, 1 / 48, wake=True)


def pedal(judge: Judge, tape: Bytes) -> None:
    judge.hear(midi.control(2, 64, of(tape) % 128))


def ask_for_an_answer(judge: Judge, _: Bytes) -> None:
    judge.step(Pressed(Action.ANSWER, Seconds(judge.now)))


def choose(judge: Judge, tape: Bytes) -> None:
    """Choose how answers are given."""
    name, most = (("answer", 6), ("answer_grid", 3), ("answer_bars", 4), ("answer_stays", 2))[
        of(tape) % 4
    ]
    judge.step(Turned(name, float(of(tape) % most), Seconds(judge.now)))


def press(judge: Judge, tape: Bytes) -> None:
    judge.step(Pressed(ACTIONS[of(tape) % len(ACTIONS)], Seconds(judge.now)))


def turn(judge: Judge, tape: Bytes) -> None:
    parameter = PARAMETERS[of(tape) % len(PARAMETERS)]
    value = parameter.low + (parameter.high - parameter.low) * of(tape) / 255
    judge.step(Turned(parameter.name, value, Seconds(judge.now)))


def shift(judge: Judge, tape: Bytes) -> None:
    name = ("offset_drums", "offset_bass", "offset_melody")[of(tape) % 3]
    judge.step(Turned(name, (of(tape) - 128) * 2.34, Seconds(judge.now)))


def recall(judge: Judge, tape: Bytes) -> None:
    """Bring another loop and the settings that go with it, as a preset does."""
    which = of(tape)
    judge.step(Recalled(LOOPS[which % 4], Seconds(judge.now)))
    for name, value in (("swing", which / 255), ("mute_drums", 0.0), ("mute_bass", 0.0)):
        judge.step(Turned(name, value, Seconds(judge.now)))


def choose_slot(judge: Judge, tape: Bytes) -> None:
    """Choose a slot by program change, by its place, or by going on from the last."""
    how, place = of(tape), of(tape) % 4
    if how & 3 == 0:
        judge.step(Chosen(place, Seconds(judge.now)))
    elif how & 3 == 1:
        judge.step(Pressed((Action.NEXT, Action.BEFORE)[place & 1], Seconds(judge.now)))
    else:
        judge.hear(bytes((0xCF if how & 4 else 0xC0, place)))


def fetch(judge: Judge, tape: Bytes) -> None:
    """Have what was chosen there, or not; now and then for a choice that another one followed."""
    how = of(tape)
    number = judge.choices[0 if how & 192 == 192 else -1]
    setup = None if how & 15 == 15 else setup_of(how, of(tape))
    judge.step(Fetched(number, setup, Seconds(judge.now)))


def fall(judge: Judge, tape: Bytes) -> None:
    """Kill the player; the next one needs a while to be there."""
    judge.now += of(tape) / 256
    judge.fall()


def setup_of(how: int, much: int) -> Setup:
    """Return what a preset brings: loop, parameters, drums, tempo."""
    return Setup(
        LOOPS[how % 4],
        seed=much,
        tempo=20.0 + much,
        parameters={"swing": much / 255, "flat": how >> 4 & 1, "mute_bass": how >> 5 & 1},
        drum_map={**DRUM_OUT, Drum.CLOSED_HAT: 44} if how & 16 else DRUM_OUT,
    )


def lose_an_output(judge: Judge, _: Bytes) -> None:
    judge.step(OutputLost(Seconds(judge.now)))


def wait(judge: Judge, tape: Bytes) -> None:
    judge.wait(of(tape) / 256)


def wait_long(judge: Judge, tape: Bytes) -> None:
    judge.now += of(tape) / 64
    judge.wait(0.05)


def hear_nothing(judge: Judge, tape: Bytes) -> None:
    """Be held up while clocks go by, or while the host is held up, too."""
    since, skipped = judge.now, of(tape) / 1000
    judge.now += skipped
    judge.step(Deaf(Seconds(since - 0.005), Seconds(judge.now), Seconds(skipped)))
    judge.now += of(tape) / 4000
    judge.hear_clocks(1 + of(tape) % 4, (0.0, 1 / 48)[of(tape) & 1], wake=True)


def meet(judge: Judge, tape: Bytes) -> None:
    tempo = 20.0 + of(tape)
    due = Seconds(judge.now + of(tape) / 2560)
    judge.step(Session(of(tape) % 4, tempo, due, Seconds(judge.now)))


DEEDS: tuple[Deed, ...] = (
    steady_clocks,
    clocks,
    start,
    stop,
    go_on,
    point,
    answer,
    press,
    turn,
    shift,
    recall,
    wait,
    play_note,
    lose_an_output,
    late_clock,
    steady_clocks,
    clocks,
    start,
    stop,
    go_on,
    point,
    point_anywhere,
    control,
    stray,
    wait_long,
    meet,
    steady_clocks,
    steady_clocks,
    start,
    answer,
    shift,
    clocks,
    play_phrase,
    phrase,
    phrase,
    choose,
    pedal,
    play_phrase,
    phrase,
    steady_clocks,
    choose_slot,
    fetch,
    fall,
    hear_nothing,
)

DUETS: tuple[Deed, ...] = (
    play_phrase,
    sing,
    sing,
    phrase,
    play_phrase,
    sing,
    phrase,
    choose,
    ask_for_an_answer,
    pedal,
    clocks,
    shift,
    point,
    start,
    stop,
    wait,
)
"""Deeds of those who play with the melody, most of the time while the host plays."""


def chosen(bits: int) -> Settings:
    """Return the settings that 16 bits stand for."""
    told = with_lead(settings(flat=float(bits & 1)), (0.0, 0.003, 0.0107, 0.02)[bits >> 1 & 3])
    shared = (bits >> 3 & 3) == 3
    return replace(
        told,
        loops=(0, 0, 0, 0, 0, 0, 1, 2)[bits >> 5 & 7],
        follow_clock=bits >> 8 & 7 != 7,
        ports=TOGETHER if shared else told.ports,
        channels=ALL_ON_1 if shared else told.channels,
        restart=bits >> 11 & 3 != 3,
        unit=(6, 6, 6, 1)[bits >> 13 & 3],
        freewheel=Seconds((0.25, 2.0)[bits >> 15 & 1]),
        sends_clock=bool(bits >> 4 & 1),
    )


def perform(judge: Judge, score: Sequence[int], deeds: Sequence[Deed] = DEEDS) -> None:
    """Do all deeds of a score."""
    tape = iter(score)
    for deed in tape:
        deeds[deed % len(deeds)](judge, tape)

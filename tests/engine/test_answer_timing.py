"""Answers on their grid, whole and in their time, whatever host, player and composer do.

The host's own clocks say where everything belongs. Each scene is held to the same laws.
"""

from dataclasses import dataclass, replace
from itertools import cycle
from math import ceil, inf

import pytest
from answer_scene import COMPOSERS, FATES, KEY, Play, Scene
from hypothesis import given, settings
from hypothesis import strategies as st
from melodies import ANSWERS, answer_of, strays
from small_melody import SmallStepper, wandering

from loopwright.engine.answermode import Grid, Mode
from loopwright.engine.keys import scale
from loopwright.engine.melody import CEILING, FLOOR
from loopwright.engine.phrase import answered
from loopwright.engine.schedule import LATEST, SHORTEST
from loopwright.engine.time import TICKS_PER_BAR as BAR

MODES = (Mode.PAUSE, Mode.PEDAL, Mode.BARS, Mode.LAST, Mode.ALWAYS)
EVERY = 12  # ticks from one note of an answer to the next, as the composer of the scene has them
EXACT, BENT = 2e-4, 0.006  # seconds that a note may be off: at one tempo, while it changes


@dataclass(frozen=True)
class Tone:
    """A note that was heard: seconds, and its pitch."""

    on: float
    off: float
    pitch: int


@dataclass(frozen=True)
class Turn:
    """An answer: asked for at a second, from place `start` to `end`, if nothing cuts it short."""

    number: int
    asked: float
    start: float
    end: float
    cut: float


def tones(play: Play) -> list[Tone]:
    """Return what was heard, each note with its end, none twice at once."""
    begun, found = dict[int, float](), list[Tone]()
    for send in play.heard:
        pitch = send.data[1]
        if send.data[0] & 0x10:
            assert pitch not in begun, "a note is doubled"
            begun[pitch] = send.at
        else:
            found.append(Tone(begun.pop(pitch), send.at, pitch))
    assert not begun, "a note hangs"
    return sorted(found, key=lambda tone: tone.on)


def turns(play: Play) -> list[Turn]:
    """Return the answers, each until the next, or until the song or the player ended it."""
    asks = {melody.answer: (at, melody.start or 0) for at, melody in reversed(play.asks)}
    begun = [turn_of(play, number, *asks[number]) for number in sorted(asks)]
    ends = [*(turn.start for turn in begun), inf][1:]
    pairs = zip(begun, ends, strict=False)
    return [replace(turn, cut=min(turn.end, turn.cut, end)) for turn, end in pairs]


def turn_of(play: Play, number: int, asked: float, start: int) -> Turn:
    """Return an answer by the place in its bar that it was asked for: it has to be the next."""
    scene, score = play.scene, play.score
    tick, period = score.tick(asked), score.period(asked)
    assert tick is not None, "an answer is asked for while the song stands"
    by_lines = scene.mode in (Mode.BARS, Mode.ALWAYS) and asked not in play.pressed
    grid = BAR if by_lines else scene.grid.ticks
    points = [
        ceil((tick + ahead * (1 + by)) / grid) * grid
        for ahead in ((scene.early + given) / period for given in play.given[number])
        for by in ((-0.001, 0.001) if scene.steady else (-0.02, 0.02))
    ]
    if by_lines and play.edges:  # it is asked once the song has passed where it may turn back
        points.insert(0, ceil(tick / grid) * grid)
    assert start % BAR in [point % BAR for point in points], "it is not the next grid point"
    point = next(point for point in points if point % BAR == start % BAR)
    place = score.place(asked) + point - tick
    cut = min(score.place(at) for at in play.breaks if at > asked)
    bars = 1 if scene.mode is Mode.ALWAYS else scene.bars
    return Turn(number, asked, place, place + bars * BAR, cut)


def judge(scene: Scene) -> None:
    """Play a scene, and hold it to every law."""
    play = Play(scene)
    told, heard = turns(play), tones(play)
    for tone in heard:
        assert lasts(play, tone), "a note is cut short for nothing"
        assert in_place(play, tone), "a note is not in its place"
        assert belongs(play, told, tone), "a note of an answer whose time it is not"
    if scene.prompt and not scene.offset:
        for turn in told:
            assert whole(play, turn, heard), "something of an answer is missing"
    for _, melody in play.asks:
        assert melody.seed, "nothing is answered"
        assert all(n.tick + n.length <= (melody.start or 0) for n in melody.seed), "a seed goes on"


def loose(scene: Scene) -> float:
    """Return how many seconds a note may be off."""
    return EXACT if scene.steady else BENT


def lasts(play: Play, tone: Tone) -> bool:
    """Whether a note lasts as long as can be heard, unless all was over just then."""
    near = play.scene.lead + loose(play.scene)
    over = any(-near <= tone.off - at <= near for at in (*play.breaks, *play.lost))
    return over or tone.off - tone.on >= SHORTEST - EXACT


def in_place(play: Play, tone: Tone) -> bool:
    """Whether a note sounds in the step that its pitch tells of, while the song goes on."""
    scene, score = play.scene, play.score
    if any(at - EXACT <= tone.on <= at + scene.lead + EXACT for at in play.breaks):
        return True  # it was handed over before anybody knew
    tick, period = score.tick(tone.on), score.period(tone.on)
    if tick is None:
        return False
    if scene.offset < 0 and any(abs(tone.on - at) <= EXACT for at in play.origins):
        return True  # nothing can leave before the clock that sets us playing
    late = strays(tick - scene.offset / 1000 / period, tone.pitch)
    late = (late - 24 if late > 12 else late) * period
    return -loose(scene) <= late <= loose(scene) + (0 if scene.prompt else LATEST)


def belongs(play: Play, told: list[Turn], tone: Tone) -> bool:
    """Whether a note lies within its answer's turn, and so does its end."""
    scene, score = play.scene, play.score
    period = score.period(tone.on)
    turn = next(t for t in reversed(told) if t.asked <= tone.on and of(t, tone))
    off, slack = scene.offset / 1000, loose(scene) + SHORTEST
    first, last = score.place(tone.on - off), score.place(tone.off - off)
    moved = max(0.0, -off) / period  # a break is a break, offset or not
    most = slack + scene.lead + (0 if scene.prompt else LATEST)
    begins = turn.start - slack / period <= first
    return begins and max(first, last) <= turn.cut + moved + most / period


def of(turn: Turn, tone: Tone) -> bool:
    return turn.number % ANSWERS == answer_of(tone.pitch) % ANSWERS


def whole(play: Play, turn: Turn, heard: list[Tone]) -> bool:
    """Whether all of an answer is heard, from its start until it is over or cut off."""
    score, slack = play.score, loose(play.scene)
    places = [score.place(t.on) for t in heard if of(turn, t) and t.on >= turn.asked]
    far = slack / score.period(turn.asked)
    due = [turn.start + n * EVERY for n in range(ceil((turn.cut - turn.start - far) / EVERY))]
    return all(any(abs(place - p) <= far for p in places) for place in due)


@pytest.mark.parametrize("grid", Grid)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("delay", [0.0, 0.04, 0.3])
def test_every_way_to_give_a_seed_is_answered_on_its_grid(
    mode: Mode, grid: Grid, delay: float
) -> None:
    judge(Scene(mode, grid, delay=delay))


beats = st.integers(1, 15 * 4).map(lambda n: n / 4)
scenes = st.builds(
    Scene,
    mode=st.sampled_from(MODES),
    grid=st.sampled_from(Grid),
    tempo=st.sampled_from([(60.0, 60.0), (77.7, 77.7), (240.0, 240.0), (100, 140), (240, 180)]),
    delay=st.sampled_from([0.0, 0.01, 0.04, 0.2, 0.8, None]),
    manner=st.sampled_from(list(COMPOSERS)),
    offset=st.sampled_from([0.0, 0.0, -100.0, 50.0]),
    lead=st.sampled_from([0.0, 0.0107]),
    stays=st.booleans(),
    bars=st.sampled_from([1, 2, 4]),
    listen=st.sampled_from([1, 2]),
    fate=st.sampled_from(list(FATES)),
    when=beats,
    again=st.lists(beats.map(lambda b: b + 3.1), max_size=2, unique=True).map(
        lambda found: tuple(sorted(found))
    ),
    held=st.sampled_from([0.4, 3.0]),
)


@settings(max_examples=40)
@given(scenes)
def test_whatever_happens_an_answer_is_in_its_time_or_not_at_all(scene: Scene) -> None:
    judge(scene)


@pytest.mark.parametrize(("mode", "fate"), [*zip(cycle(MODES), FATES, strict=False)])
def test_what_a_model_draws_is_in_key_in_range_and_never_left_sounding(
    mode: Mode, fate: str
) -> None:
    """A model that wanders is held by the limits that the conductor tells it."""
    stepper = SmallStepper(wandering)
    play = Play(
        Scene(mode, delay=0.03, fate=fate, when=8.0, again=(11.0,)),
        lambda melody: tuple(filter(None, [answered(stepper, melody).phrase])),
    )
    found = tones(play)
    assert found
    assert {tone.pitch % 12 for tone in found} <= scale(KEY)
    assert all(FLOOR <= tone.pitch <= CEILING for tone in found)

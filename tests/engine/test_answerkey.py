"""A melody keeps to the key of the loop that plays where it sounds, whatever else is set."""

from dataclasses import replace

import pytest
from duets import Duet
from score import groove, settings

from loopwright.engine.answerask import classes_of
from loopwright.engine.conduct import opening
from loopwright.engine.happen import Action, Fetched, Happening, Recalled
from loopwright.engine.keys import SCALE_WORDS, Key, scale
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.setup import Setup
from loopwright.engine.time import Seconds

E, SHARP, A = Key(4), Key(1), Key(9, minor=True)
FIRST, OTHER = replace(groove(40), key=E), replace(groove(37), key=SHARP)
DRUMS = Loop((Note(0, 6, 36, 100, Part.DRUMS),))
LINE = 8 * 24  # where the other loop begins, in ticks from the bar that beat 24 begins


@pytest.mark.parametrize(
    ("loop", "wanted", "key"),
    [
        (FIRST, A, E),  # kept: it plays as it is
        (groove(40), A, E),  # nobody wrote it down: the bass is heard
        (FIRST, None, E),
        (DRUMS, A, A),
        (DRUMS, None, None),
    ],
)
def test_the_loop_s_own_key_goes_before_the_one_that_is_set(
    loop: Loop, wanted: Key | None, key: Key | None
) -> None:
    duet = Duet(replace(settings(), key=wanted), loop=loop)
    duet.play(0, 1)
    duet.go_to(6)
    assert {m.key for m in duet.told} == {key}
    classes = frozenset[int]() if key is None else scale(key)
    assert {m.limits.classes for m in duet.asks} == {classes}


@pytest.mark.parametrize("number", range(len(SCALE_WORDS)))
def test_the_lock_keeps_to_the_scale_that_is_set(number: int) -> None:
    state = opening(settings(melody_scale=number))[0]
    assert classes_of(state.parameters, A) == scale(A, SCALE_WORDS[number])
    assert classes_of(state.parameters, None) == frozenset()
    free = opening(settings(melody_scale=number, melody_lock=0))[0]
    assert classes_of(free.parameters, A) == frozenset()


@pytest.mark.parametrize(("lock", "key"), [(1, Key(4, minor=True)), (0, E)])
def test_a_model_is_told_a_key_with_the_notes_of_the_scale_that_is_set(lock: int, key: Key) -> None:
    told = settings(melody_scale=SCALE_WORDS.index("blues"), melody_lock=lock)
    duet = Duet(told, loop=FIRST)
    duet.play(0, 1)
    duet.go_to(6)
    assert {m.key for m in duet.told} == {key}


def keys_change(duet: Duet) -> bool:
    """Whether each request is in the key of the one loop that it is composed for."""
    return all(
        m.key == SHARP if m.reached >= LINE else m.key == E and m.until <= LINE for m in duet.asks
    )


@pytest.mark.parametrize("way", [Recalled, Fetched])
def test_an_answer_that_outlasts_a_loop_goes_on_in_the_key_of_the_next(
    way: type[Happening],
) -> None:
    duet = Duet(loop=FIRST)
    duet.go_to(20)
    at = Seconds(duet.at)
    duet.happen(Recalled(OTHER, at) if way is Recalled else Fetched(1, Setup(OTHER), at))
    duet.play(26, 27)
    duet.go_to(40)
    assert keys_change(duet)
    assert {m.key for m in duet.asks} == {E, SHARP}
    assert duet.melody()[:6] == [29 + n / 2 for n in range(6)]


def test_an_answer_that_begins_with_the_next_loop_is_in_its_key() -> None:
    duet = Duet(settings(answer_grid=2), loop=FIRST)
    duet.happen(Recalled(OTHER, Seconds(duet.at)))
    duet.play(29, 30)
    duet.go_to(34)
    assert duet.melody()[0] == 32
    assert {m.key for m in duet.asks} == {SHARP}


@pytest.mark.parametrize("way", [Action.NEW, Action.NEXT])
@pytest.mark.parametrize("comes", [True, False])
def test_a_loop_that_is_on_its_way_is_waited_for_but_never_for_too_long(
    way: Action, *, comes: bool
) -> None:
    duet = Duet(loop=FIRST)
    duet.play(26, 27)
    duet.press(way)
    reached = dict[float, int]()
    for half in range(57, 76):
        duet.go_to(half / 2)
        if comes and half == 59 and way is Action.NEW:
            duet.answer(OTHER)
        elif comes and half == 59:
            duet.happen(Fetched(1, Setup(OTHER), Seconds(duet.at)))
        answer = duet.state.answering.answer
        if answer is not None and duet.state.transport.tick >= answer.start:
            reached[half / 2] = answer.reached
    assert all(place >= beat * 24 + 48 for beat, place in reached.items())
    assert duet.melody() == [29 + n / 2 for n in range(17)]
    assert {m.key for m in duet.asks} == ({E, SHARP} if comes else {E})
    assert not comes or keys_change(duet)

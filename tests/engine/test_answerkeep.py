"""Phrases that are kept: what was played, with the answer that sounds or the last one that did."""

import pytest
from duets import Duet as Session
from score import groove, settings

from loopwright.engine import midi, status
from loopwright.engine.answermode import Mode
from loopwright.engine.duet import LONGEST, Duet
from loopwright.engine.happen import Action, Chosen, End, Fetched, KeepPhrase
from loopwright.engine.notes import Note, Part
from loopwright.engine.setup import Setup
from loopwright.engine.time import TICKS_PER_BAR, Seconds


def kept(session: Session) -> list[Duet | None]:
    return [wish.duet for wish, _ in session.wishes if isinstance(wish, KeepPhrase)]


def one(session: Session) -> Duet:
    (duet,) = kept(session)
    assert duet is not None
    return duet


def answered(**told: float) -> Session:
    """Four notes, and an answer of two bars from beat 5 on."""
    session = Session(settings(answer_bars=2, **told))
    session.play(0, 1, 2, 3)
    session.go_to(7)
    return session


def test_an_answer_that_sounds_is_saved_whole_once_it_is_over() -> None:
    session = answered()
    session.press(Action.KEEP_PHRASE)
    assert kept(session) == []
    assert status.read(session.state).melody.wanted
    session.go_to(14)
    duet = one(session)
    assert (duet.start, duet.end, duet.bars) == (120, 120 + 2 * TICKS_PER_BAR, 4)
    assert [(n.tick, n.length) for n in duet.seed] == [(24 * n, 10) for n in range(4)]
    assert [n.tick for n in duet.answer] == list(range(120, 312, 12))
    assert not status.read(session.state).melody.wanted


def test_the_last_answer_is_saved_as_often_as_that_is_wished() -> None:
    session = answered()
    session.go_to(14)
    for _ in range(2):
        session.press(Action.KEEP_PHRASE)
    first, second = kept(session)
    assert first == second
    assert first is not None
    assert len(first.answer) == 16


def test_an_answer_that_was_cut_short_is_saved_as_far_as_it_was_heard() -> None:
    session = answered()
    session.play(7.25)
    session.press(Action.KEEP_PHRASE)
    duet = one(session)
    assert duet.end == 174  # beat 7.25, of 24 ticks
    assert [(n.tick, n.length) for n in duet.answer][-1] == (168, 6)


@pytest.mark.parametrize("how", [Action.QUIT, Action.PANIC])
def test_what_was_wished_for_is_saved_at_the_end_too(how: Action) -> None:
    session = answered()
    session.press(Action.KEEP_PHRASE)
    session.press(how)
    session.go_to(14)
    assert one(session).answer
    assert (how is Action.QUIT) == any(isinstance(wish, End) for wish, _ in session.wishes)


def test_an_answer_that_follows_another_does_not_take_its_place() -> None:
    session = answered()
    session.press(Action.KEEP_PHRASE)
    session.press(Action.ANSWER)  # the same again, otherwise, from beat 8 on
    session.go_to(9)
    duet = one(session)
    assert {n.pitch // 4 for n in duet.answer} == {10}  # the first: 36 + 4 and a step
    session.go_to(18)
    session.press(Action.KEEP_PHRASE)
    second = kept(session)[-1]
    assert second is not None
    assert second.seed == duet.seed
    assert {n.pitch // 4 for n in second.answer} == {11}


def test_without_an_answer_what_was_played_is_saved() -> None:
    session = Session(settings(answer=Mode.LAST))
    session.play(4, 5, 6)
    session.press(Action.KEEP_PHRASE)
    duet = one(session)
    assert duet.answer == ()
    assert [n.tick for n in duet.seed] == [0, 24, 48]
    assert duet.start == duet.end == 58


def switch(session: Session) -> None:
    """Choose another preset, which waits for the next loop boundary: beat 32."""
    session.happen(Chosen(1, Seconds(session.at)))
    session.happen(Fetched(1, Setup(groove()), Seconds(session.at)))


@pytest.mark.parametrize("pressed", [29.5, 40])
def test_a_phrase_belongs_to_the_preset_that_answered_it(pressed: float) -> None:
    session = Session(settings(answer_bars=2))
    session.play(24, 25, 26, 27)
    switch(session)
    for beat in (pressed, 50):
        session.go_to(beat)
        if beat == pressed:
            session.press(Action.KEEP_PHRASE)
    assert session.state.settings.slot == 1
    (wish,) = (wish for wish, _ in session.wishes if isinstance(wish, KeepPhrase))
    assert wish.duet is not None
    assert wish.duet.answer
    assert (wish.slot, round(wish.tempo)) == (0, 120)


def test_what_nobody_answered_belongs_to_the_preset_that_plays() -> None:
    session = Session(settings(answer=Mode.LAST))
    switch(session)
    session.go_to(33)
    session.play(34, 35)
    session.press(Action.KEEP_PHRASE)
    (wish,) = (wish for wish, _ in session.wishes if isinstance(wish, KeepPhrase))
    assert wish.duet is not None
    assert wish.slot == 1


def test_where_nothing_was_played_there_is_nothing_to_save() -> None:
    session = Session()
    session.press(Action.KEEP_PHRASE)
    assert kept(session) == [None]


@pytest.mark.parametrize("answered", [False, True])
def test_of_a_key_that_was_down_for_ever_the_latest_bars_are_saved(*, answered: bool) -> None:
    session = Session(settings(answer=Mode.LAST, answer_bars=2))
    session.hear(midi.note_on(1, 60, 70))
    session.go_to(4 * (LONGEST + 6) + 1)
    session.hear(midi.note_off(1, 60))
    if answered:
        session.press(Action.ANSWER)
        session.go_to(4 * (LONGEST + 10))
    session.press(Action.KEEP_PHRASE)
    duet = one(session)
    assert duet.bars == LONGEST
    (held,) = duet.seed
    assert held.tick == 0
    assert duet.start - 24 <= held.length <= duet.start
    assert bool(duet.answer) is answered


def test_a_phrase_has_its_notes_inside_its_bars() -> None:
    note = Note(90, 10, 60, 80, Part.MELODY)
    assert Duet((note,), 0, 100).bars == 2
    for start, end in ((0, 99), (101, 100), (0, LONGEST * TICKS_PER_BAR + 1)):
        with pytest.raises(ValueError, match="phrase"):
            Duet((note,), start, end)

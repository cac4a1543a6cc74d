from dataclasses import replace

from score import groove

from loopwright.engine.compose import Composed, Request, Take
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.repertoire import (
    Repertoire,
    answered,
    asking,
    awaited,
    back,
    recalled,
    round_begun,
    round_over,
    swapped,
    wants_another,
)


def played(*loops: Loop) -> Repertoire:
    songs = Repertoire()
    for loop in loops:
        songs = swapped(recalled(songs, loop))
    return round_begun(songs)


def test_an_answer_comes_next_and_plays_after_the_swap() -> None:
    songs = asking(Repertoire(), Request(1, 0))
    songs = answered(songs, Composed(1, groove()))
    assert (songs.playing, songs.coming, songs.asked) == (None, groove(), None)
    songs = swapped(songs)
    assert (songs.playing, songs.coming, songs.number) == (groove(), None, 1)


def test_only_the_newest_question_is_waited_for() -> None:
    songs = asking(asking(Repertoire(), Request(1, 0)), Request(2, 0))
    assert not awaited(songs, Composed(1, groove()))
    assert awaited(songs, Composed(2, groove()))


def test_a_swap_without_anything_coming_changes_nothing() -> None:
    assert swapped(played(groove())) == played(groove())


def test_the_key_is_that_of_the_first_loop_unless_one_grew_from_what_was_played() -> None:
    songs = asking(Repertoire(), Request(1, 0))
    songs = answered(songs, Composed(1, replace(groove(), key=Key(0))))
    songs = answered(asking(songs, Request(2, 0)), Composed(2, replace(groove(), key=Key(5))))
    assert songs.key == Key(0)
    grown = Request(3, 0, take=Take((), 1))
    songs = answered(asking(songs, grown), Composed(3, replace(groove(), key=Key(7))))
    assert songs.key == Key(7)


def test_a_kept_loop_that_begins_gives_its_key_to_those_that_follow() -> None:
    e_minor, a_minor = Key(4, True), Key(9, True)
    songs = recalled(Repertoire(), replace(groove(), key=e_minor))
    assert songs.key == e_minor
    assert recalled(songs, replace(groove(), key=a_minor)).key == e_minor


def test_rounds_count_only_when_they_began_in_bar_1() -> None:
    songs = swapped(recalled(Repertoire(), groove()))
    assert round_over(songs).passes == 0
    assert round_over(round_begun(songs)).passes == 1


def test_another_is_wanted_as_the_last_round_begins() -> None:
    songs = played(groove())
    assert [wants_another(songs, every) for every in (0, 1, 2)] == [False, True, False]
    second = round_begun(round_over(songs))
    assert wants_another(second, 2)
    assert not wants_another(asking(second, Request(2, 0)), 2)


def test_back_stops_at_the_oldest() -> None:
    songs = played(groove(40), groove(41))
    assert back(songs).coming == groove(40)
    assert back(back(songs)) == back(songs)
    assert back(played(groove(40))) == played(groove(40))


def test_back_and_on_again_remember_the_order() -> None:
    songs = swapped(back(played(groove(40), groove(41))))
    assert (songs.place, songs.history) == (0, (groove(40), groove(41)))
    songs = swapped(recalled(songs, groove(42)))
    assert back(songs).coming == groove(41)

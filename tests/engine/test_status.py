from dataclasses import replace

from score import Stand, groove, playing, settings

from loopwright.engine import status
from loopwright.engine.happen import Action
from loopwright.engine.keys import Key
from loopwright.engine.transport import Motion


def test_before_anything_has_happened() -> None:
    seen = status.read(Stand(settings(tempo=97)).state)
    assert (seen.motion, seen.tempo, seen.locked) == (Motion.NO_CLOCK, 97.0, False)
    assert (seen.bar, seen.beat, seen.number, seen.round, seen.loop) == (1, 1, 0, 0, None)
    assert (seen.asked, seen.coming) == (True, False)


def test_in_the_middle_of_a_loop() -> None:
    stand = playing(bpm=97, loop=replace(groove(), key=Key(4, True)))
    stand.clocks(768 + 96 + 30)
    stand.press(Action.NEW)
    seen = status.read(stand.state)
    assert (seen.motion, seen.tempo, seen.locked) == (Motion.RUNNING, 97.0, True)
    assert (seen.bar, seen.beat, seen.number, seen.round, seen.passes) == (2, 2, 1, 2, 1)
    assert (seen.key, seen.asked, seen.leads) == (Key(4, True), True, False)


def test_after_stop_it_shows_where_the_music_will_go_on() -> None:
    stand = playing()
    stand.clocks(96)
    stand.stop()
    seen = status.read(stand.state)
    assert (seen.bar, seen.beat, seen.sounding) == (2, 1, 0)


def test_after_the_last_round_it_shows_that_round() -> None:
    stand = playing(replace(settings(), loops=1))
    stand.clocks(768 + 3)
    seen = status.read(stand.state)
    assert (seen.number, seen.round, seen.passes, seen.ended) == (1, 1, 1, True)

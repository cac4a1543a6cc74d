from loopwright.engine.midi import note_off, note_on
from loopwright.live.leaving import Leaving

KICK, HAT = 36, 42


def test_a_note_that_ends_as_it_begins_is_called_back() -> None:
    leaving = Leaving[str]()
    leaving.put(90, "drums", note_on(10, HAT, 100))
    leaving.put(100, "drums", note_on(10, KICK, 100))
    leaving.put(100, "bass", note_on(10, KICK, 100))
    leaving.put(95, "drums", note_off(10, HAT))
    leaving.put(100, "drums", note_off(10, KICK))
    assert leaving.take(100) == [
        (90, "drums", note_on(10, HAT, 100)),
        (95, "drums", note_off(10, HAT)),
    ]
    assert leaving.take(101) == [(100, "bass", note_on(10, KICK, 100))]


def test_what_was_handed_over_later_for_an_earlier_frame_leaves_first() -> None:
    leaving = Leaving[str]()
    for frame, pitch in ((300, 1), (100, 2), (200, 3), (100, 4)):
        leaving.put(frame, "bass", note_on(1, pitch, 80))
    assert [data[1] for _, _, data in leaving.take(301)] == [2, 4, 3, 1]


def test_what_has_left_is_ended() -> None:
    leaving = Leaving[str]()
    leaving.put(100, "drums", note_on(10, KICK, 100))
    assert leaving.take(101)
    leaving.put(100, "drums", note_off(10, KICK))
    assert leaving.take(101) == [(100, "drums", note_off(10, KICK))]


def test_a_note_struck_again_keeps_its_last_beginning() -> None:
    leaving = Leaving[str]()
    for data in (note_on(10, KICK, 90), note_off(10, KICK), note_on(10, KICK, 100)):
        leaving.put(100, "drums", data)
    assert leaving.take(101) == [(100, "drums", note_on(10, KICK, 100))]

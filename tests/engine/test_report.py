"""The report adds up what every player of a jam counted, and reads like one line a thing."""

from dataclasses import replace

from score import Stand, playing

from loopwright.engine import midi, report, status
from loopwright.engine.happen import Action
from loopwright.engine.report import Chronicle, Report
from loopwright.engine.status import Status
from loopwright.engine.time import Seconds


def told(stand: Stand) -> tuple[Status, Seconds]:
    return status.read(stand.state), Seconds(stand.at)


def followed(chronicle: Chronicle, stand: Stand, beats: int) -> Chronicle:
    """Return the chronicle after a host's beats, with a status at every one."""
    for _ in range(beats):
        stand.clocks(24)
        chronicle = chronicle.heard(*told(stand))
    return chronicle


def test_one_player_s_figures() -> None:
    stand = playing(bpm=120)
    chronicle = followed(Chronicle().heard(*told(stand)), stand, 8)
    found = chronicle.report
    assert found.hosted == found.played
    assert round(found.played, 6) == 3.5  # from the first status that said so
    assert round(found.locked, 6) == 3.5
    assert found.jitter.count == 24 * 8 - 11  # not those of start-up
    assert (found.loops, found.rounds) == (1, 0)
    assert found.jitter.percentile(0.99) < 1e-5


def test_a_second_player_s_figures_are_added() -> None:
    first = playing()
    chronicle = followed(Chronicle().heard(*told(first)), first, 4)
    first.hear(b"\xf5")
    chronicle = chronicle.heard(*told(first)).another()
    second = playing()
    second.hear(b"\xf5")
    chronicle = followed(chronicle.heard(*told(second)), second, 4)
    found = chronicle.report
    assert found.jitter.count == 2 * (24 * 4 - 11)
    assert found.counts.unknown == 2
    assert found.loops == 2
    assert round(found.played, 6) == 3.0


def test_time_that_nobody_told_of_is_not_counted() -> None:
    stand = playing()
    chronicle = Chronicle().heard(*told(stand))
    stand.clocks(24 * 4)
    assert chronicle.heard(*told(stand)).report.played == 0.0


def test_our_own_clock_is_no_host_s() -> None:
    stand = Stand()
    stand.answer(None)
    stand.press(Action.PLAY)
    chronicle = Chronicle()
    for _ in range(4):
        stand.wait(0.5)
        chronicle = chronicle.heard(*told(stand))
    found = chronicle.report
    assert round(found.played, 6) == 1.5
    assert found.hosted == found.locked == 0.0
    assert "none was heard" in report.lines(found)[1]


def test_a_follower_that_began_anew_takes_no_re_seeds_away() -> None:
    stand = playing(bpm=120)
    chronicle = followed(Chronicle(), stand, 3)
    stand.period = Seconds(stand.period * 0.7)
    chronicle = followed(chronicle, stand, 3)
    before = chronicle.report.reseeds
    assert before > 0
    again = playing()
    assert chronicle.heard(*told(again)).report.reseeds == before


def test_the_lines_say_what_went_wrong_and_what_did_not() -> None:
    calm = report.lines(Report(Seconds(61.0), loops=2, rounds=3))
    assert calm == (
        "report: 1:01 of music, loops: 2, rounds: 3",
        "  host's clock: none was heard",
        "  went wrong: nothing",
        "  started again: nothing",
    )
    stand = playing()
    stand.clocks(48)
    stand.hear(midi.CLOCK + b"\x00")
    chronicle = Chronicle().heard(*told(stand))
    said = report.lines(replace(chronicle.report, restarts={"composer": 2, "player": 0}))
    assert "37 clocks" in said[1]
    assert said[2] == "  went wrong: messages that mean nothing 1x"
    assert said[3] == "  started again: composer 2x"


def test_hours_are_told() -> None:
    assert report.clock(59.6) == "1:00"
    assert report.clock(3725) == "1:02:05"

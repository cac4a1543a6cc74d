"""A log plays again exactly, whatever happened; on paper, time only ever goes forward."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import cast

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from score import Stand, groove, playing, settings, with_lead

from loopwright.engine import midi
from loopwright.engine.course import Mark, Placed, tempos
from loopwright.engine.happen import Action, Happening, Heard, Recalled
from loopwright.engine.journal import Began, Entry, entries, line_of, part_of
from loopwright.engine.notes import Part
from loopwright.engine.replay import Page, Replay, again, begin
from loopwright.engine.time import Seconds

CALMLY = examples(deadline=None, max_examples=60)
Deed = tuple[str, *tuple[object, ...]]
"""A method of the stand, and what it is called with."""

HEARD = [midi.START, midi.STOP, midi.CONTINUE, b"\x99\x24\x40", b"\xf5", b""]
DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.tuples(st.just("clocks"), st.integers(1, 60)),
    st.tuples(st.just("wait"), st.floats(0.0, 0.4)),
    st.tuples(st.just("press"), st.sampled_from(Action)),
    st.tuples(st.just("turn"), st.just("tempo"), st.floats(60, 200)),
    st.tuples(st.just("turn"), st.just("offset_bass"), st.floats(-40, 40)),
    st.tuples(st.just("hear"), st.integers(0, 127).map(midi.song_position)),
    st.tuples(st.just("hear"), st.sampled_from(HEARD)),
    st.tuples(st.just("answer"), st.none() | st.integers(30, 50).map(groove)),
)


def after(stand: Stand, deeds: list[Deed]) -> Stand:
    """Do the deeds on a stand, with a kept loop that is recalled in their middle."""
    for number, (name, *values) in enumerate(deeds):
        getattr(stand, name)(*values)
        if number == 5:
            stand.happen(Recalled(groove(33), Seconds(stand.at)))
    return stand


def log_of(stand: Stand, told: Began) -> Iterator[Entry]:
    """What a log of a stand holds, through its very lines."""
    written = [line_of(entry) for entry in (told, *stand.happened)]
    return entries(written)


def played(log: Iterator[Entry]) -> tuple[Replay, Page]:
    first, *rest = log
    assert isinstance(first, Began)
    replay, page = begin(first), list[Placed | Mark]()
    for entry in rest:
        replay, more = again(replay, cast(Happening, entry))
        page += more
    return replay, tuple(page)


def placed(page: Page) -> list[Placed]:
    return [one for one in page if isinstance(one, Placed)]


@CALMLY
@given(st.lists(DEEDS, max_size=12), st.sampled_from([0.0, 0.01]), st.booleans())
def test_a_log_plays_again_exactly(deeds: list[Deed], lead: float, hosted: bool) -> None:
    told = replace(with_lead(settings(), lead), follow_clock=hosted)
    stand = after(Stand(told), deeds)
    replay, page = played(log_of(stand, Began(told)))
    assert replay.state == stand.state
    assert [one.send for one in placed(page)] == stand.sends
    wished = tuple(wish for wish, _ in stand.wishes)
    assert replay.tally.happenings == len(stand.happened)
    assert replay.tally.sends == len(stand.sends)
    assert (replay.tally.digest != "") == (wished != ())


@CALMLY
@given(st.lists(DEEDS, max_size=12))
def test_places_on_paper_only_go_forward(deeds: list[Deed]) -> None:
    stand = after(playing(), deeds)
    _, page = played(log_of(stand, Began(settings())))
    ticks = [one.place for one in page if isinstance(one, Mark)]
    assert ticks == sorted(ticks)
    assert len(set(ticks)) == len(ticks)
    assert all(one.place >= 0 for one in placed(page))


def test_any_other_happening_gives_another_tally() -> None:
    stand = playing()
    stand.clocks(48)
    told = Began(settings())
    whole = played(log_of(stand, told))[0].tally
    clocks = [n for n, h in enumerate(stand.happened) if isinstance(h, Heard)]
    stand.happened.pop(clocks[20])
    assert played(log_of(stand, told))[0].tally != whole


def test_notes_lie_on_the_clocks_that_they_were_played_to() -> None:
    stand = playing(bpm=120)
    stand.clocks(96)
    _, page = played(log_of(stand, Began(settings())))
    kicks = [p.place for p in placed(page) if p.send.data[:2] == b"\x99\x24"]
    assert [round(place, 4) for place in kicks] == [0.0, 24.0, 48.0, 72.0]


def test_who_stops_and_starts_goes_on_at_the_next_bar_line() -> None:
    stand = playing(bpm=120)
    stand.clocks(100)
    stand.stop()
    stand.wait(2.0)
    stand.hear(midi.song_position(6))  # beat 3
    stand.hear(midi.CONTINUE)
    stand.clocks(50)
    _, page = played(log_of(stand, Began(settings())))
    ticks = [one.place for one in page if isinstance(one, Mark)]
    assert ticks[:100] == list(range(100))
    assert ticks[100:] == list(range(192 + 36, 192 + 36 + 50))


def test_a_host_that_loops_does_not_turn_the_paper_back() -> None:
    stand = playing(bpm=120)
    stand.clocks(95)
    stand.hear(midi.song_position(0))
    stand.clocks(97)
    _, page = played(log_of(stand, Began(settings())))
    ticks = [one.place for one in page if isinstance(one, Mark)]
    assert ticks == list(range(192))
    kicks = [p.place for p in placed(page) if p.send.data[:2] == b"\x99\x24"]
    assert [round(b - a) for a, b in pairwise(kicks)] == [24, 24, 24, 23, 24, 24, 24, 24]


def test_tempos_are_told_where_they_change() -> None:
    steady = [Mark(n, 0.02) for n in range(96)]
    assert tempos(steady) == [(0, 0.02)]
    slower = [*steady, *(Mark(n, 0.025) for n in range(96, 192))]
    assert [(place, round(period, 9)) for place, period in tempos(slower)] == [
        (0, 0.02),
        (96, 0.025),
    ]
    assert tempos(Mark(n, 0.02 + n % 2 * 1e-7) for n in range(96))[1:] == []
    assert tempos([]) == []


def test_the_parts_keep_their_names() -> None:
    stand = playing()
    stand.clocks(24)
    _, page = played(log_of(stand, Began(settings())))
    assert {part_of(one.send) for one in placed(page)} == {Part.DRUMS, Part.BASS}


def test_a_machine_may_have_been_up_for_days_before_its_own_clock_leads() -> None:
    told = replace(settings(), follow_clock=False)
    stand = Stand(told, at=3.0e6)
    stand.answer(groove())
    stand.wait(4.0)
    assert any(stand.sends)
    replay, page = played(log_of(stand, Began(told)))
    assert replay.at == stand.state.now
    assert [one.send for one in placed(page)] == stand.sends


def test_a_log_from_before_there_was_a_parameter_plays_again() -> None:
    told = settings()
    stand = playing()
    stand.clocks(96)
    older = {n: value for n, value in told.parameters.items() if n != "melody_close"}
    _, page = played(log_of(stand, Began(replace(told, parameters=older))))
    assert [one.send for one in placed(page)] == stand.sends

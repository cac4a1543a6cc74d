from collections.abc import Mapping
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.feel import Hit
from loopwright.engine.notes import Part
from loopwright.engine.schedule import (
    On,
    Window,
    emit,
    next_send,
    with_hits,
)
from loopwright.engine.sounding import Off, Table
from loopwright.engine.state import NOTHING
from loopwright.engine.time import Seconds, Tick, Timeline

Ports = Mapping[Part, str]

# A tick lasts 10 ms, and tick 0 falls at second 0.
LINE = Timeline(Tick(0), Seconds(0.0), Seconds(0.01))


APART = {Part.DRUMS: "drums", Part.BASS: "bass"}
TOGETHER = {Part.DRUMS: "out", Part.BASS: "out"}


def window(now: float, lead: float = 0.0, bass: float = 0.0, ports: Ports = APART) -> Window:
    offsets = {Part.DRUMS: 0.0, Part.BASS: bass}
    channels = {Part.DRUMS: 1, Part.BASS: 1}
    return Window(
        LINE, Seconds(now), Seconds(now + lead), inf, inf, Seconds(0.0), offsets, ports, channels
    )


def bass(place: float, length: float = 6.0, pitch: int = 40) -> Hit:
    return Hit(place, length, pitch, 80, Part.BASS)


def kick(place: float) -> Hit:
    return Hit(place, 6.0, 36, 100, Part.DRUMS)


def test_what_is_due_leaves_and_the_rest_waits() -> None:
    waiting = with_hits(NOTHING, (bass(0), kick(0), bass(6)))
    left = emit(waiting, Table(), window(0.0))
    assert left.sends == (On(kick(0), Seconds(0.0)), On(bass(0), Seconds(0.0)))
    assert left.waiting[Part.BASS] == (bass(6),)
    assert left.waiting[Part.DRUMS] == ()


def test_an_end_leaves_before_a_beginning_of_the_same_time() -> None:
    first = emit(with_hits(NOTHING, (bass(0, 6, 40), bass(6, 6, 43))), Table(), window(0.0))
    left = emit(first.waiting, first.table, window(0.05, 0.01))
    assert [type(send) for send in left.sends] == [Off, On]


def test_within_a_lead_everything_leaves_in_order_of_time() -> None:
    waiting = with_hits(NOTHING, (bass(0, 3), kick(1), bass(6, 3)))
    left = emit(waiting, Table(), window(0.0, 0.08))
    assert [send.at for send in left.sends] == pytest.approx([0.0, 0.01, 0.03, 0.06, 0.07])


def test_an_offset_moves_a_part_either_way() -> None:
    waiting = with_hits(NOTHING, (bass(6), kick(6)))
    assert next_send(waiting, Table(), window(0.0, bass=-0.02)) == pytest.approx(0.04)
    assert next_send(waiting, Table(), window(0.0, bass=0.02)) == pytest.approx(0.06)


def test_nothing_falls_before_the_clock_that_set_us_playing() -> None:
    begun = replace(window(0.0, bass=-0.3), origin=Seconds(0.0))
    left = emit(with_hits(NOTHING, (bass(0, 24), bass(12, 6, 43))), Table(), begun)
    assert [send.at for send in left.sends] == [0.0, 0.0]
    assert left.dropped == 0
    ends = emit(left.waiting, left.table, replace(begun, now=Seconds(0.1), until=Seconds(0.1)))
    assert len(ends.sends) == 2


def test_a_note_lasts_long_enough_to_be_heard() -> None:
    left = emit(with_hits(NOTHING, (bass(0, 1),)), Table(), window(0.02, 0.01))
    assert [send.at for send in left.sends] == pytest.approx([0.02, 0.025])


def test_no_note_leaves_from_the_limit_on_but_ends_do() -> None:
    left = emit(with_hits(NOTHING, (bass(0),)), Table(), window(0.0))
    limited = replace(window(0.5), limit=6)
    after = emit(with_hits(left.waiting, (kick(6),)), left.table, limited)
    assert [type(send) for send in after.sends] == [Off]
    assert next_send(after.waiting, after.table, limited) is None


def test_near_is_as_far_as_a_negative_offset_needs() -> None:
    waiting = with_hits(NOTHING, (bass(5), kick(5)))
    unlocked = replace(window(0.0, bass=-0.03), near=2.0)
    assert next_send(waiting, Table(), unlocked) is None
    assert next_send(waiting, Table(), replace(unlocked, near=2.1)) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("late", "at", "counted", "dropped"),
    [(0.001, 0.0, 0, 0), (0.01, 0.01, 1, 0), (0.03, 0.03, 1, 0), (0.031, None, 0, 1)],
)
def test_a_late_note(late: float, at: float | None, counted: int, dropped: int) -> None:
    left = emit(with_hits(NOTHING, (bass(0),)), Table(), window(late))
    assert [send.at for send in left.sends] == ([] if at is None else [at])
    assert (left.late, left.dropped) == (counted, dropped)
    assert len(left.table.voices) == len(left.sends)


def played(*hits: Hit, ports: Ports, bass: float = 0.0) -> list[tuple[str, float]]:
    """Return what leaves for hits, as kinds and seconds."""
    emitted = emit(with_hits(NOTHING, hits), Table(), window(0.0, 1.0, bass, ports))
    return [(type(send).__name__, round(send.at, 6)) for send in emitted.sends]


def test_two_parts_on_ports_of_their_own_share_no_key() -> None:
    long, short = bass(0, 24, 36), kick(12)
    assert played(long, short, ports=APART) == [
        ("On", 0),
        ("On", 0.12),
        ("Off", 0.18),
        ("Off", 0.24),
    ]


def test_a_key_that_another_part_holds_is_struck_again_and_held_for_the_longer_of_both() -> None:
    again = [("On", 0), ("Off", 0.12), ("On", 0.12), ("Off", 0.24)]
    assert played(bass(0, 24, 36), kick(12), ports=TOGETHER) == again
    longer = [("On", 0), ("Off", 0.12), ("On", 0.12), ("Off", 0.18)]
    assert played(bass(0, 15, 36), kick(12), ports=TOGETHER) == longer


def test_a_key_that_two_parts_strike_together_is_struck_once() -> None:
    assert played(bass(0, 24, 36), kick(0), ports=TOGETHER) == [("On", 0), ("Off", 0.24)]
    assert played(bass(0, 3, 36), kick(0), ports=TOGETHER) == [("On", 0), ("Off", 0.06)]


def test_a_key_of_two_parts_is_held_to_the_end_that_an_offset_moved() -> None:
    once = [("On", 0), ("Off", 0.25)]
    assert played(bass(0, 24, 36), kick(0), ports=TOGETHER, bass=0.01) == once


HITS = st.lists(
    st.builds(bass, st.floats(0, 96), st.floats(0.1, 48), st.integers(40, 43)), max_size=30
)


@given(HITS, st.floats(0, 0.05), st.lists(st.floats(0.001, 0.05), min_size=40, max_size=60))
def test_whenever_it_is_called_every_on_has_its_end(
    hits: list[Hit], lead: float, waits: list[float]
) -> None:
    waiting, table, now = with_hits(NOTHING, sorted(hits)), Table(), 0.0
    sends: list[On | Off] = []
    for wait in [*waits, 10.0]:
        now += wait
        left = emit(waiting, table, window(now, lead))
        waiting, table, sends = left.waiting, left.table, [*sends, *left.sends]
    assert table.voices == ()
    sounding: set[int] = set()
    # An output lets what was handed over leave in order of time, then of handing over.
    for send in sorted(sends, key=lambda send: send.at):
        if isinstance(send, On):
            assert send.hit.pitch not in sounding
            sounding.add(send.hit.pitch)
        else:
            sounding.remove(send.pitch)
    assert not sounding

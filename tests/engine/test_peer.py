"""A session of peers, told as a host would: its beat is a line, its bars are counted from Start."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from loopwright.engine import midi, peer
from loopwright.engine.happen import Heard, Session
from loopwright.engine.midi import CLOCK, CONTINUE, START, STOP
from loopwright.engine.peer import Peer, Seen, next_bar, timeline
from loopwright.engine.time import Seconds, period_of

LOOK = 0.001  # seconds between two looks


@dataclass
class Room:
    """A session: the beat at second `at`, and who plays."""

    at: float = 100.0
    beat: float = 7.3
    tempo: float = 120.0
    peers: int = 1
    playing: bool = False
    began: float = 0.0  # second
    lead: float = 0.0
    peer: Peer = field(default_factory=Peer)
    told: list[Heard | Session] = field(default_factory=list[Heard | Session])

    def look(self) -> None:
        at = Seconds(self.at)
        line = timeline(self.beat, at, period_of(self.tempo))
        since = (self.beat + (self.began - self.at) * self.tempo / 60) * 24
        seen = Seen(line, self.tempo, self.peers, self.playing, since)
        self.peer, told = peer.tells(self.peer, seen, at, Seconds(at + self.lead))
        self.told += told

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK)):
            self.look()
            self.at += LOOK
            self.beat += LOOK * self.tempo / 60

    def start(self, ahead: float = 0.0) -> None:
        self.playing, self.began = True, self.at + ahead

    def stop(self) -> None:
        self.playing = False

    @property
    def messages(self) -> list[Heard]:
        return [one for one in self.told if isinstance(one, Heard)]

    @property
    def clocks(self) -> list[float]:
        return [one.at for one in self.messages if one.data == CLOCK]

    @property
    def moves(self) -> list[bytes]:
        return [one.data for one in self.messages if one.data != CLOCK]

    def after(self, data: bytes) -> Heard:
        """The clock after a message."""
        place = [one.data for one in self.messages].index(data)
        return next(one for one in self.messages[place:] if one.data == CLOCK)

    def beat_at(self, at: float) -> float:
        return self.beat + (at - self.at) * self.tempo / 60


@given(st.floats(20, 999), st.floats(-1000, 1e6), st.sampled_from([0.0, 0.01, 0.05]))
@runs(max_examples=40, deadline=None)
def test_every_clock_is_a_24th_of_a_beat_and_none_is_left_out(
    tempo: float, beat: float, lead: float
) -> None:
    room = Room(tempo=tempo, beat=beat, lead=lead)
    room.wait(1.0)
    ticks = [room.beat_at(at) * 24 for at in room.clocks]
    assert ticks == pytest.approx([round(tick) for tick in ticks], abs=1e-3)
    assert {round(b) - round(a) for a, b in pairwise(ticks)} <= {1}
    assert len(ticks) >= int(tempo / 60 * 24) - 1


def test_clocks_come_while_nothing_plays() -> None:
    room = Room()
    room.wait(2)
    assert len(room.clocks) == 96
    assert room.moves == []


@given(st.floats(0, 8), st.floats(0, 3))
@runs(max_examples=30, deadline=None)
def test_it_starts_on_the_bar_line_after_it_was_asked_for(beat: float, ahead: float) -> None:
    room = Room(beat=beat, lead=0.01)
    room.wait(0.5)
    room.start(ahead)
    asked = room.beat_at(room.began)
    room.wait(6)
    assert room.moves == [START]
    begun = room.beat_at(room.after(START).at)
    assert begun % 4 == pytest.approx(0, abs=1e-6) or begun % 4 == pytest.approx(4, abs=1e-6)
    assert -0.03 <= begun - asked < 4


def test_stop_is_told_at_once_and_starting_again_is_bar_1() -> None:
    room = Room(beat=0.0)
    room.start()
    room.wait(3.3)
    room.stop()
    at = room.at
    room.wait(0.5)
    assert room.moves == [START, STOP]
    assert room.messages[[m.data for m in room.messages].index(STOP)].at == pytest.approx(at)
    room.start()
    room.wait(2.5)
    assert room.moves == [START, STOP, START]


def test_who_missed_the_bar_line_goes_on_at_the_next_sixteenth() -> None:
    room = Room(beat=50.1, playing=True, began=100 - 20.1 / 2)  # bar 1 was beat 32
    room.wait(0.5)
    assert room.moves == [midi.song_position(73), CONTINUE]
    assert room.beat_at(room.after(CONTINUE).at) == pytest.approx(32 + 73 / 4)


def test_the_song_position_wraps_where_it_can_tell_no_more() -> None:
    room = Room(beat=2.0**12 + 8.1, playing=True, began=100 - (2.0**12 + 8.1) / 2)
    room.wait(0.5)
    assert room.moves == [midi.song_position(33), CONTINUE]


def test_where_two_sessions_meet_the_song_follows_the_beat() -> None:
    room = Room(beat=0.0)
    room.start()
    room.wait(10)
    room.beat += 5.4  # bar lines move, too
    room.wait(3)
    assert room.moves[0] == START
    assert room.moves[1][0] == 0xF2
    assert len(room.moves) == 2
    clock = room.after(room.moves[1])
    tick = midi.parse(room.moves[1])
    assert tick is not None
    assert room.beat_at(clock.at) * 4 % 16 == pytest.approx(tick.sixteenths % 16)


def test_a_stall_is_a_song_position_and_no_burst() -> None:
    room = Room(beat=0.0)
    room.start()
    room.wait(2)
    room.at += 3.0
    room.beat += 6.0
    before = len(room.clocks)
    room.wait(1)
    assert len(room.clocks) - before == 48
    assert room.moves[1:] == [midi.song_position(40)]
    assert room.beat_at(room.after(room.moves[1]).at) == pytest.approx(10)


def test_another_who_starts_starts_nobody_who_plays() -> None:
    room = Room(beat=0.0)
    room.start()
    room.wait(5.2)
    room.start()
    room.wait(3)
    assert room.moves == [START]


@pytest.mark.parametrize("still", [0.02, 0.06])
def test_where_the_ports_clock_stood_still_no_clock_comes_before_the_last(still: float) -> None:
    room = Room(beat=0.0, lead=0.01)
    room.start()
    room.wait(1)
    room.beat += still * 2  # the session went on
    room.wait(1)
    assert room.clocks == sorted(room.clocks)
    ticks = int(room.beat_at(room.at - LOOK + room.lead) * 24) + 1
    assert len(room.clocks) == ticks  # none is left out
    told = [one for one in room.told if isinstance(one, Session)]
    assert [one.tempo for one in told] == [120, 120]
    after = [at for at in room.clocks if told[1].due is not None and at >= told[1].due - 1e-9]
    assert [b - a for a, b in pairwise(after)] == pytest.approx([period_of(120)] * (len(after) - 1))
    assert room.moves == [START]


def test_tempo_and_peers_are_told_when_they_change() -> None:
    room = Room()
    room.wait(0.2)
    room.tempo, room.peers = 140.0, 2
    room.wait(0.5)
    told = [one for one in room.told if isinstance(one, Session)]
    assert [(one.tempo, one.peers) for one in told] == [(120, 1), (140, 2)]
    assert min(at for at in room.clocks if at >= told[1].at) == pytest.approx(told[1].due)
    room.peers = 0
    room.wait(0.1)
    assert [one.due for one in room.told if isinstance(one, Session)][2:] == [None]


def test_a_change_of_tempo_leaves_no_clock_out() -> None:
    room = Room(beat=0.0, lead=0.04)
    room.start()
    for tempo in (400.0, 20.0, 120.0, 121.0):
        room.tempo = tempo
        room.wait(2)
    assert room.moves == [START]


def test_the_next_bar_line_is_a_fourth_beat() -> None:
    assert [next_bar(place) for place in (-0.1, 0, 0.1, 96, 96.1)] == [0, 0, 4, 4, 8]

"""Our own clock, sent to others: what they hear, and that nothing of it confuses us."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from score import KICK, Stand, groove, with_lead
from score import settings as told

from loopwright.engine import conduct, midi
from loopwright.engine.happen import Action, Cue, End, Pace, Play, Send, Session, Woke
from loopwright.engine.midi import CLOCK, CONTINUE, START, STOP
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds, period_of
from loopwright.engine.transport import Motion

BPM = 127.0  # whose tick is no whole number of anything
TICK = period_of(BPM)


def leading(lead: float = 0.0, loops: int = 0, **parameters: float) -> Settings:
    chosen = with_lead(told(**{"tempo": BPM, **parameters}), lead)
    return replace(chosen, follow_clock=False, sends_clock=True, waits=not loops, loops=loops)


def leader(settings: Settings | None = None) -> Stand:
    """An instrument that leads, has its first loop, and has just told its first clock."""
    stand = Stand(settings or leading(), BPM)
    stand.wait(0)
    stand.happen(Woke(Seconds(stand.at)))
    stand.answer(groove())
    return stand


def cues(stand: Stand) -> list[Cue]:
    return [wish for wish, _ in stand.wishes if isinstance(wish, Cue)]


def clocks(stand: Stand) -> list[float]:
    return [cue.at for cue in cues(stand) if cue.data == CLOCK]


def moves(stand: Stand) -> list[bytes]:
    """What was sent to the others beside clocks."""
    return [cue.data for cue in cues(stand) if cue.data != CLOCK]


def after(stand: Stand, data: bytes) -> Cue:
    """What was sent just after a message."""
    sent = cues(stand)
    return sent[[cue.data for cue in sent].index(data) + 1]


@runs(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(Action), max_size=8), st.sampled_from([0.0, 0.01, 0.05]))
def test_clocks_fall_at_base_and_n_periods_whatever_is_pressed(
    deeds: list[Action], lead: float
) -> None:
    stand = leader(leading(lead))
    for action in deeds:
        if action is not Action.QUIT:
            stand.press(action)
            stand.wait(0.33)
    stand.wait(1)
    sent = clocks(stand)
    assert len(sent) > 40
    assert sent == pytest.approx([100 + lead + n * TICK for n in range(len(sent))], abs=1e-9)


def test_while_nothing_is_pressed_there_is_no_rounding_at_all() -> None:
    stand = leader()
    stand.wait(60.001)
    assert clocks(stand) == [100.0 + n * TICK for n in range(len(clocks(stand)))]
    assert len(clocks(stand)) == 1 + int(60 / TICK)


def test_clocks_are_sent_while_nothing_plays_and_it_waits_for_play() -> None:
    stand = leader()
    stand.wait(10)
    assert moves(stand) == []
    assert stand.sends == []
    assert stand.state.transport.motion is Motion.STOPPED


def test_start_comes_before_the_clock_that_is_the_downbeat() -> None:
    stand = leader()
    stand.wait(1.003)
    stand.press(Action.PLAY)
    stand.wait(0.2)
    (start,) = [cue for cue in cues(stand) if cue.data == START]
    first = after(stand, START)
    assert first.data == CLOCK
    assert max(at for at in clocks(stand) if at < first.at) <= start.at <= first.at
    assert stand.ons(KICK) == pytest.approx([first.at], abs=1e-12)


@pytest.mark.parametrize("lead", [0.0, 0.0107, 0.06])
def test_messages_go_out_ahead_of_their_time_and_in_order(lead: float) -> None:
    stand = leader(leading(lead))
    stand.wait(1.003)
    stand.press(Action.PLAY)
    stand.wait(3)
    for wish, at in stand.wishes:
        if isinstance(wish, Cue | Send):
            assert -1e-9 <= wish.at - at <= lead + 1e-6
    times = [cue.at for cue in cues(stand)]
    assert times == sorted(times)
    grid = set(clocks(stand))
    assert all(min(abs(at - tick) for tick in grid) < 1e-9 for at in stand.ons())
    first = after(stand, START)
    assert stand.ons(KICK)[0] == pytest.approx(first.at, abs=1e-12)


def test_stop_comes_after_the_last_clock_and_clocks_go_on() -> None:
    stand = leader(leading(0.03))
    stand.press(Action.PLAY)
    stand.wait(2.5)
    stand.press(Action.PLAY)
    stand.wait(1)
    sent = cues(stand)
    place = [cue.data for cue in sent].index(STOP)
    assert sent[place - 1].data == sent[place + 1].data == CLOCK
    assert sent[place - 1].at <= sent[place].at <= sent[place + 1].at
    assert len(stand.ons()) == len(stand.offs())
    assert len(sent) - place > 40


@pytest.mark.parametrize("ticks", [1, 5, 6, 100, 770])
def test_to_go_on_is_a_song_position_and_continue_at_a_sixteenth(ticks: int) -> None:
    stand = leader()
    stand.press(Action.PLAY)
    stand.wait_until(after_ticks(stand, ticks))
    stand.press(Action.PLAY)
    stand.wait(0.5)
    stand.forget()
    stand.press(Action.GO_ON)
    stand.wait(0.1)
    assert moves(stand) == [midi.song_position(ticks // 6), CONTINUE]
    assert after(stand, CONTINUE).data == CLOCK
    passed = len([at for at in clocks(stand) if at >= after(stand, CONTINUE).at])
    assert stand.state.transport.tick == ticks // 6 * 6 + passed - 1


def after_ticks(stand: Stand, ticks: int) -> float:
    """Half a tick after the song's clock number `ticks`, from Start on."""
    host = stand.state.host
    assert host is not None
    return host.due + (ticks - 0.5) * TICK


def test_to_go_on_while_playing_is_nothing() -> None:
    stand = leader()
    stand.press(Action.PLAY)
    stand.press(Action.GO_ON)
    stand.wait(1)
    stand.press(Action.GO_ON)
    assert moves(stand) == [START]


def test_far_into_the_song_the_position_still_says_where_in_the_loop_we_are() -> None:
    stand = leader()
    far = replace(stand.state.transport, next=(2**14 + 5) * 6 + 3)
    stand.state = replace(stand.state, transport=far)
    stand.press(Action.GO_ON)
    assert moves(stand) == [midi.song_position(5), CONTINUE]
    assert stand.state.transport.next == 30


@runs(max_examples=50, deadline=None)
@given(st.floats(20, 400), st.floats(0.001, 3), st.sampled_from([0.0, 0.01, 0.05]))
def test_a_new_tempo_moves_the_base_at_a_tick(bpm: float, seconds: float, lead: float) -> None:
    stand = leader(leading(lead))
    stand.press(Action.PLAY)
    stand.wait(seconds)
    before = len(clocks(stand))
    stand.turn("tempo", bpm)
    stand.wait(2)
    sent = clocks(stand)
    bend = 100 + lead + before * TICK
    expected = [bend + n * period_of(bpm) for n in range(len(sent) - before)]
    assert sent[before:] == pytest.approx(expected, abs=1e-9)
    ticks = [min(range(len(sent)), key=lambda n: abs(sent[n] - at)) for at in stand.ons(KICK)]
    assert ticks == [ticks[0] + 24 * n for n in range(len(ticks))]


@pytest.mark.parametrize("stall", [0.06, 0.2, 5.0])
def test_after_a_stall_no_clock_is_sent_in_a_burst(stall: float) -> None:
    stand = leader()
    stand.press(Action.PLAY)
    stand.wait(1)
    told_before = len(clocks(stand))
    stand.at += stall
    stand.state, wishes = conduct.step(stand.state, Woke(Seconds(stand.at)))
    stand.keep(wishes)
    stand.wait(2)
    late = clocks(stand)[told_before:]
    assert late[0] == pytest.approx(stand.at - 2, abs=1e-9)
    assert [b - a for a, b in pairwise(late)] == pytest.approx([TICK] * (len(late) - 1))


FOREIGN = st.one_of(
    st.sampled_from([CLOCK, START, STOP, CONTINUE]),
    st.builds(midi.song_position, st.integers(0, 300)),
)


@runs(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FOREIGN, st.floats(0, 0.3)), max_size=20), st.booleans())
def test_a_foreign_clock_and_our_own_coming_back_change_nothing(
    heard: list[tuple[bytes, float]], echo: bool
) -> None:
    one, two = leader(), leader()
    for stand in (one, two):
        stand.press(Action.PLAY)
    for data, seconds in heard:
        for stand in (one, two):
            stand.wait(seconds)
        two.hear(data)
        for cue in cues(two)[-3:] if echo else ():
            two.hear(cue.data)
    for stand in (one, two):
        stand.wait(1)
    assert [wish for wish, _ in one.wishes] == [wish for wish, _ in two.wishes]
    assert one.state.transport == two.state.transport


def test_with_loops_it_starts_by_itself_and_tells_of_the_end() -> None:
    stand = leader(leading(loops=1))
    stand.wait(768 * TICK + 1)
    assert moves(stand) == [START, STOP]
    assert isinstance(stand.wishes[-1][0], End)
    assert [cue.data for cue in cues(stand)][-1] == STOP


def test_who_ends_it_stops_the_others_too() -> None:
    stand = leader()
    stand.press(Action.PLAY)
    stand.wait(1)
    stand.press(Action.QUIT)
    assert moves(stand) == [START, STOP]
    assert isinstance(stand.wishes[-1][0], End)


def test_who_only_plays_to_its_own_clock_sends_none() -> None:
    stand = leader(replace(leading(), sends_clock=False))
    stand.press(Action.PLAY)
    stand.wait(1)
    stand.press(Action.PLAY)
    assert cues(stand) == []
    assert stand.ons()


def test_a_loop_that_comes_while_we_play_does_not_start_the_song_again() -> None:
    stand = Stand(leading(), BPM)
    stand.press(Action.PLAY)
    stand.wait(3)
    stand.answer(groove())
    stand.wait(3)
    assert moves(stand) == [START]
    assert stand.ons(KICK)


# A session of peers, such as Ableton Link


def in_session() -> Stand:
    stand = Stand(replace(told(), session=True, waits=True))
    stand.answer(groove())
    return stand


def test_in_a_session_play_and_tempo_are_asked_of_the_session() -> None:
    stand = in_session()
    stand.press(Action.PLAY)
    stand.turn("tempo", 97)
    stand.press(Action.GO_ON)
    wishes = [wish for wish, _ in stand.wishes if isinstance(wish, Play | Pace)]
    assert wishes == [Play(), Pace(97)]
    assert stand.state.host is None


def test_who_does_not_wait_starts_the_session_with_the_first_loop_and_stops_nobody() -> None:
    stand = Stand(replace(told(), session=True))
    stand.answer(groove())
    assert [wish for wish, _ in stand.wishes if isinstance(wish, Play)] == [Play(stops=False)]


def test_the_session_s_tempo_is_taken_over_and_asked_of_nobody() -> None:
    stand = in_session()
    stand.clocks(48)
    stand.forget()
    due = stand.at
    stand.happen(Session(3, 150.0, Seconds(due), Seconds(stand.at)))
    assert stand.wishes == []
    assert stand.state.parameters["tempo"] == 150
    assert stand.state.peers == 3
    assert stand.state.follower.line(stand.state.transport.tick).period == period_of(150)


def test_what_a_key_adds_to_the_session_s_tempo_is_added_to_a_round_number() -> None:
    stand = in_session()
    stand.turn("tempo", 98)
    stand.happen(Session(1, 97.9999836666694, Seconds(stand.at), Seconds(stand.at)))
    assert stand.state.parameters["tempo"] == 98
    assert stand.state.follower.period == period_of(97.9999836666694)


def test_a_new_tempo_of_the_session_moves_what_falls_after_its_next_clock() -> None:
    stand = in_session()
    stand.start()
    stand.clocks(40)
    stand.happen(Session(1, 60.0, Seconds(stand.at), Seconds(stand.at)))
    stand.period = period_of(60)
    begin = stand.at
    stand.forget()
    stand.clocks(60)
    assert stand.ons(KICK) == pytest.approx([begin + n * stand.period for n in (8, 32, 56)])

"""What hosts do, each in its own way, from recorded sessions and their sources."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import inf

import pytest
from score import KICK, Stand, groove, playing, settings, with_lead

from loopwright.engine import midi, status
from loopwright.engine.happen import Action
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds
from loopwright.engine.transport import Motion

Roll = Callable[[Stand, int], None]


def near(*seconds: float) -> object:
    return pytest.approx(list(seconds), abs=1e-6)


def live_rolls_over(stand: Stand, sixteenths: int) -> None:
    stand.hear(midi.song_position(sixteenths))


def ardour_rolls_over(stand: Stand, sixteenths: int) -> None:
    stand.stop()
    stand.hear(midi.song_position(sixteenths))
    stand.hear(midi.CONTINUE)


def looping_by_start(stand: Stand, sixteenths: int) -> None:
    assert sixteenths == 0
    stand.start()


ROLL_OVERS = pytest.mark.parametrize(
    "roll_over", [live_rolls_over, ardour_rolls_over, looping_by_start]
)


@pytest.mark.parametrize("lead", [0.0, 0.0107])
@pytest.mark.parametrize("bars", [1, 3, 4, 12])
@ROLL_OVERS
def test_from_the_second_time_on_a_hosts_own_loop_doubles_and_loses_nothing(
    roll_over: Roll, bars: int, lead: float
) -> None:
    stand = playing(with_lead(settings(), lead))
    begin = stand.at
    stand.clocks(bars * 96)
    for _ in range(3):
        roll_over(stand, 0)
        begin = stand.at
        stand.forget()
        stand.clocks(bars * 96)
    # The last roll-over was expected: nothing of the bar after it had left.
    beats = near(*(begin + n * 0.5 for n in range(bars * 4)))
    assert stand.ons(KICK) == beats
    assert stand.ons(40) == beats


@ROLL_OVERS
def test_the_first_roll_over_doubles_no_more_than_what_fell_on_it(roll_over: Roll) -> None:
    stand = playing(with_lead(settings(), 0.01))
    stand.clocks(4 * 96)
    roll_over(stand, 0)
    edge = stand.at
    stand.clocks(48)
    struck = Counter(round(at - edge, 6) for at in stand.ons(KICK))
    assert struck.pop(0.0) == 2
    assert set(struck.values()) == {1}


def test_a_host_that_goes_round_eight_bars_is_played_ahead_of_as_ever() -> None:
    stand = playing(with_lead(settings(), 0.0107))
    for _ in range(3):
        stand.clocks(768)
        live_rolls_over(stand, 0)
    stand.forget()
    stand.clocks(1)
    assert stand.ons() == []  # they had left before the clock came


def test_a_host_that_goes_on_where_it_used_to_turn_back_is_followed_in_time() -> None:
    stand = playing(with_lead(settings(offset_bass=-100), 0.01))
    stand.clocks(4 * 96)
    live_rolls_over(stand, 0)
    stand.clocks(4 * 96)
    stand.forget()
    begin = stand.at
    stand.clocks(90)
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(4)))
    # What would have left before the clock told the way leaves with it.
    assert stand.ons(40) == near(begin, begin + 0.4, begin + 0.9, begin + 1.4)
    assert (stand.state.counts.late, stand.state.counts.dropped) == (0, 0)
    assert stand.state.transport.edge is None


def test_reaper_pauses_locates_and_silences_channels_which_is_no_panic() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(4 * 96 + 50)
    stand.stop()
    stand.hear(midi.song_position((4 * 96 + 48) // 6))
    stand.clocks(10)
    stand.hear(midi.song_position(4 * 16 + 8))
    for channel in range(1, 17):
        stand.hear(midi.control(channel, 120, 0))
        stand.hear(midi.control(channel, 123, 0))
    stand.hear(midi.CONTINUE)
    stand.forget()
    begin = stand.at
    stand.clocks(25)
    assert stand.ons(KICK) == near(begin, begin + 0.5)
    assert not [s for s in stand.sends if s.data[0] & 0xF0 == 0xB0]
    assert (stand.state.counts.unknown, stand.state.counts.echoes) == (0, 0)


def test_channels_silenced_in_mid_play_change_nothing() -> None:
    disturbed, left_alone = playing(), playing()
    for stand in (disturbed, left_alone):
        stand.clocks(50)
        if stand is disturbed:
            for channel in range(1, 17):
                for data in midi.all_notes_off(channel):
                    stand.hear(data)
        stand.clocks(96)
    assert disturbed.sends == left_alone.sends


def test_continue_from_bar_5_beat_3_plays_what_stands_there() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.start()
    stand.clocks(1)
    stand.stop()
    stand.hear(midi.song_position(4 * 16 + 8))
    stand.hear(midi.CONTINUE)
    stand.forget()
    begin = stand.at
    stand.clocks(4 * 96)
    seen = status.read(stand.state)
    assert (seen.bar, seen.beat) == (1, 2)
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(16)))


def test_on_a_clock_that_is_not_known_yet_no_more_than_a_tick_is_sent_ahead() -> None:
    # 60 BPM, where 120 were expected: 50 ms ahead are more than two ticks of the tempo believed.
    stand = playing(with_lead(settings(), 0.05), bpm=60)
    begin = stand.at
    stand.clocks(12)
    assert stand.ons(KICK) == near(begin)
    assert max(send.at for send in stand.sends) <= begin + 12 * stand.period + 1e-6


def test_a_start_in_mid_play_can_be_ignored() -> None:
    stand = playing(replace(settings(), restart=False))
    begin = stand.at
    stand.clocks(30)
    stand.start()
    stand.clocks(30)
    assert stand.state.transport.tick == 59
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(3)))
    stand.stop()
    stand.start()
    stand.clocks(1)
    assert stand.state.transport.tick == 0


@pytest.mark.parametrize("freewheel", [1.0, inf])
def test_the_music_may_go_on_longer_without_clocks(freewheel: float) -> None:
    stand = playing(replace(settings(), freewheel=Seconds(freewheel)))
    begin = stand.at
    stand.clocks(96)
    stand.wait(0.8)
    assert stand.state.transport.motion is Motion.FREEWHEEL
    stand.wait_until(begin + 2.0 + 0.9)
    # The clock comes back 43 ticks later, and nobody knows what the host did meanwhile.
    stand.clocks(96)
    assert stand.ons(KICK)[:6] == near(*(begin + n * 0.5 for n in range(6)))
    steps = [b - a for a, b in zip(stand.ons(KICK), stand.ons(KICK)[1:], strict=False)]
    assert steps == pytest.approx([0.5] * len(steps), abs=0.5 / 24)


def test_a_freewheel_without_end_ends_with_stop_and_with_the_ports() -> None:
    for last in (midi.STOP, midi.START):
        stand = playing(replace(settings(), freewheel=Seconds(inf)), loop=groove(length=24))
        stand.clocks(96)
        stand.wait(30)
        assert len(stand.ons(KICK)) == 4 + 60
        stand.hear(last)
        assert stand.state.table.voices == ()


def test_a_longer_freewheel_ends_in_silence_too() -> None:
    stand = playing(replace(settings(), freewheel=Seconds(0.9)))
    stand.clocks(96)
    stand.wait(3)
    assert stand.state.transport.motion is Motion.LOST
    assert len(stand.ons(KICK)) == 6
    assert stand.state.table.voices == ()


def ardour_goes_on(stand: Stand, tick: int) -> None:
    """As Ardour 7.3: from the next quarter note on, the position in clocks."""
    stand.hear(midi.song_position(-(-tick // 24) * 24))
    stand.hear(midi.CONTINUE)


def ardour_plays(told: Settings, *clocks: int) -> Stand:
    """Play, stop and go on, as often as there are counts of clocks to play for."""
    stand, tick = playing(told), 0
    for count in clocks:
        stand.clocks(count)
        stand.stop()
        tick += count
        stand.wait(2)
        ardour_goes_on(stand, tick)
        tick = -(-tick // 24) * 24
    stand.clocks(1)
    return stand


def test_positions_in_clocks_are_followed_where_that_is_known() -> None:
    stand = ardour_plays(replace(settings(), unit=1), 100, 200, 777)
    assert stand.state.transport.tick == 1128
    assert not status.read(stand.state).clocks_suspected


def test_positions_in_clocks_are_suspected_at_the_second_time() -> None:
    assert not status.read(ardour_plays(settings(), 100).state).clocks_suspected
    assert status.read(ardour_plays(settings(), 100, 200).state).clocks_suspected


def test_a_position_in_the_wrong_unit_breaks_nothing() -> None:
    stand = ardour_plays(settings(), 100, 200, 777)
    begin = stand.at - stand.period
    stand.forget()
    stand.clocks(95)
    assert stand.state.transport.tick == 6 * 1128 + 95
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(1, 4)))


@pytest.mark.parametrize("then", ["goes on", "rounds down", "goes anywhere", "goes back"])
def test_positions_in_sixteenths_are_never_suspected(then: str) -> None:
    stand, tick = playing(), 0
    for count in (100, 200, 768, 96, 1000, 36, 24):
        stand.clocks(count)
        stand.stop()
        tick += count
        rounded = -(-tick // 24) * 4 if then != "rounds down" else tick // 6
        place = {"goes anywhere": (tick * 7) % 16000, "goes back": 0}.get(then, rounded)
        stand.hear(midi.song_position(place))
        stand.hear(midi.CONTINUE)
        tick = place * 6
    stand.clocks(1)
    assert stand.state.transport.tick == tick
    assert not status.read(stand.state).clocks_suspected


def test_one_coincidence_is_not_enough_and_is_forgotten() -> None:
    stand = playing()
    stand.clocks(96)
    stand.stop()
    stand.hear(midi.song_position(96))  # to bar 7, which is also clock 96
    stand.hear(midi.CONTINUE)
    for _ in range(3):
        stand.clocks(48)
        stand.stop()
        stand.hear(midi.song_position(stand.state.transport.next // 6))
        stand.hear(midi.CONTINUE)
    assert not status.read(stand.state).clocks_suspected
    assert stand.state.reading.signs == 0


@pytest.mark.parametrize("sixteenths", [None, 0, 72, 200])
def test_a_host_that_goes_on_while_our_own_clock_leads_goes_on_where_it_said(
    sixteenths: int | None,
) -> None:
    stand = Stand()
    stand.answer(groove())
    stand.press(Action.PLAY)
    stand.wait(3.3)
    here = stand.state.transport.next
    if sixteenths is not None:
        stand.hear(midi.song_position(sixteenths))
        stand.wait(0.01)
    stand.hear(midi.CONTINUE)
    stand.clocks(3)
    assert stand.state.transport.tick == (here if sixteenths is None else 6 * sixteenths) + 2


def test_where_a_host_pointed_while_our_own_clock_led_is_forgotten_with_it() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.press(Action.PLAY)
    stand.wait(1)
    stand.hear(midi.song_position(72))
    stand.press(Action.PLAY)
    stand.press(Action.GO_ON)
    stand.wait(1.003)  # between two clocks
    here = stand.state.transport.next
    stand.hear(midi.CONTINUE)
    stand.clocks(1)
    assert stand.state.transport.tick == here


@pytest.mark.parametrize("early", [0, -40])
def test_a_note_that_was_handed_over_before_a_start_delays_no_other_after_it(early: float) -> None:
    stand = playing(with_lead(settings(offset_bass=early), 0.02), groove(length=6))
    stand.clocks(11)
    stand.wait(0.6 * stand.period)  # the hat of tick 12 is on its way to where it never sounds
    stand.forget()
    stand.start()
    begin = stand.at
    stand.clocks(2)
    assert stand.ons(KICK) == near(begin)
    assert stand.ons(40) == near(begin)

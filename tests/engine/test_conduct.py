from dataclasses import replace

import pytest
from score import HAT, KICK, Stand, groove, playing, settings, with_lead

from loopwright.engine import conduct, midi, status
from loopwright.engine.happen import Action, Ask, End, Keep, Recalled, Send, Woke
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.time import Seconds
from loopwright.engine.transport import Motion

BAR = 96


def near(*seconds: float) -> object:
    return pytest.approx(list(seconds), abs=1e-6)


def test_the_first_loop_is_asked_for_at_once() -> None:
    assert [request.number for request in Stand().asked] == [1]


def test_nothing_sounds_before_a_clock_after_start() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.clocks(200)
    stand.start()
    stand.wait(0.01)
    assert stand.sends == []


def test_the_first_clock_after_start_is_the_downbeat() -> None:
    stand = playing()
    stand.wait(0.5)
    stand.hear(midi.CLOCK)
    assert sorted(s.data[1] for s in stand.sends) == [KICK, 40, HAT]
    assert {s.at for s in stand.sends} == {stand.at}


def test_every_note_is_on_the_grid_of_the_clock_and_has_its_end() -> None:
    stand = playing()
    begin = stand.at
    stand.clocks(768)
    stand.stop()
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(32)))
    assert stand.ons(40) == near(*(begin + n * 0.5 for n in range(32)))
    assert stand.offs(40) == near(*(begin + n * 0.5 + 0.25 for n in range(32)))
    assert len(stand.ons()) == len(stand.offs()) == 128


def test_a_loop_goes_round_until_another_is_asked_for() -> None:
    stand = playing()
    stand.clocks(3 * 768)
    assert len(stand.asked) == 1
    assert len(stand.ons(40)) == 96


def test_bar_1_of_loop_2_begins_on_tick_768() -> None:
    stand = playing()
    begin = stand.at
    stand.clocks(300)
    stand.press(Action.NEW)
    stand.answer(groove(bass=45))
    stand.clocks(600)
    assert stand.ons(45)[0] == pytest.approx(begin + 768 / 48, abs=1e-6)
    assert max(stand.ons(40)) < stand.ons(45)[0]
    assert len(stand.ons(40)) == 32


def test_when_the_answer_is_late_the_old_loop_goes_round_again() -> None:
    stand = playing(settings(every=1))
    stand.clocks(800)
    stand.answer(groove(bass=45))
    stand.clocks(800)
    assert len(stand.ons(40)) == 64
    assert len(stand.ons(45)) == 3


def test_another_loop_comes_every_n_rounds_by_itself() -> None:
    stand = playing(settings(every=2))
    stand.clocks(768 - 3)
    assert len(stand.asked) == 1
    stand.clocks(4)
    assert len(stand.asked) == 2
    stand.answer(groove(bass=45))
    stand.clocks(768)
    assert len(stand.ons(40)) == 64
    assert stand.ons(45) != []


def test_a_stale_answer_is_dropped_and_counted() -> None:
    stand = playing()
    stand.press(Action.NEW)
    stand.press(Action.NEW)
    stand.answer(groove(bass=45), number=2)
    stand.clocks(800)
    assert stand.ons(45) == []
    assert stand.state.counts.stale == 1


def test_a_failed_answer_keeps_the_old_loop() -> None:
    stand = playing()
    stand.press(Action.NEW)
    stand.answer(None)
    stand.clocks(800)
    assert len(stand.ons(40)) == 34
    assert stand.state.counts.failed == 1


def test_after_a_failure_with_nothing_to_play_it_is_asked_again_in_a_second() -> None:
    stand = Stand()
    stand.answer(None)
    stand.wait(0.9)
    assert len(stand.asked) == 1
    stand.wait(0.2)
    assert [request.number for request in stand.asked] == [1, 2]


def test_an_answer_lost_for_a_whole_round_is_asked_for_again() -> None:
    stand = playing(settings(every=1))
    stand.clocks(2 * 768 + 1)
    assert [request.number for request in stand.asked] == [1, 2, 2]


def test_the_first_loop_enters_on_the_next_bar_line_in_phase() -> None:
    stand = Stand()
    stand.start()
    begin = stand.at
    stand.clocks(100)
    stand.answer(groove())
    stand.clocks(200)
    assert stand.ons(40)[0] == pytest.approx(begin + 2 * BAR / 48, abs=1e-6)
    assert stand.state.repertoire.rounds == 0


def test_it_ends_after_n_rounds_in_silence() -> None:
    stand = playing(replace(settings(), loops=2))
    stand.clocks(2 * 768 + 50)
    assert isinstance(stand.wishes[-1][0], End)
    assert len(stand.ons(40)) == 64
    assert len(stand.ons()) == len(stand.offs())
    assert stand.sends[-1].at <= 100 + 2 * 768 / 48 + 1e-6


def test_stop_ends_what_sounds_at_once_and_nothing_follows() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(3)
    stand.forget()
    stand.stop()
    assert stand.offs(40) == near(stand.at)
    stand.wait(3)
    assert stand.ons() == []
    assert stand.state.table.voices == ()


def test_continue_goes_on_where_stop_left_off() -> None:
    stand = playing()
    stand.clocks(30)
    stand.stop()
    stand.clocks(10)
    stand.hear(midi.CONTINUE)
    stand.forget()
    begin = stand.at
    stand.clocks(30)
    assert stand.ons(KICK) == near(begin + 18 / 48)
    assert stand.ons(HAT) == near(begin + 6 / 48, begin + 18 / 48)


def test_continue_after_a_song_position_plays_from_bar_5_beat_3() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.clocks(50)
    stand.hear(midi.song_position(4 * 16 + 8))
    stand.hear(midi.CONTINUE)
    stand.clocks(1)
    seen = status.read(stand.state)
    assert (seen.bar, seen.beat) == (5, 3)


def test_a_first_loop_that_was_waiting_enters_at_the_bar_after_continue() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.hear(midi.song_position(8))
    stand.hear(midi.CONTINUE)
    begin = stand.at
    stand.clocks(60)
    assert stand.ons(40)[0] == pytest.approx(begin + 48 / 48, abs=1e-6)


def test_a_song_position_while_running_relocates_at_the_next_clock() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(380)
    stand.hear(midi.song_position(0))
    stand.forget()
    begin = stand.at
    stand.clocks(1)
    assert stand.offs(40) == near(begin)
    assert stand.ons(40) == near(begin)
    kinds = [s.data[0] & 0xF0 for s in stand.sends if s.at <= begin + 1e-9]
    assert kinds == sorted(kinds)


def test_a_song_position_that_says_where_we_are_changes_nothing() -> None:
    with_it, without = playing(), playing()
    for stand in (with_it, without):
        stand.clocks(96)
        if stand is with_it:
            stand.hear(midi.song_position(16))
        stand.clocks(96)
    assert with_it.sends == without.sends


def test_a_double_start_is_a_new_start() -> None:
    stand = playing()
    stand.clocks(30)
    stand.start()
    stand.forget()
    begin = stand.at
    stand.clocks(1)
    assert stand.ons(KICK) == near(begin)
    assert stand.state.transport.tick == 0


@pytest.mark.parametrize("missing", [1, 6])
def test_a_few_missing_clocks_are_played_over(missing: int) -> None:
    stand = playing()
    begin = stand.at
    stand.clocks(96)
    stand.wait(missing * stand.period)
    assert stand.state.transport.motion in (Motion.RUNNING, Motion.FREEWHEEL)
    stand.clocks(96)
    assert len(stand.ons(KICK)) == 8
    assert stand.ons(KICK)[4] == pytest.approx(begin + 2.0, abs=1e-3)


def test_a_burst_after_a_gap_is_counted_and_moves_nothing() -> None:
    stand = playing()
    begin = stand.at
    stand.clocks(96)
    stand.wait(11 * stand.period - 0.003)
    for _ in range(11):
        stand.hear(midi.CLOCK)
    stand.wait_until(begin + 107 * stand.period)
    stand.clocks(96)
    assert stand.state.transport.tick == 96 + 11 + 96 - 1
    assert stand.ons(KICK) == near(*(begin + n * 0.5 for n in range(9)))


@pytest.mark.parametrize("offset", [-100, -20, 10, 100])
def test_a_burst_after_a_silence_is_one_note_at_most_under_any_offset(offset: float) -> None:
    stand = playing(settings(offset_drums=offset), groove(length=24))
    begin = stand.at
    stand.clocks(96)
    stand.wait_until(begin + 295.5 * stand.period)
    stand.forget()
    for _ in range(200):
        stand.hear(midi.CLOCK)
    stand.wait(stand.period / 2)
    assert len(stand.ons(KICK)) <= 1


@pytest.mark.parametrize("held", [24, 48, 200])
def test_a_burst_after_a_silence_is_one_note_at_most_and_then_the_music_in_place(held: int) -> None:
    stand = playing(loop=groove(length=24))
    begin = stand.at
    stand.clocks(96)
    stand.wait_until(begin + (95 + held + 0.5) * stand.period)
    stand.forget()
    for _ in range(held):
        stand.hear(midi.CLOCK)
    assert len(stand.ons(KICK)) <= 1
    assert stand.state.transport.tick == 95 + held
    stand.forget()
    stand.wait_until(begin + (96 + held) * stand.period)
    stand.clocks(96)
    beats = [begin + n * 24 * stand.period for n in range(30)]
    later = [at for at in beats if begin + (95 + held) * stand.period < at <= stand.at]
    assert stand.ons(KICK) == pytest.approx(later, abs=0.001)
    stand.stop()
    assert stand.state.table.voices == ()


@pytest.mark.parametrize("offset", [-20, 0, 10, 40])
def test_a_host_that_begins_with_a_few_clocks_at_once_has_its_first_beat(offset: float) -> None:
    stand = playing(settings(offset_drums=offset))
    begin = stand.at
    for _ in range(3):
        stand.hear(midi.CLOCK)
    stand.wait(stand.period)
    assert len(stand.ons(KICK)) == 1
    assert stand.ons(KICK)[0] < begin + 0.05


def test_when_the_clock_stays_away_it_is_silent_and_goes_on_with_it() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(90)
    stand.forget()
    stand.wait(2.0)
    assert stand.state.transport.motion is Motion.LOST
    assert stand.state.table.voices == ()
    assert all(at < 100 + 90 / 48 + 0.26 for at in stand.ons())
    stand.forget()
    begin = stand.at
    stand.clocks(10)
    assert stand.ons(KICK) == near(begin + 6 / 48)


@pytest.mark.parametrize("bpm", [40, 57, 80, 120, 240])
def test_a_host_that_stood_still_and_makes_up_for_it_is_followed_at_once(bpm: float) -> None:
    stand = playing(bpm=bpm)
    begin = stand.at
    stand.clocks(97)
    held = 48  # beats 4 to 6: longer than the music goes on without clocks
    stand.wait(held * stand.period)
    for _ in range(held):
        stand.hear(midi.CLOCK)
    stand.forget()
    stand.clocks(96)
    assert stand.ons(KICK) == near(*(begin + beat * 24 * stand.period for beat in range(7, 11)))


def test_clocks_that_end_while_stopped_are_noticed() -> None:
    stand = Stand()
    stand.clocks(20)
    assert stand.state.transport.motion is Motion.STOPPED
    stand.wait(1)
    assert stand.state.transport.motion is Motion.NO_CLOCK


def test_a_mute_counts_from_the_next_bar_on() -> None:
    stand = playing()
    stand.clocks(50)
    stand.turn("mute_drums", 1)
    stand.clocks(96)
    assert len(stand.ons(KICK)) == 4
    assert len(stand.ons(40)) == 7


def test_panic_ends_our_notes_first_and_then_whole_channels() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(2)
    stand.forget()
    stand.press(Action.PANIC)
    kinds = [s.data[0] >> 4 for s in stand.sends]
    assert kinds == [8] * 3 + [11] * 9
    assert {s.data[0] & 15 for s in stand.sends[3:]} == {0, 1, 9}
    assert [s.data[1] for s in stand.sends[3:6]] == [64, 123, 120]


def test_after_a_panic_the_music_goes_on() -> None:
    stand = playing()
    stand.clocks(30)
    stand.press(Action.PANIC)
    stand.forget()
    stand.clocks(24)
    assert len(stand.ons(KICK)) == 1


def test_quit_ends_everything_once() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(2)
    stand.press(Action.QUIT)
    assert isinstance(stand.wishes[-1][0], End)
    stand.forget()
    stand.clocks(100)
    stand.press(Action.QUIT)
    assert stand.wishes == []


def test_keep_saves_the_loop_that_plays() -> None:
    stand = playing()
    stand.press(Action.KEEP)
    stand.clocks(1)
    stand.press(Action.KEEP)
    assert [wish.loop for wish, _ in stand.wishes if isinstance(wish, Keep)] == [groove()]


def test_back_brings_the_loop_before_and_the_one_before_that() -> None:
    stand = playing()
    stand.clocks(1)
    for bass in (41, 42):
        stand.press(Action.NEW)
        stand.answer(groove(bass=bass))
        stand.clocks(768)
    stand.clocks(10)
    assert stand.state.repertoire.playing == groove(bass=42)
    stand.press(Action.BACK)
    stand.clocks(768)
    assert stand.state.repertoire.playing == groove(bass=41)
    stand.press(Action.BACK)
    stand.press(Action.BACK)
    stand.clocks(768)
    assert stand.state.repertoire.playing == groove(bass=40)


def test_a_host_that_stops_right_after_the_last_clock_ends_the_performance() -> None:
    # At 60 BPM the look-ahead has not reached the end of the loop by then.
    stand = playing(replace(settings(), loops=1), bpm=60)
    stand.clocks(767)
    stand.hear(midi.CLOCK)
    stand.stop()
    assert stand.state.ended
    assert isinstance(stand.wishes[-1][0], End)


def test_sixteen_loops_are_remembered() -> None:
    stand = playing()
    for bass in range(30, 50):
        stand.press(Action.NEW)
        stand.answer(groove(bass=bass))
        stand.clocks(1)
        stand.start()
        stand.clocks(1)
    assert stand.state.repertoire.history == tuple(groove(bass=b) for b in range(34, 50))


def test_a_recalled_loop_plays_from_the_boundary_and_cancels_the_question() -> None:
    stand = playing()
    stand.clocks(10)
    stand.press(Action.NEW)
    stand.happen(Recalled(groove(bass=50), Seconds(stand.at)))
    stand.answer(groove(bass=45))
    stand.clocks(800)
    assert stand.ons(50) != []
    assert stand.ons(45) == []


def test_later_requests_carry_the_key_of_the_first_loop() -> None:
    stand = playing(loop=replace(groove(), key=Key(9, True)))
    stand.press(Action.NEW)
    assert [request.key for request in stand.asked] == [None, Key(9, True)]


def test_a_key_that_was_told_counts_from_the_first_request_on() -> None:
    stand = playing(replace(settings(), key=Key(2)), loop=replace(groove(), key=Key(9, True)))
    stand.press(Action.NEW)
    assert [request.key for request in stand.asked] == [Key(2), Key(2)]


def test_grow_carries_the_last_bars_played_in() -> None:
    stand = playing()
    stand.clocks(96)
    for _ in range(8):
        stand.hear(midi.note_on(1, 45, 90))
        stand.clocks(12)
        stand.hear(midi.note_off(1, 45))
        stand.clocks(12)
    stand.press(Action.GROW)
    take = stand.asked[-1].take
    assert take is not None
    assert take.bars == 2
    assert [note.tick for note in take.notes] == [n * 24 for n in range(8)]
    assert {(note.length, note.pitch, note.part) for note in take.notes} == {(12, 45, Part.BASS)}


def test_grow_without_anything_played_in_is_a_new_loop() -> None:
    stand = playing()
    stand.clocks(200)
    stand.press(Action.GROW)
    assert (stand.asked[-1].number, stand.asked[-1].take) == (2, None)


def test_follow_grows_every_next_loop() -> None:
    stand = playing(settings(every=1, follow=1))
    stand.clocks(96)
    stand.hear(midi.note_on(10, 35, 90))
    stand.clocks(6 * 96 - 96 - 3)
    assert len(stand.asked) == 1
    stand.clocks(4)
    take = stand.asked[-1].take
    assert take is not None
    assert [note.pitch for note in take.notes] == [KICK]


def test_what_a_negative_offset_puts_before_start_plays_at_the_first_clock() -> None:
    stand = playing(settings(offset_bass=-20))
    begin = stand.at
    stand.clocks(100)
    assert stand.ons(40)[:2] == near(begin, begin + 0.48)
    assert stand.ons(KICK)[:2] == near(begin, begin + 0.5)
    assert stand.state.counts.dropped == 0


def test_a_positive_offset_moves_both_ends_of_a_note() -> None:
    stand = playing(settings(offset_bass=100))
    begin = stand.at
    stand.clocks(100)
    assert stand.ons(40)[:2] == near(begin + 0.1, begin + 0.6)
    assert stand.offs(40)[:2] == near(begin + 0.35, begin + 0.85)


def test_a_loop_swap_under_a_negative_offset_loses_and_doubles_nothing() -> None:
    stand = playing(settings(offset_bass=-300))
    stand.press(Action.NEW)
    stand.answer(groove(bass=45))
    stand.clocks(10)
    stand.press(Action.NEW)
    stand.answer(groove(bass=47))
    stand.clocks(2 * 768)
    assert (len(stand.ons(45)), stand.state.counts.dropped) == (32, 0)
    assert max(stand.ons(45)) < stand.ons(47)[0]


def test_with_a_lead_messages_are_handed_over_ahead_for_the_same_times() -> None:
    stand = playing(with_lead(settings(), 0.005))
    begin = stand.at
    stand.clocks(96)
    ahead = [wish.at - at for wish, at in stand.wishes if isinstance(wish, Send)]
    assert max(ahead) == pytest.approx(0.005, abs=1e-6)
    assert stand.ons(KICK)[:4] == near(*(begin + n * 0.5 for n in range(4)))


def test_stop_never_ends_a_committed_note_before_it_begins() -> None:
    stand = playing(with_lead(settings(), 0.01))
    stand.clocks(48)
    stand.stop()
    assert max(stand.ons(KICK)) > stand.at - 0.01
    assert all(off >= on for on, off in zip(stand.ons(KICK), stand.offs(KICK), strict=True))


@pytest.mark.parametrize(("stall", "late", "dropped"), [(0.001, 0, 0), (0.02, 3, 0), (0.045, 0, 3)])
def test_after_a_stall_late_notes_play_at_once_and_very_late_ones_never(
    stall: float, late: int, dropped: int
) -> None:
    stand = playing()
    stand.clocks(47)
    stand.forget()
    beat = Seconds(stand.at + stand.period)
    stand.state, wishes = conduct.step(stand.state, Woke(Seconds(beat + stall)))
    ons = [w.at for w in wishes if isinstance(w, Send) and w.data[0] & 0xF0 == 0x90]
    assert (stand.state.counts.late, stand.state.counts.dropped) == (late, dropped)
    assert ons == near(*[beat + stall if late else beat] * (3 - dropped))
    stand.keep(wishes)
    stand.stop()
    assert len(stand.ons()) == len(stand.offs())


def test_our_own_clock_begins_with_the_first_loop_and_keeps_perfect_time() -> None:
    stand = Stand(replace(settings(tempo=125), follow_clock=False, loops=1))
    stand.wait(1)
    assert stand.sends == []
    begin = stand.at + 0.02  # our own clock runs already: the next tick is the downbeat
    stand.answer(groove())
    stand.wait(20)
    assert stand.ons(KICK) == pytest.approx([begin + n * 0.48 for n in range(32)], abs=1e-8)
    assert isinstance(stand.wishes[-1][0], End)


def test_a_recalled_loop_starts_our_own_clock_too() -> None:
    stand = Stand(replace(settings(), follow_clock=False))
    stand.happen(Recalled(groove(), Seconds(stand.at)))
    stand.wait(0.03)
    assert len(stand.ons(KICK)) == 1


@pytest.mark.parametrize("bpm", [30, 120])
def test_a_host_that_goes_round_eight_bars_is_not_heard_to(bpm: float) -> None:
    stand = playing(settings(every=2), bpm=bpm)
    begin = stand.at
    for _ in range(3):
        stand.clocks(768)
        stand.hear(midi.song_position(0))
    stand.clocks(1)
    assert stand.state.transport.tick == 0
    assert stand.state.repertoire.passes == 3
    assert stand.ons(KICK) == near(*(begin + n * 24 * stand.period for n in range(97)))
    assert [request.number for request in stand.asked] == [1, 2, 2]


def test_without_following_a_host_is_not_heard() -> None:
    stand = Stand(replace(settings(), follow_clock=False))
    stand.start()
    stand.clocks(30)
    assert not stand.state.transport.playing


def test_play_starts_and_stops_our_own_clock() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.press(Action.PLAY)
    stand.wait(1.1)
    assert len(stand.ons(KICK)) == 3
    stand.press(Action.PLAY)
    stand.wait(1)
    assert len(stand.ons(KICK)) == 3
    assert len(stand.ons()) == len(stand.offs())


def test_play_does_nothing_where_a_host_is_heard() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.clocks(20)
    stand.press(Action.PLAY)
    assert not status.read(stand.state).leads


def test_a_host_that_starts_takes_over_from_our_own_clock() -> None:
    stand = Stand()
    stand.answer(groove())
    stand.press(Action.PLAY)
    stand.wait(1.1)
    stand.hear(midi.CLOCK)
    assert status.read(stand.state).leads
    stand.start()
    stand.forget()
    begin = stand.at
    stand.clocks(24)
    assert not status.read(stand.state).leads
    assert stand.ons(KICK) == near(begin)


def test_a_new_tempo_counts_from_the_next_tick_of_our_own_clock() -> None:
    stand = Stand(replace(settings(), follow_clock=False))
    stand.answer(groove())
    begin = stand.at + stand.period
    stand.wait(8.03)
    stand.turn("tempo", 60)
    stand.wait(4)
    bend = begin + 385 / 48
    assert stand.ons(KICK)[17:] == near(*(bend + (n * 24 - 1) / 24 for n in range(1, 5)))


def test_stray_bytes_are_ignored_and_counted() -> None:
    stand = Stand()
    for data in (b"", b"\x40", b"\x90\x40", b"\xf4", b"\x90\x40\x90"):
        stand.hear(data)
    assert stand.state.counts.unknown == 5


def test_a_hosts_own_all_notes_off_is_no_panic() -> None:
    stand = playing(loop=groove(length=24))
    stand.clocks(2)
    stand.forget()
    for data in midi.all_notes_off(1):
        stand.hear(data)
    assert stand.sends == []


def test_control_changes_and_control_notes_steer() -> None:
    stand = playing()
    stand.hear(midi.control(3, 20, 127))
    stand.hear(midi.control(3, 20, 0))
    stand.hear(midi.control(1, 73, 127))
    stand.hear(midi.note_on(16, 48, 1))
    assert [wish.request.number for wish, _ in stand.wishes if isinstance(wish, Ask)] == [1, 2]
    assert (stand.state.parameters["mute_bass"], stand.state.parameters["mute_drums"]) == (1, 1)


def test_nonsense_values_and_unknown_names_are_ignored() -> None:
    stand = playing()
    before = stand.state.parameters
    stand.turn("temperature", float("nan"))
    stand.turn("loudness", 3)
    assert stand.state.parameters == before


def test_a_bar_that_nothing_was_written_in_is_silent() -> None:
    loop = Loop((Note(0, 6, KICK, 100, Part.DRUMS),))
    stand = playing(loop=loop)
    stand.clocks(768 + 1)
    assert len(stand.ons()) == 2


def test_a_drum_map_changes_the_pitches_that_leave() -> None:
    told = replace(settings(), drum_map={**DRUM_OUT, Drum.KICK: 35})
    stand = playing(told)
    stand.clocks(1)
    assert len(stand.ons(35)) == 1

"""Four notes, and what comes back: when, where, for how long, and how it ends."""

from dataclasses import replace

import pytest
from duets import BEAT, Duet
from melodies import answer_of, sung
from score import settings

from loopwright.engine import midi, status
from loopwright.engine.answerask import AT_ONCE
from loopwright.engine.answermode import Mode
from loopwright.engine.happen import Action, Phrased
from loopwright.engine.melody import Phrase
from loopwright.engine.phraseclose import Close
from loopwright.engine.time import Seconds

BAR = 4 * BEAT


def halves(first: float, beyond: float) -> list[float]:
    return [first + n / 2 for n in range(round((beyond - first) * 2))]


@pytest.mark.parametrize(("grid", "first"), [(0, 4.75), (1, 5.0), (2, 8.0)])
def test_after_a_pause_the_answer_begins_on_the_next_grid_point(grid: int, first: float) -> None:
    duet = Duet(settings(answer_grid=grid, answer_bars=2))
    duet.play(0, 1, 2, 3)  # the last ends at beat 3.4
    duet.go_to(first + 9)
    assert duet.melody() == halves(first, first + 8)
    assert len(duet.melody(0x80)) == len(duet.melody())
    assert duet.asks[0].seed == tuple(duet.asks[-1].seed)
    assert [(n.tick, n.length) for n in duet.asks[0].seed] == [(24 * n, 10) for n in range(4)]
    assert duet.state.counts == type(duet.state.counts)()


def test_the_seed_is_told_while_it_is_played() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(4.2)
    assert [m.start for m in duet.told] == [None] * 4
    assert [len(m.seed) for m in duet.told] == [1, 2, 3, 4]
    assert [m.number for m in duet.told] == [1, 2, 3, 4]


def test_two_beats_at_least_are_composed_ahead_and_what_is_composed_stands() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    for beat in range(12, 48):
        duet.go_to(beat / 2)
        answer = duet.state.answering.answer
        place = duet.state.transport.tick
        if answer is not None and place >= answer.start:
            assert answer.reached >= min(answer.end, place + 48)
    numbers = [m.number for m in duet.told]
    assert numbers == sorted(set(numbers))
    for before, after in zip(duet.asks, duet.asks[1:], strict=False):
        assert after.composed[: len(before.composed)] == before.composed
        assert after.until > before.until


def test_who_plays_again_ends_the_answer_and_is_answered_anew() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(7.1)
    assert duet.state.table.voices
    duet.play(7.1)
    assert all(beat <= 7.1 for beat in duet.melody())
    assert max(duet.melody(0x80)) <= 7.1
    duet.go_to(9.6)
    assert duet.melody()[-2:] == [9.0, 9.5]
    assert len(duet.asks[-1].seed) == 1


def test_who_goes_on_before_the_answer_has_begun_is_still_in_the_same_phrase() -> None:
    duet = Duet(settings(answer_grid=2))
    duet.play(0, 1, 2, 2.5)
    duet.go_to(4.5)
    assert duet.asks
    duet.play(5)
    duet.go_to(8.4)
    assert duet.melody() == [8.0]
    assert [n.tick for n in duet.asks[-1].seed] == [0, 24, 48, 60, 120]


def test_an_answer_may_go_on_until_the_next_one_takes_over() -> None:
    duet = Duet(settings(answer_stays=1))
    duet.play(0, 1, 2, 3)
    duet.play(7)
    duet.go_to(12)
    assert duet.melody() == halves(5, 12)
    numbers = [answer_of(s.data[1]) for s in duet.melody_sends()]
    assert numbers == [1] * 8 + [2] * 6


def test_the_pedal_says_when_to_listen_and_when_to_take_over() -> None:
    duet = Duet(settings(answer=Mode.PEDAL))
    duet.play(0)
    duet.go_to(3)
    duet.hear(midi.control(1, 64, 127))
    duet.play(4, 5)
    duet.go_to(7.2)
    assert not duet.asks
    duet.hear(midi.control(1, 64, 0))
    duet.go_to(8.6)
    assert duet.melody() == [8.0, 8.5]
    assert [n.tick for n in duet.asks[0].seed] == [0, 24]
    duet.hear(midi.control(1, 64, 100))
    duet.go_to(10)
    assert duet.melody() == [8.0, 8.5]


@pytest.mark.parametrize(
    ("pedal", "seed"), [(0.1, [(0, 144), (0, 144)]), (2.5, [(60, 84), (60, 84), (72, 10)])]
)
def test_keys_that_are_down_when_the_pedal_comes_belong_to_it(
    pedal: float, seed: list[tuple[int, int]]
) -> None:
    duet = Duet(settings(answer=Mode.PEDAL))
    for pitch in (57, 64):
        duet.hear(midi.note_on(1, pitch, 70))
    duet.go_to(pedal)
    duet.hear(midi.control(1, 64, 127))
    if len(seed) == 3:
        duet.play(3)
    duet.go_to(5)
    duet.hear(midi.control(1, 64, 0))
    assert [(n.tick, n.length) for n in duet.asks[0].seed] == seed


def test_a_pedal_that_bounces_before_the_answer_loses_no_phrase() -> None:
    duet = Duet(settings(answer=Mode.PEDAL))
    duet.hear(midi.control(1, 64, 127))
    duet.play(0, 1, 2)
    for beat, value in ((3, 0), (3.02, 127), (3.04, 0), (3.05, 66), (3.06, 20)):
        duet.go_to(beat)
        duet.hear(midi.control(1, 64, value))
    duet.go_to(5.2)
    assert duet.melody() == [4.0, 4.5, 5.0]
    assert [n.tick for n in duet.asks[-1].seed] == [0, 24, 48]


def test_by_turns_so_many_bars_are_played_and_so_many_answered() -> None:
    duet = Duet(settings(answer=Mode.BARS, answer_listen=2, answer_bars=1))
    duet.play(2, 3, 7)
    duet.go_to(12)
    assert duet.melody() == halves(8, 12)
    assert [n.tick for n in duet.asks[0].seed] == [48, 72, 168]
    duet.go_to(23)  # nothing was played in bars 4 and 5
    assert duet.melody() == halves(8, 12)
    duet.play(26, length=8)
    duet.go_to(33)
    assert duet.melody()[8:10] == [32.0, 32.5]
    assert [n.tick for n in duet.asks[-1].seed] == [48]


def test_by_turns_another_answer_to_the_same_ends_where_your_bars_begin() -> None:
    duet = Duet(settings(answer=Mode.BARS, answer_listen=1, answer_bars=2))
    duet.play(0, 1)
    duet.go_to(6.2)
    duet.press(Action.ANSWER)
    duet.go_to(15)
    assert duet.melody() == halves(4, 12)
    assert {answer_of(s.data[1]) for s in duet.melody_sends()} == {1, 2}


@pytest.mark.parametrize("stays", [0, 1])
def test_by_turns_who_plays_into_the_answer_s_bars_does_not_end_it(stays: int) -> None:
    duet = Duet(settings(answer=Mode.BARS, answer_listen=1, answer_bars=1, answer_stays=stays))
    duet.play(2, 3)
    duet.play(4.1, 6)
    duet.go_to(8)
    assert duet.melody() == halves(4, 8)


def test_the_last_bars_are_answered_when_asked() -> None:
    duet = Duet(settings(answer=Mode.LAST, answer_listen=1))
    duet.play(0, 1, 4, 5)
    duet.go_to(7.2)
    assert not duet.asks
    duet.press(Action.ANSWER)
    duet.go_to(9)
    assert duet.melody() == halves(8, 9.25)[:2]
    assert [n.tick for n in duet.asks[0].seed] == [0, 24]


def test_who_plays_into_an_answer_to_come_is_answered_from_the_last_bars_again() -> None:
    duet = Duet(settings(answer=Mode.LAST, answer_listen=1))
    duet.play(0, 1, 2)
    duet.go_to(3)
    duet.press(Action.ANSWER)
    duet.play(3.2, *range(4, 15))
    duet.press(Action.ANSWER)
    duet.go_to(17)
    assert [n.tick for n in duet.asks[-1].seed] == [0, 24, 48]


def test_who_asks_for_an_answer_to_nothing_is_told_so() -> None:
    duet = Duet(settings(answer=Mode.LAST))
    duet.press(Action.ANSWER)
    assert status.read(duet.state).melody.reason == "nothing was played to go on from"
    duet.play(1)
    duet.press(Action.ANSWER)
    duet.go_to(4)
    assert not status.read(duet.state).melody.reason


@pytest.mark.parametrize(
    ("mode", "begin", "length", "seed"),
    [
        (Mode.BARS, 7.5, 2.5, (0, 48)),  # struck in the answer's bars, as one that comes early is
        (Mode.ALWAYS, 3.75, 30, (0, 192)),
    ],
)
def test_a_key_that_is_held_over_into_the_bars_that_count_begins_there(
    mode: Mode, begin: float, length: float, seed: tuple[int, int]
) -> None:
    listen = 1 if mode is Mode.BARS else 2
    duet = Duet(settings(answer=mode, answer_listen=listen, answer_bars=1))
    duet.play(begin, length=length)
    duet.go_to(max(14, begin + length))
    assert [(n.tick, n.length) for n in duet.asks[-1].seed] == [seed]


def test_what_was_played_long_ago_or_before_a_stop_can_still_be_asked_for() -> None:
    duet = Duet(settings(answer=Mode.LAST, answer_listen=1))
    duet.play(4, 5)
    duet.go_to(120)
    duet.stop()
    duet.start()
    duet.begin, duet.ticks = duet.at, 0
    duet.go_to(2.2)
    duet.press(Action.ANSWER)
    duet.go_to(4)
    assert duet.melody() == [3.0, 3.5]
    assert [n.tick for n in duet.asks[0].seed] == [0, 24]
    start = duet.asks[0].start
    assert start is not None
    assert 34 <= start < 34 + 96


def test_who_plays_on_for_long_is_heard_from_some_bars_ago() -> None:
    duet = Duet(settings(answer_pause=8))
    duet.play(*range(0, 80, 2))
    duet.go_to(90)
    first, last = duet.asks[0].seed[0], duet.asks[0].seed[-1]
    assert first.tick == 0
    assert 8 * 96 <= last.tick <= 16 * 96


def test_asked_again_it_answers_the_same_otherwise_and_never_twice_at_once() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(10.2)
    duet.press(Action.ANSWER)
    duet.go_to(13)
    assert duet.melody() == halves(5, 13)
    assert [answer_of(s.data[1]) for s in duet.melody_sends()] == [1] * 12 + [2] * 4
    assert {m.seed for m in duet.asks} == {duet.asks[0].seed}
    start = duet.asks[-1].start
    assert start is not None
    assert 72 <= start < 72 + 24 + 96  # whole bars of silence are no part of the seed


def test_both_play_on_where_it_always_answers() -> None:
    duet = Duet(settings(answer=Mode.ALWAYS, answer_listen=1))
    duet.play(*range(12))
    duet.go_to(20)
    assert duet.melody() == halves(4, 16)
    assert {m.answer for m in duet.asks} == {1, 2, 3}
    last = duet.asks[-1]
    assert last.start is not None
    assert [n.tick - last.start for n in last.earlier] == [12 * n for n in range(-16, 0)]
    assert {answer_of(n.pitch) for n in last.earlier} == {1, 2}
    firsts = {m.answer: m.limits.rest for m in reversed(duet.asks)}
    assert firsts == {1: AT_ONCE, 2: 96, 3: 96}  # only the first has to begin with a note
    assert all(m.limits.close is None for m in duet.asks)


def test_a_note_of_a_duet_rings_on_over_the_bar_line_into_the_bar_that_goes_on_from_it() -> None:
    duet = Duet(settings(answer=Mode.ALWAYS, answer_listen=1), length=18)
    duet.play(*range(8))
    duet.go_to(20)
    ons, offs = duet.melody(), duet.melody(0x80)
    assert {round(off - on, 2) for on, off in zip(ons, offs, strict=True)} == {0.75}
    assert max(offs) == 12.25


def test_an_answer_comes_to_rest_on_the_chord_of_the_loop_that_plays_then() -> None:
    """In its last two beats, or its second half; not without a lock."""
    duet = Duet(settings(answer_bars=1, melody_close=8))
    duet.play(0, 1, 2, 3)
    duet.go_to(8)
    asked = duet.asks[-1]
    start = asked.start
    assert start is not None
    assert asked.limits.close == Close(start + 48, start + 96, frozenset({4, 8, 11}))
    for off in ({"melody_close": 0}, {"melody_lock": 0}):
        free = Duet(settings(**off))
        free.play(0, 1, 2, 3)
        free.go_to(8)
        assert free.asks[-1].limits.close is None


@pytest.mark.parametrize("ends", ["stop", "jump", "start", "off", "lost"])
def test_whatever_ends_the_song_or_the_mode_ends_the_answer(ends: str) -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(7.1)
    match ends:
        case "stop":
            duet.stop()
        case "jump":
            duet.hear(midi.song_position(16))
        case "start":
            duet.start()
        case "off":
            duet.turn("answer", 0)
        case _:
            duet.wait(2)
    duet.hear(midi.CLOCK)
    duet.wait(3)
    assert duet.state.answering.answer is None
    assert len(duet.melody()) == len(duet.melody(0x80))
    assert max(duet.melody()) < 8.5


def test_an_answer_goes_on_where_a_host_goes_round_our_eight_bars() -> None:
    duet = Duet()
    duet.play(27, 28)
    duet.go_to(31.99)
    duet.hear(midi.song_position(0))
    duet.go_to(40)
    assert duet.melody() == halves(30, 40)


def test_after_continue_nothing_of_the_old_answer_comes_back() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(6.1)
    duet.stop()
    duet.hear(midi.CONTINUE)
    duet.go_to(12)
    assert max(duet.melody()) <= 6.1


def test_a_late_answer_plays_what_is_still_due_and_says_so() -> None:
    duet = Duet(delay=0.6)
    duet.play(0, 1, 2, 3)
    duet.go_to(8)
    assert status.read(duet.state).melody.late
    beats = duet.melody()
    assert beats == halves(beats[0], 8)
    assert beats[0] > 5
    assert duet.state.counts.tardy == 1


def test_an_answer_that_nothing_came_of_is_counted_and_the_next_asked_for_earlier() -> None:
    duet = Duet(settings(answer_bars=1), delay=2.6)
    duet.play(0, 1)
    duet.go_to(6.9)
    assert duet.state.counts.unanswered == 0
    duet.go_to(8)
    assert duet.state.counts.unanswered == 1
    assert duet.state.answering.given == 0.5
    duet.play(16, 17)
    duet.go_to(30)
    assert (duet.state.counts.unanswered, duet.state.counts.tardy) == (1, 1)
    assert not duet.melody()


@pytest.mark.parametrize(("beat", "missed"), [(3.1, 1), (2.8, 0)])
def test_who_plays_over_an_answer_that_did_not_come_was_left_alone(
    beat: float, missed: int
) -> None:
    duet = Duet(settings(answer_bars=1), delay=2.6)
    duet.play(0, 1)
    duet.play(beat)
    assert duet.state.counts.unanswered == missed


def test_who_says_nothing_is_asked_again_and_what_was_asked_before_is_forgotten() -> None:
    duet = Duet(settings(answer_bars=8), delay=None)
    duet.play(0, 1, 2, 3)
    duet.go_to(22)
    first, second = duet.asks
    assert second.number > first.number
    duet.happen(Phrased(sung(first), Seconds(duet.at)))
    assert duet.state.answering.answer is not None
    assert not duet.state.answering.answer.notes
    duet.happen(Phrased(sung(second), Seconds(duet.at)))
    assert duet.state.answering.answer.notes


def test_a_composer_without_a_melody_says_so_and_the_music_goes_on() -> None:
    duet = Duet(delay=None)
    duet.play(0, 1, 2, 3)
    duet.go_to(4.6)
    melody = duet.asks[0]
    reason = Phrase(melody.number, melody.answer, (), 0, "no melody model")
    duet.happen(Phrased(reason, Seconds(duet.at)))
    duet.go_to(12)
    seen = status.read(duet.state)
    assert seen.melody.reason == "no melody model"
    assert not duet.melody()
    assert len(duet.ons(36)) == 12


def test_a_held_last_note_is_waited_for_and_lasts_up_to_the_answer() -> None:
    duet = Duet()
    duet.play(0, 1, 2)
    duet.go_to(3)
    duet.hear(midi.note_on(1, 67, 70))
    duet.go_to(6.9)
    assert not duet.asks
    duet.go_to(8.5)
    last = duet.asks[0].seed[-1]
    assert (last.tick, last.length, duet.asks[0].start) == (72, 120, 192)
    assert duet.melody() == [8.0]


def test_a_seed_of_one_note_and_of_two_hundred_in_a_beat() -> None:
    duet = Duet()
    duet.play(0.3)
    duet.go_to(3)
    assert len(duet.asks[0].seed) == 1
    crowd = Duet()
    for n in range(200):
        crowd.play(n / 200, pitch=21 + n % 88, length=0.002)
    crowd.go_to(4)
    seed = crowd.asks[0].seed
    assert {n.pitch for n in seed} >= {21 + n % 88 for n in range(150, 200)}
    assert 64 < len(seed) <= 128
    assert len(crowd.told) < 30


@pytest.mark.parametrize(
    ("settings_", "channel", "pitch", "heard"),
    [
        ({}, 1, 60, True),
        ({}, 7, 5, True),
        ({}, 10, 60, False),
        ({"answer_channel": 3}, 1, 60, False),
        ({"answer_channel": 3}, 3, 60, True),
        ({"answer_from": 48}, 1, 47, False),
        ({"answer_to": 48}, 1, 49, False),
        ({"answer": 0}, 1, 60, False),
    ],
)
def test_what_is_answered(
    settings_: dict[str, float], channel: int, pitch: int, heard: bool
) -> None:
    duet = Duet(settings(**settings_))
    duet.go_to(1)
    duet.hear(midi.note_on(channel, pitch, 70))
    duet.go_to(1.5)
    duet.hear(midi.note_off(channel, pitch))
    duet.go_to(5)
    assert bool(duet.asks) == heard
    assert bool(duet.melody()) == heard


def test_key_scale_and_limits_are_asked_for() -> None:
    duet = Duet(settings(melody_low=70, melody_high=60, melody_density=2, melody_rest=0.5))
    duet.play(0, 1)
    duet.go_to(6)
    limits = duet.asks[-1].limits
    assert (limits.low, limits.high, limits.density, limits.rest) == (60, 70, 2, 12)
    key = duet.asks[-1].key
    assert key is not None
    assert limits.classes >= {key.tonic}
    assert len(limits.classes) == 7
    duet.turn("melody_lock", 0)
    duet.play(6)
    duet.go_to(9)
    assert duet.asks[-1].limits.classes == frozenset()


def test_the_composer_is_told_the_host_s_tempo_and_an_answer_keeps_the_one_it_began_in() -> None:
    duet = Duet(settings(answer_bars=4))
    duet.play(0, 1, 2, 3)
    assert {m.tempo for m in duet.told} == {120.0}
    duet.go_to(5.2)
    duet.begin, duet.ticks, duet.period = duet.at, 0, Seconds(duet.period * 2)
    duet.go_to(6)
    assert {m.tempo for m in duet.asks} == {120.0}
    assert len(duet.asks) > 2
    duet.play(7)
    assert duet.told[-1].tempo == pytest.approx(60.0, abs=0.2)


def test_a_style_is_asked_for() -> None:
    duet = Duet(replace(settings(), style="folk"))
    duet.play(0, 1)
    duet.go_to(3)
    assert {m.style for m in duet.told} == {"folk"}


def test_mute_and_offset() -> None:
    duet = Duet(settings(offset_melody=50))
    duet.play(0, 1)
    duet.go_to(6.2)
    duet.turn("mute_melody", 1)
    duet.go_to(20)
    assert duet.melody() == [round(b + 0.1, 4) for b in halves(3, 8)]
    early = Duet(settings(offset_melody=-100))
    early.play(0, 1)
    early.go_to(6)
    assert early.melody() == [round(b - 0.2, 4) for b in halves(3, 6.5)]


def test_what_is_to_be_seen() -> None:
    duet = Duet()
    assert status.read(duet.state).melody == status.Melodic()
    duet.play(0, 1, 2, 3)
    assert status.read(duet.state).melody.listens
    duet.go_to(14)
    seen = status.read(duet.state).melody
    assert (seen.listens, seen.bar, seen.bars) == (False, 3, 4)
    duet.go_to(22)
    assert status.read(duet.state).melody == status.Melodic()


def test_the_modes_have_their_numbers() -> None:
    assert [m.value for m in Mode] == list(range(len(Mode)))


def test_a_setting_that_stays_as_it_is_ends_no_answer() -> None:
    duet = Duet()
    duet.play(0, 1, 2, 3)
    duet.go_to(6)
    duet.turn("answer", Mode.PAUSE)
    duet.go_to(8)
    assert duet.melody() == halves(5, 8)


def test_a_slow_composer_is_asked_earlier() -> None:
    duet = Duet(settings(answer_bars=1), delay=0.4)
    for bar in range(0, 16, 4):
        duet.play(bar * 4, bar * 4 + 1)
        duet.go_to(bar * 4 + 9)
    beats = duet.melody()
    assert beats[0] > 3  # the first comes too late
    assert {beat % 16 for beat in beats if beat > 16} >= {4.0, 4.5, 5.0}
    assert duet.state.counts.tardy == 1
    assert duet.state.answering.given == 0.5

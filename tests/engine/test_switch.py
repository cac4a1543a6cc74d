"""Another preset in play: chosen by number, taken up on a loop boundary, and all at once."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score import KICK, Stand, groove, playing
from score import settings as told

from loopwright.engine import journal
from loopwright.engine.happen import Action, Chosen, Fetch, Fetched
from loopwright.engine.journal import line_of, read_line
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.engine.status import read
from loopwright.engine.time import Seconds, period_of

CONTROL, ELSEWHERE = 0x0F, 0x00  # channels, as bytes have them
OLD, NEW, OTHER = 40, 50, 45  # bass pitches
NEW_KICK = 35
LOOP = 768
SETUP = Setup(
    groove(NEW),
    seed=5,
    key=Key(2),
    parameters={"flat": 0.0, "swing": 1.0, "velocity_low": 9, "velocity_high": 9, "every": 1.0},
    drum_map={**DRUM_OUT, Drum.KICK: NEW_KICK},
)


def fetches(stand: Stand) -> list[Fetch]:
    return [wish for wish, _ in stand.wishes if isinstance(wish, Fetch)]


def choose(stand: Stand, place: int) -> None:
    stand.happen(Chosen(place, Seconds(stand.at)))


def bring(stand: Stand, setup: Setup | None = SETUP, number: int | None = None) -> None:
    number = fetches(stand)[-1].number if number is None else number
    stand.happen(Fetched(number, setup, Seconds(stand.at)))


def onsets(stand: Stand, begun: float) -> list[tuple[float, int, int]]:
    """The note-ons as tick since second `begun`, pitch, velocity."""
    ons = [s for s in stand.sends if s.data[0] & 0xF0 == 0x90]
    return [((s.at - begun) / stand.period, s.data[1], s.data[2]) for s in ons]


def test_a_program_change_on_the_control_channel_chooses_in_the_bank_that_was_selected() -> None:
    stand = Stand(told())
    stand.hear(bytes((0xC0 | CONTROL, 4)))
    stand.hear(bytes((0xB0 | CONTROL, 0, 3)))
    stand.hear(bytes((0xB0 | CONTROL, 32, 2)))
    stand.hear(bytes((0xC0 | CONTROL, 0)))
    stand.hear(bytes((0xB0 | CONTROL, 0, 0)))
    stand.hear(bytes((0xC0 | CONTROL, 127)))
    assert fetches(stand) == [
        Fetch(1, 4),
        Fetch(2, (3 * 128 + 2) * 128),
        Fetch(3, 2 * 128 + 127),
    ]


def test_other_channels_choose_nothing() -> None:
    stand = Stand(told())
    for data in ((0xB0, 0, 3), (0xC0, 4)):
        stand.hear(bytes((data[0] | ELSEWHERE, *data[1:])))
    assert stand.state.choice.bank == 0
    assert not fetches(stand)


def test_a_choice_that_is_on_its_way_is_not_sent_for_again_until_it_failed() -> None:
    stand = Stand(told())
    choose(stand, 3)
    choose(stand, 3)
    assert fetches(stand) == [Fetch(1, 3)]
    bring(stand, None)
    choose(stand, 3)
    assert fetches(stand)[1:] == [Fetch(2, 3)]


def test_what_plays_may_be_chosen_again_so_that_a_kept_loop_comes_back() -> None:
    stand = playing(loop=groove(OLD))
    choose(stand, 3)
    bring(stand)
    choose(stand, 3)
    assert len(fetches(stand)) == 1
    stand.clocks(LOOP + 1)
    choose(stand, 3)
    assert fetches(stand)[1:] == [Fetch(2, 3)]


def test_one_can_step_on_and_back() -> None:
    stand = Stand(told())
    stand.press(Action.NEXT)
    stand.press(Action.NEXT)
    stand.press(Action.BEFORE)
    assert fetches(stand) == [Fetch(1, None, 1), Fetch(2, None, 1), Fetch(3, None, -1)]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, LOOP - 12), st.sampled_from([0.0, 0.0107]), st.sampled_from([0.0, -100.0]))
def test_everything_changes_on_the_boundary_and_nothing_before(
    tick: int, lead: float, early: float
) -> None:
    """Loop, parameters and drum map; not a note is missing, and each one ends."""
    chosen = replace(told(offset_drums=early), lead=Seconds(lead))
    stand = playing(chosen, groove(OLD))
    begun = stand.at
    stand.clocks(tick)
    choose(stand, 0)
    bring(stand)
    stand.clocks(LOOP - tick + 97)
    stand.stop()
    shift = early / 1000 / stand.period
    for place, pitch, velocity in onsets(stand, begun):
        own = 0.0 if pitch in (OLD, NEW) else shift
        tick_of = round(max(place - own, 0.0), 6)
        after = tick_of >= LOOP - 0.5
        assert after == (velocity == 9), (place, pitch, velocity)
        assert not (after and pitch in (OLD, KICK))
        assert not (not after and pitch in (NEW, NEW_KICK))
    kicks = [p for _, p, _ in onsets(stand, begun) if p in (KICK, NEW_KICK)]
    assert (kicks.count(KICK), kicks.count(NEW_KICK)) == (32, 5)
    assert len(stand.ons()) == len(stand.offs())
    assert stand.state.settings.slot == 1
    assert read(stand.state).slot == 1


def test_the_newest_choice_counts() -> None:
    stand = playing(loop=groove(OLD))
    choose(stand, 0)
    bring(stand)
    choose(stand, 1)
    stand.clocks(LOOP + 1)
    assert stand.state.settings.slot == 0
    bring(stand, replace(SETUP, loop=groove(OTHER)), number=1)
    assert stand.state.counts.stale == 1
    bring(stand, replace(SETUP, loop=groove(OTHER)), number=2)
    stand.clocks(LOOP)
    assert (stand.state.settings.slot, stand.state.counts.stale) == (2, 1)
    assert not stand.ons(NEW)
    assert stand.ons(OTHER)


def test_the_new_model_is_asked_and_what_the_old_one_answers_is_stale() -> None:
    stand = playing(loop=groove(OLD))
    stand.clocks(1)
    stand.press(Action.NEW)
    old = stand.asked[-1]
    choose(stand, 0)
    bring(stand)
    stand.clocks(LOOP)
    assert (old.slot, stand.asked[-1].slot) == (0, 1)
    assert stand.asked[-1].number > old.number
    assert (stand.asked[-1].seed, stand.asked[-1].key) == (5, Key(2))
    stand.answer(groove(OTHER), old.number)
    stand.clocks(LOOP)
    assert not stand.ons(OTHER)
    assert stand.state.counts.stale == 1


def test_a_preset_that_names_no_key_goes_on_in_that_of_its_loop() -> None:
    stand = playing(loop=groove(OLD))
    choose(stand, 0)
    kept = Loop(groove(NEW).notes, key=Key(7))
    bring(stand, Setup(kept, parameters={"every": 1}))
    stand.clocks(LOOP + 1)
    assert stand.asked[-1].key == Key(7)


def test_what_belongs_to_the_place_stays_and_the_rest_goes_to_its_default() -> None:
    stand = playing(told(offset_bass=20.0, tempo=90.0, swing=0.7), groove(OLD))
    stand.turn("mute_drums", 1)
    choose(stand, 0)
    wild = {"offset_bass": -50.0, "every": 2, "nonsense": 3.0, "accent": 77.0}
    bring(stand, Setup(groove(NEW), parameters=wild))
    stand.clocks(LOOP + 1)
    values = stand.state.parameters
    assert (values["offset_bass"], values["tempo"]) == (20.0, 90.0)
    assert (values["swing"], values["mute_drums"], values["every"]) == (0.1, 0.0, 2.0)
    assert values["accent"] == 1.0
    assert "nonsense" not in values


def test_what_was_chosen_while_we_stand_still_begins_with_the_next_start() -> None:
    stand = playing(loop=groove(OLD))
    stand.clocks(100)
    stand.stop()
    choose(stand, 0)
    bring(stand)
    stand.clocks(20)
    assert stand.state.settings.slot == 0
    stand.forget()
    stand.start()
    stand.clocks(30)
    assert stand.ons(NEW)
    assert not stand.ons(OLD)


def test_what_is_chosen_before_anything_plays_is_what_begins() -> None:
    stand = Stand(told())
    choose(stand, 0)
    bring(stand)
    stand.start()
    stand.clocks(30)
    assert stand.ons(NEW)
    alone = Stand(replace(told(), follow_clock=False))
    choose(alone, 0)
    bring(alone)
    alone.wait(1.0)
    assert alone.ons(NEW)


def test_our_own_clock_takes_the_tempo_of_a_preset_from_the_boundary_on() -> None:
    stand = Stand(replace(told(tempo=120.0), follow_clock=False))
    stand.answer(groove(OLD))
    stand.wait(1.0)
    begun = stand.ons(OLD)[0]
    choose(stand, 0)
    bring(stand, Setup(groove(NEW), tempo=60.0, parameters={"flat": 1.0}))
    stand.wait(LOOP * period_of(120) + 1.5)
    assert stand.ons(OLD) == pytest.approx([begun + n * 0.5 for n in range(32)], abs=1e-6)
    assert stand.ons(NEW) == pytest.approx([begun + 16.0 + n for n in range(3)], abs=1e-6)
    assert stand.state.parameters["tempo"] == 60.0


def test_the_tempo_of_a_host_or_a_session_is_not_ours_to_set() -> None:
    led = playing(loop=groove(OLD), bpm=100.0)
    choose(led, 0)
    bring(led, replace(SETUP, tempo=60.0))
    led.clocks(LOOP + 100)
    assert led.ons(NEW)[1] - led.ons(NEW)[0] == pytest.approx(0.6)
    met = playing(replace(told(), session=True), groove(OLD))
    choose(met, 0)
    bring(met, replace(SETUP, tempo=60.0))
    met.clocks(LOOP + 1)
    assert (met.state.settings.slot, met.state.parameters["tempo"]) == (1, 120.0)


def test_who_takes_over_counts_choices_on() -> None:
    stand = Stand(Settings(slot=4, choices=6))
    assert stand.asked[-1].slot == 4
    bring(stand, SETUP, number=6)
    choose(stand, 2)
    assert fetches(stand) == [Fetch(7, 2)]


def test_a_log_holds_a_switch_and_plays_it_again() -> None:
    happening = Fetched(3, replace(SETUP, tempo=99.5), Seconds(1.25))
    assert read_line(line_of(happening)) == happening
    assert journal.words_of(Fetch(3, None, -1)) == 'Fetch {"number": 3, "place": null, "step": -1}'

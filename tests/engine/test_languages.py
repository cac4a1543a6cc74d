"""What event tokens tell: limits hold whatever is drawn, and notes come back as they were told."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.errors import PresetError
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage, upper_voice
from loopwright.engine.eventmasks import pitches
from loopwright.engine.eventtelling import EventTelling
from loopwright.engine.keys import Key
from loopwright.engine.languages import language_of, table_of
from loopwright.engine.leadtokens import FIRST_KEY, FIRST_STYLE, NO_KEY, NO_STYLE, key_token
from loopwright.engine.melody import Limits
from loopwright.engine.notes import Note, Part
from loopwright.engine.pianotokens import BAR, FIRST_DURATION, FIRST_OFFSET, FIRST_PITCH, PianoNote

PIANO, LEAD = PianoLanguage(), LeadLanguage()
LANGUAGES = [PIANO, LEAD]
FREE = Limits(low=21, high=108)
MIDDLE = Limits(low=27, high=102)  # what can be told in any key
C_MAJOR = frozenset({0, 2, 4, 5, 7, 9, 11})
BAR_TICKS, BEAT = 96, 24


def note(tick: int, length: int, pitch: int) -> Note:
    return Note(tick, length, pitch, 0, Part.MELODY)


def offset(step: int) -> int:
    return FIRST_OFFSET + step


def event(step: int, pitch: int, steps: int) -> tuple[int, int, int]:
    return offset(step), FIRST_PITCH + pitch - 21, FIRST_DURATION + steps - 1


limits = st.builds(
    Limits,
    classes=st.frozensets(st.integers(0, 11), max_size=12),
    low=st.integers(0, 127),
    high=st.integers(0, 127),
    density=st.integers(0, 5),
    rest=st.integers(0, 200),
)
keys = st.none() | st.builds(Key, st.integers(0, 11), st.booleans())
seeds = st.lists(
    st.builds(note, st.integers(-8, 400), st.integers(1, 300), st.integers(0, 127)), max_size=24
).map(lambda notes: tuple(sorted(notes)))
draws = st.lists(st.floats(0, 1, exclude_max=True), max_size=120)


def drawn(telling: EventTelling, limits: Limits, chance: list[float]) -> EventTelling:
    """Draw uniformly from what the bias leaves."""
    for uniform in chance:
        may = np.flatnonzero(telling.bias(limits) == 0.0)
        assert len(may) > 0
        reached = telling.reached
        telling = telling.after(int(may[int(uniform * len(may))]))
        assert telling.reached >= reached
    return telling


def longest_rest(notes: tuple[Note, ...], start: int) -> int:
    ends, rests = start, [0]
    for one in notes:
        rests.append(one.tick - ends)
        ends = max(ends, one.tick + one.length)
    return max(rests)


@pytest.mark.parametrize("language", LANGUAGES)
@given(played=st.tuples(seeds, keys), until=st.integers(0, 420), limits=limits, chance=draws)
def test_whatever_is_drawn_keeps_to_the_limits(
    language: PianoLanguage | LeadLanguage,
    played: tuple[tuple[Note, ...], Key | None],
    until: int,
    limits: Limits,
    chance: list[float],
) -> None:
    seed, key = played
    telling = language.begin(language.encode(seed, until, key), until)
    assert telling.notes == ()
    assert telling.reached >= until
    notes = drawn(telling, limits, chance).notes
    assert [one.tick for one in notes] == sorted(one.tick for one in notes)
    assert all(one.tick >= until and one.tick % 6 == 0 and one.length >= 6 for one in notes)
    assert {one.pitch for one in notes} <= {
        p + telling.above for p in pitches(limits, telling.above)
    }
    begun = [one.tick // BEAT for one in notes]
    assert not limits.density or all(begun.count(beat) <= limits.density for beat in begun)
    assert language is PIANO or all(a.tick + a.length <= b.tick for a, b in pairwise(notes))
    assert len({(one.tick, one.pitch) for one in notes}) == len(notes)


@given(rest=st.integers(0, 200), until=st.integers(0, 200), chance=draws)
def test_no_silence_is_longer_than_the_longest_rest(
    rest: int, until: int, chance: list[float]
) -> None:
    telling = LEAD.begin(LEAD.encode((), until), until)
    notes = drawn(telling, Limits(rest=rest), chance).notes
    assert not rest or longest_rest(notes, telling.reached) <= rest


@pytest.mark.parametrize("language", LANGUAGES)
@given(chance=draws, until=st.integers(0, 300))
def test_what_was_drawn_is_encoded_as_it_was_told(
    language: PianoLanguage | LeadLanguage, chance: list[float], until: int
) -> None:
    start = language.begin(language.encode((), 0), 0)
    told = drawn(start, MIDDLE, chance)
    tokens = language.encode(told.notes, told.reached)
    again = language.begin(tokens, 0)
    kept = [n for n in told.notes if language is LEAD or n.tick < told.reached]
    assert list(again.notes) == kept
    assert language.begin(tokens, until).notes == tuple(
        n for n in kept if n.tick >= -(-until // 6) * 6
    )


@pytest.mark.parametrize("language", LANGUAGES)
@given(seed=seeds, until=st.integers(0, 420))
def test_a_seed_is_told_on_the_grid_before_its_end(
    language: PianoLanguage | LeadLanguage, seed: tuple[Note, ...], until: int
) -> None:
    telling = language.begin(language.encode(seed, until), 0)
    assert all(0 <= n.tick < until and n.tick % 6 == 0 for n in telling.notes)
    inside = [n for n in seed if -3 <= n.tick < until and until]
    assert bool(telling.notes) == bool(inside)
    assert telling.bar == until // BAR_TICKS * 16


def test_a_seed_that_ends_in_mid_bar() -> None:
    seed = (note(0, 12, 60), note(94, 20, 64), note(120, 40, 67))
    tokens = LEAD.encode(seed, 132, Key(11, minor=True), "pop")
    assert tokens == (
        FIRST_STYLE + 1,
        FIRST_KEY + 12 + 11,
        *event(0, 58, 2),
        offset(16),
        BAR,
        *event(0, 62, 3),
        *event(4, 65, 2),
    )
    bias = LEAD.begin(tokens, 132).bias(FREE)
    assert list(np.flatnonzero(bias == 0)) == [offset(n) for n in range(6, 17)]


def test_without_a_key_or_a_known_style_the_lead_is_told_so() -> None:
    assert LEAD.encode((), 0) == LEAD.encode((), 0, style="polka") == (NO_STYLE, NO_KEY)
    assert PIANO.encode((), 0, Key(0), "pop") == (BAR,)


@given(seeds, keys, st.integers(0, 420))
def test_a_lead_tells_in_any_key_what_it_tells_at_home(
    seed: tuple[Note, ...], key: Key | None, until: int
) -> None:
    middle = tuple(replace(n, pitch=27 + n.pitch % 76) for n in seed)
    tokens = LEAD.encode(middle, until, key)
    assert LEAD.begin(tokens, 0).notes == LEAD.begin(LEAD.encode(middle, until, Key(0)), 0).notes
    assert key is None or tokens[1] == key_token(key)


def test_without_a_key_the_lead_hears_one() -> None:
    seed = tuple(note(12 * n, 12, pitch) for n, pitch in enumerate((62, 66, 69, 74, 73, 74)))
    assert LEAD.encode(seed, 96)[1] == key_token(Key(2))


def test_of_two_hands_the_lead_is_told_the_tune_and_hears_the_key_in_both() -> None:
    right = (note(0, 44, 76), note(48, 46, 72), note(96, 24, 74))
    left = tuple(note(12 * n, 12, (48, 55, 60, 55)[n % 4]) for n in range(8))
    tokens = LEAD.encode(tuple(sorted((*right, *left))), 120)
    assert [n.pitch for n in LEAD.begin(tokens, 0).notes] == [76, 72, 74]
    chord = tuple(note(0, 96, pitch) for pitch in (62, 66, 69))
    assert LEAD.encode(chord, 96)[1] == key_token(Key(2))


def test_notes_that_are_played_legato_are_all_of_the_tune() -> None:
    falling = tuple(note(12 * n, 16, 72 - 2 * n) for n in range(4))
    assert len(LEAD.begin(LEAD.encode(falling, 96), 0).notes) == 4


def test_an_offset_of_a_bar_is_a_bar_line_and_a_smaller_one_a_note() -> None:
    telling = LEAD.begin(LEAD.encode((), 0), 0)
    assert list(np.flatnonzero(telling.after(offset(16)).bias(FREE) == 0)) == [BAR]
    pitch = telling.after(offset(15)).bias(Limits(C_MAJOR, 60, 64))
    assert [t - FIRST_PITCH + 21 for t in np.flatnonzero(pitch == 0)] == [60, 62, 64]


def test_chords_are_told_from_below_and_end_at_the_highest_pitch() -> None:
    narrow = Limits(low=60, high=62)
    telling = PIANO.begin((BAR, *event(4, 61, 2)), 0)
    above = telling.after(offset(4)).bias(narrow)
    assert [t - FIRST_PITCH + 21 for t in np.flatnonzero(above == 0)] == [62]
    top = PIANO.begin((BAR, *event(4, 62, 2)), 0).bias(narrow)
    assert top[offset(4)] == -np.inf
    assert top[offset(5)] == 0


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(C_MAJOR, 60, 65), (60, 62, 64, 65)),
        (Limits(C_MAJOR, 61, 61), (61,)),
        (Limits(frozenset({3}), 60, 62), (60, 61, 62)),
        (Limits(low=70, high=60), (70,)),
        (Limits(low=0, high=3), (21,)),
        (Limits(low=120, high=127), (108,)),
    ],
)
def test_limits_without_a_pitch_yield(limits: Limits, expected: tuple[int, ...]) -> None:
    assert pitches(limits) == expected


def test_tokens_that_break_the_grammar_are_passed() -> None:
    telling = LEAD.begin((NO_STYLE, NO_KEY), 0)
    for token in (-1, BAR, FIRST_PITCH, FIRST_DURATION, FIRST_KEY, LEAD.size, 10**6):
        assert telling.after(token) == telling


@pytest.mark.parametrize(
    ("played", "until", "voice"),
    [
        ([(0, 60, 8), (0, 64, 8), (4, 62, 2)], 16, [(0, 64, 4), (4, 62, 2)]),
        ([(0, 60, 32)], 7, [(0, 60, 7)]),
        ([], 7, []),
    ],
)
def test_of_chords_the_lead_hears_the_upper_voice(
    played: list[tuple[int, int, int]], until: int, voice: list[tuple[int, int, int]]
) -> None:
    notes = [PianoNote(*one) for one in played]
    assert upper_voice(notes, until) == tuple(PianoNote(*one) for one in voice)


@pytest.mark.parametrize(
    ("played", "told"),
    [
        ([(0, 2, 62), (2, 22, 60)], [60]),  # a grace note from above
        ([(0, 2, 59), (2, 22, 60)], [60]),  # from below
        ([(0, 3, 62), (2, 22, 60)], [60]),  # held a little into what it leads to
        ([(-2, 2, 62), (0, 24, 60)], [60]),  # before the beat
        ([(0, 1, 62), (1, 1, 64), (2, 22, 60)], [60]),
        ([(0, 20, 60), (2, 2, 62)], [62]),  # a short note over a held one
        ([(0, 6, 62), (6, 18, 60)], [62, 60]),  # no ornament: it has a sixteenth of its own
        ([(0, 24, 60), (1, 23, 64), (2, 22, 67)], [67]),  # chords, struck a little unevenly
        ([(0, 24, 67), (2, 22, 60)], [67]),
        ([(0, 3, 67), (0, 24, 60)], [67]),  # the top let go at once
        ([(0, 3, 67), (1, 4, 64), (1, 4, 60)], [67]),
        ([(0, 2, 69), (2, 22, 67), (2, 22, 60)], [67]),  # an ornament of a chord's top
    ],
)
def test_an_ornament_does_not_count_where_the_note_that_it_leads_to_falls(
    played: list[tuple[int, int, int]], told: list[int]
) -> None:
    notes = tuple(note(tick + BEAT, length, pitch) for tick, length, pitch in played)
    tokens = LEAD.encode(notes, BAR_TICKS, Key(0))
    assert [n.pitch for n in LEAD.begin(tokens, 0).notes] == told


uneven = st.tuples(st.integers(0, 2), st.integers(6, 48), st.integers(48, 84))


@given(st.lists(uneven, min_size=1, max_size=6))
def test_a_chord_however_unevenly_it_is_struck_is_told_by_its_top(
    struck: list[tuple[int, int, int]],
) -> None:
    tokens = LEAD.encode(tuple(sorted(note(*one) for one in struck)), BAR_TICKS, Key(0))
    (top,) = LEAD.begin(tokens, 0).notes
    assert top.pitch == max(pitch for _, _, pitch in struck)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_comes_back_from_its_table(language: PianoLanguage | LeadLanguage) -> None:
    again = language_of(table_of(language))
    assert again == language
    assert again.vocabulary == language.vocabulary


def test_languages_differ_in_their_vocabulary() -> None:
    said = {PIANO.vocabulary, LEAD.vocabulary, LeadLanguage(("folk",)).vocabulary}
    assert len(said) == 3


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, "kind"),
        ({"kind": "klingon"}, "klingon"),
        ({"kind": "lead"}, "styles"),
        ({"kind": "lead", "styles": "pop"}, "styles"),
        ({"kind": "lead", "styles": ["pop", "pop"]}, "styles"),
        ({"kind": "lead", "styles": ["pop", 3]}, "styles"),
        ({"kind": "lead", "styles": [["pop"]]}, "styles"),
        ({"kind": "lead", "styles": [str(n) for n in range(65)]}, "styles"),
    ],
)
def test_tables_that_name_no_language_are_refused(table: dict[str, object], says: str) -> None:
    with pytest.raises(PresetError, match=says):
        language_of(table)

"""REMI as a language: notes as tokens and back, grammar and limits, with and without merges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remi_names import BPE, MARK, MERGED, PLAIN, REMI, REMI_NAMES, TEMPI
from small_melody import SmallStepper, any_of

from loopwright.engine.bpe import merged
from loopwright.engine.errors import PresetError
from loopwright.engine.languages import language_of
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.melodytables import table_of
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered
from loopwright.engine.remichords import chords
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remitokens import Kind, RemiTable

UNIT = 3  # ticks
FEW = settings(max_examples=30)
WIDE = Limits(low=21, high=109)


def note(tick: int, length: int, pitch: int, velocity: int = 99) -> Note:
    return Note(tick, length, pitch, velocity, Part.MELODY)


def said(language: RemiLanguage, tokens: tuple[int, ...]) -> list[str]:
    return [" ".join(REMI_NAMES[p] if p < MARK else "|" for p in language.table.parts[t])
            for t in tokens]  # fmt: skip


def tunes(low: int = 21, high: int = 108) -> st.SearchStrategy[tuple[Note, ...]]:
    """Return notes on REMI's grid, of lengths and velocities that it has, no two the same."""
    one = st.tuples(
        st.integers(0, 400), st.sampled_from([1, 2, 4, 8, 31, 34]), st.integers(low, high)
    )
    found = st.lists(one, max_size=20, unique_by=lambda n: (n[0], n[2]))
    return found.map(lambda ns: tuple(note(t * UNIT, n * UNIT, p) for t, n, p in sorted(ns)))


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    """Return limits of any kind."""
    low, more = draw(st.integers(30, 80)), draw(st.integers(0, 30))
    classes = frozenset(draw(st.sets(st.integers(0, 11))))
    density, rest = draw(st.integers(0, 4)), draw(st.sampled_from([0, 6, 12, 24, 96]))
    return Limits(classes, low, low + more, density, rest)


def test_the_names_are_the_paper_s_362() -> None:
    assert len(PLAIN) == len(set(REMI_NAMES)) == 362
    assert len(PLAIN.numbered[Kind.VELOCITY]) == len(TEMPI) == 32


def test_a_tune_as_tokens() -> None:
    tune = (note(0, 24, 60), note(24, 12, 62), note(48, 48, 64), note(108, 12, 65))
    assert said(REMI, REMI.tokens(tune)) == [
        *("Bar_None", "Position_0", "Tempo_121.29"),
        *("Pitch_60", "Velocity_99", "Duration_1.0.8"),
        *("Position_8", "Pitch_62", "Velocity_99", "Duration_0.4.8", "Rest_0.4.8"),
        *("Position_16", "Pitch_64", "Velocity_99", "Duration_2.0.8", "Rest_0.4.8"),
        *("Position_4", "Pitch_65", "Velocity_99", "Duration_0.4.8"),
    ]


@pytest.mark.parametrize(("tempo", "told"), [(60, "60.32"), (92, "94.19"), (174, "175.48")])
@pytest.mark.parametrize("language", [REMI, BPE])
def test_the_model_is_told_the_host_s_tempo(
    language: RemiLanguage, tempo: float, told: str
) -> None:
    stepper = SmallStepper(any_of(language.size), language)
    asked = Melody(1, 1, 7, (note(0, 24, 60),), 96, 192, limits=Limits(rest=24), tempo=tempo)
    phrase = answered(stepper, asked).phrase
    assert phrase is not None
    assert phrase.notes
    simple = [part for token in stepper.heard for part in language.table.parts[token]]
    tempi = [n for n in (language.table.names[p] for p in simple) if n.startswith("Tempo")]
    assert tempi == [f"Tempo_{told}"]


def test_a_rest_over_a_bar_line_leaves_no_bar_and_a_note_over_it_does() -> None:
    rest = said(REMI, REMI.tokens((note(0, 24, 60), note(96, 24, 60))))
    held = said(REMI, REMI.tokens((note(0, 96, 60), note(96, 24, 60))))
    assert rest.count("Bar_None") == 1
    assert held.count("Bar_None") == 2


def test_a_chord_is_named_before_its_notes() -> None:
    told = said(REMI, REMI.tokens(tuple(note(0, 24, p) for p in (60, 64, 67))))
    assert told[3:5] == ["Chord_maj", "Pitch_60"]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ([(0, 8, 60), (0, 8, 63), (0, 8, 67)], [(0, "min")]),
        ([(0, 8, 60), (0, 8, 64), (0, 8, 67), (0, 8, 70)], [(0, "7dom")]),
        ([(0, 8, 60), (1, 9, 64), (1, 9, 67)], [(0, "maj")]),  # a little late
        ([(0, 4, 60), (1, 5, 64), (1, 5, 67)], []),  # short ones begin together
        ([(0, 8, 60), (0, 20, 64), (0, 8, 67)], []),  # too different in length
        ([(0, 8, 64), (0, 8, 67), (0, 8, 72)], []),  # no inversions
        ([(0, 8, 60), (0, 8, 61), (0, 8, 62)], []),
        ([(0, 8, 60)], []),
    ],
)
def test_chords(heard: list[tuple[int, int, int]], found: list[tuple[int, str]]) -> None:
    assert list(chords(heard)) == found


def test_merges_go_by_age_from_the_left() -> None:
    ranks = {(1, 2): 0, (2, 1): 1, (10, 10): 2}
    assert merged([1, 2, 1, 2, 1], ranks, 10) == [12, 1]
    assert merged([2, 1, 2], ranks, 10) == [2, 10]
    assert merged([3, 4], ranks, 10) == [3, 4]
    assert merged([5, 5, 5], {(5, 5): 0}, 10) == [10, 5]


def test_merged_tokens_are_fewer_and_tell_the_same() -> None:
    tune = (note(0, 24, 60), note(24, 24, 62), note(96, 24, 60))
    few = BPE.tokens(tune)
    assert said(BPE, few) == [
        *("| Bar_None Position_0", "Tempo_121.29", "Pitch_60 Velocity_99 Duration_1.0.8"),
        *("Position_8", "Pitch_62 Velocity_99 Duration_1.0.8"),
        *("Rest_2.0.2", "|", "Position_0", "Pitch_60 Velocity_99 Duration_1.0.8"),
    ]
    assert BPE.begin(few, 0).notes == tune


@pytest.mark.parametrize("language", [REMI, BPE])
@FEW
@given(tune=tunes())
def test_what_is_told_comes_back(language: RemiLanguage, tune: tuple[Note, ...]) -> None:
    until = max((n.tick + UNIT for n in tune), default=0)
    told = language.begin(language.encode(tune, until), 0).notes
    assert sorted(told) == sorted(tune)


@pytest.mark.parametrize("language", [REMI, BPE])
@FEW
@given(tune=tunes())
def test_what_an_encoder_tells_may_come(language: RemiLanguage, tune: tuple[Note, ...]) -> None:
    telling = language.begin((), 0)
    for token in language.tokens(tune):
        kinds = {language.table.meanings[part].kind for part in language.table.parts[token]}
        assert Kind.TEMPO in kinds or telling.bias(WIDE)[token] == 0
        telling = telling.after(token)


@pytest.mark.parametrize("language", [REMI, BPE])
@FEW
@given(tune=tunes(), asked=limits(), start=st.integers(0, 1500), chance=st.randoms())
def test_whatever_is_drawn_keeps_to_the_limits(
    language: RemiLanguage, tune: tuple[Note, ...], asked: Limits, start: int, chance: object
) -> None:
    reached = start + 10
    telling = language.begin(language.encode(tune, start), start, reached)
    for _ in range(25):
        may = np.flatnonzero(telling.bias(asked) == 0)
        assert len(may)
        after = telling.after(int(chance.choice(may)))  # pyright: ignore
        assert after.reached >= telling.reached >= reached
        telling = after
    within = {p % 12 for p in range(asked.low, asked.high + 1)}
    classes = asked.classes & within or within
    fresh = [n for n in telling.notes if n.tick >= reached]
    assert all(asked.low <= n.pitch <= asked.high and n.pitch % 12 in classes for n in fresh)
    assert list(telling.notes) == [n for n in telling.notes if n.tick >= start]


@pytest.mark.parametrize("language", [REMI, BPE])
@pytest.mark.parametrize("start", [100, 103, 120, 180, 192, 300])
def test_after_a_note_that_is_held_into_a_bar_something_may_come(
    language: RemiLanguage, start: int
) -> None:
    telling = language.begin(language.encode((note(90, 12, 60),), start), start)
    chance = np.random.default_rng(start)
    for _ in range(30):
        telling = telling.after(int(chance.choice(np.flatnonzero(telling.bias(WIDE) == 0))))
    assert telling.reached > start


def test_density_and_rest_are_kept() -> None:
    asked = Limits(low=21, high=108, density=1, rest=24)
    telling = REMI.begin(REMI.encode((note(0, 24, 60),), 24), 24)
    chance = np.random.default_rng(3)
    while telling.reached < 20 * 96:
        telling = telling.after(int(chance.choice(np.flatnonzero(telling.bias(asked) == 0))))
    onsets = [n.tick for n in telling.notes]
    assert len({t // 24 for t in onsets}) == len(onsets) > 10
    ends = [24, *(n.tick + n.length for n in telling.notes)]
    sounding = np.maximum.accumulate(ends)
    assert all(t - end <= 24 for t, end in zip(onsets, sounding, strict=False))


def test_a_rest_counts_from_where_the_answer_began_wherever_it_is_gone_on_with() -> None:
    tune = (note(0, 24, 60),)
    telling = REMI.begin(REMI.encode(tune, 210), 192, 210)
    may = np.flatnonzero(telling.bias(Limits(low=21, high=109, rest=24)) == 0)
    assert {REMI_NAMES[t] for t in may} == {*(f"Rest_0.{n}.8" for n in range(1, 8)), "Rest_1.0.4"}


def test_an_empty_seed_and_notes_off_the_range_are_told() -> None:
    assert said(REMI, REMI.encode((), 96))[:3] == ["Bar_None", "Position_0", "Tempo_121.29"]
    assert REMI.begin(REMI.encode((), 96), 96).reached == 96
    (low, high) = REMI.begin(REMI.tokens((note(0, 24, 3), note(24, 24, 127))), 0).notes
    assert (low.pitch, high.pitch) == (27, 103)


@pytest.mark.parametrize("language", [REMI, BPE])
def test_a_language_comes_back_from_its_table(language: RemiLanguage) -> None:
    again = language_of(table_of(language))
    assert isinstance(again, RemiLanguage)
    assert again.vocabulary == language.vocabulary
    assert again.table.parts == language.table.parts


@pytest.mark.parametrize(
    ("names", "merges", "says"),
    [
        (REMI_NAMES[:100], [], "missing: Position"),
        ([*REMI_NAMES, "Position_x"], [], "invalid literal"),
        ([*REMI_NAMES, "Rest_0.1.0"], [], "division"),
        (REMI_NAMES, [[0, 400]], "not there yet"),
        (REMI_NAMES, [[0]], "no pair"),
        (REMI_NAMES, [[362 + n, 362 + n] if n else [0, 0] for n in range(9)], "not there yet"),
        (REMI_NAMES, [[361 + n, 361 + n] for n in range(40)], "more than 256"),
        ("Bar_None", [], "no list"),
        ([*REMI_NAMES, 3], [], "no short text"),
    ],
)
def test_tables_that_name_no_remi_are_refused(names: object, merges: object, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        language_of({"kind": "remi", "names": names, "merges": merges})


def test_tables_differ_in_their_vocabulary() -> None:
    assert len({REMI.vocabulary, BPE.vocabulary, RemiTable(REMI_NAMES[::-1]).fingerprint}) == 3
    assert len(MERGED) == MARK + 1 + 6

"""Answers: the same for the same request, in limits, never stuck; whatever was played."""

from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_melody import SmallLanguage, SmallStepper, mute, stubborn, wandering

from loopwright.engine import leadtokens
from loopwright.engine.eventlanguage import LeadLanguage
from loopwright.engine.keys import Key, heard_key
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.notes import Note, Part
from loopwright.engine.phrase import answered, answering, to_hear
from loopwright.engine.phraseclose import Close, at_rest
from loopwright.engine.phrasedraw import TRIES
from loopwright.engine.phraseseed import DRUMS_ONLY, NOTHING
from loopwright.engine.phrasewatch import LONGEST_REST, rested, riff
from loopwright.engine.time import TICKS_PER_BAR

MINOR = frozenset({0, 2, 3, 5, 7, 8, 10})
FOUR = tuple(Note(24 * i, 24, 60 + p, 90, Part.MELODY) for i, p in enumerate((0, 3, 7, 5)))
BAR, LEAD = TICKS_PER_BAR, LeadLanguage()
ASKED = Melody(1, 1, 7, FOUR, BAR, 3 * BAR, limits=Limits(MINOR, rest=BAR))

notes = st.builds(
    Note,
    tick=st.integers(0, 4 * BAR),
    length=st.integers(1, BAR),
    pitch=st.integers(0, 127),
    velocity=st.integers(1, 127),
    part=st.sampled_from(Part),
)


def asked_of(seed: tuple[Note, ...], **more: object) -> Melody:
    """Return a request that goes on from the bar after a seed."""
    last = max((n.tick for n in seed), default=0)
    start = (last // BAR + 1) * BAR
    return replace(ASKED, seed=seed, start=start, until=start + 2 * BAR, **more)


@settings(max_examples=60, deadline=None)
@given(st.lists(notes, max_size=30), st.integers(0, 2**63 - 1), st.sampled_from([0, 1, 2]))
def test_whatever_was_played_the_answer_is_in_range_in_key_and_in_time(
    seed: list[Note], number: int, density: int
) -> None:
    limits = Limits(MINOR, 50, 70, density, BAR)
    asked = asked_of(tuple(seed), seed_number=number, limits=limits)
    phrase = answered(SmallStepper(wandering), asked).phrase
    assert phrase is not None
    assert (phrase.number, phrase.answer) == (asked.number, asked.answer)
    assert bool(phrase.reason) == all(n.part is Part.DRUMS for n in seed)
    if phrase.reason:
        return
    assert phrase.reached >= asked.until
    assert phrase.notes == tuple(sorted(phrase.notes))
    for note in phrase.notes:
        assert note.tick >= (asked.start or 0)
        assert note.length > 0
        assert 50 <= note.pitch <= 70
        assert note.pitch % 12 in MINOR
        assert 1 <= note.velocity <= 127
    beats = [note.tick // 24 for note in phrase.notes]
    assert not density or max(map(beats.count, beats)) <= density


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 7))
def test_an_answer_in_parts_is_the_same_as_at_once_and_costs_no_more(seed: int, beats: int) -> None:
    asked = replace(ASKED, seed_number=seed)
    at_once = answered(SmallStepper(wandering), asked).phrase
    assert at_once is not None
    stepper, part = SmallStepper(wandering), replace(asked, until=BAR + 24 * beats)
    first = answered(stepper, part).phrase
    assert first is not None
    met = stepper.met
    then = replace(asked, number=2, composed=first.notes, reached=first.reached)
    second = answered(stepper, then).phrase
    assert second is not None
    assert second.notes[: len(first.notes)] == first.notes
    assert all(n.tick >= first.reached for n in second.notes[len(first.notes) :])
    assert (second.notes, second.reached) == (at_once.notes, at_once.reached)
    assert stepper.met - met <= 2 * len(second.notes[len(first.notes) :]) + 16


def test_the_same_request_gives_the_same_answer_whatever_was_heard_before() -> None:
    fresh, used = SmallStepper(wandering), SmallStepper(wandering)
    for _ in answering(used, replace(ASKED, seed_number=3, answer=5)):
        pass
    for _ in islice(answering(used, replace(ASKED, seed=FOUR[:2])), 3):
        pass  # left in the middle
    assert answered(used, ASKED) == answered(fresh, ASKED)
    other = answered(fresh, replace(ASKED, answer=2)).phrase
    assert other != answered(fresh, ASKED).phrase


def test_a_seed_that_is_still_played_is_only_listened_to() -> None:
    stepper = SmallStepper(wandering)
    for heard in range(1, 5):
        listened = answered(stepper, Melody(heard, 1, 7, FOUR[:heard], None)).phrase
        assert listened is not None
        assert (listened.notes, listened.reason) == ((), "")
    met = stepper.met
    assert answered(stepper, replace(ASKED, until=BAR)).phrase is not None
    assert stepper.met == met  # it had heard all of it


def test_a_model_that_wants_one_note_for_ever_is_brought_to_something_else() -> None:
    pitches: list[int] = []
    for seed in range(20):
        asked = replace(ASKED, seed_number=seed, until=2 * BAR)
        phrase = answered(SmallStepper(stubborn), asked).phrase
        assert phrase is not None
        assert phrase.reached >= 2 * BAR
        assert not any(riff(phrase.notes[:n]) for n in range(len(phrase.notes)))
        pitches.append(len({note.pitch for note in phrase.notes}))
    assert pitches.count(1) < 10  # the others took a rest instead


def test_a_model_that_would_rather_rest_is_brought_to_play() -> None:
    free = replace(ASKED, limits=Limits(), until=5 * BAR)
    for seed in range(20):
        phrase = answered(SmallStepper(mute), replace(free, seed_number=seed)).phrase
        assert phrase is not None
        ends = [BAR, *(note.tick + note.length for note in phrase.notes)]
        begins = [*(note.tick for note in phrase.notes), phrase.reached]
        assert max(b - e for b, e in zip(begins, ends, strict=True)) <= LONGEST_REST


def test_what_stands_is_not_changed_and_what_repeats_in_it_is_not_gone_on_with() -> None:
    stands = tuple(Note(BAR + 6 * i, 6, 60, 80, Part.MELODY) for i in range(12))
    asked = replace(ASKED, composed=stands, reached=BAR + 72, until=2 * BAR)
    phrase = answered(SmallStepper(stubborn), asked).phrase
    assert phrase is not None
    assert phrase.notes[:12] == stands
    assert {note.pitch for note in phrase.notes[12:]} != {60}


def test_what_was_answered_just_before_is_not_gone_on_with_for_ever_either() -> None:
    before = tuple(Note(BAR + 6 * i - 72, 6, 60, 80, Part.MELODY) for i in range(12))
    asked = replace(ASKED, limits=Limits(MINOR, rest=1), until=BAR + 6)
    first, anew = (
        answered(SmallStepper(stubborn), replace(asked, earlier=notes)).phrase
        for notes in ((), before)
    )
    assert first is not None
    assert anew is not None
    assert [note.pitch for note in first.notes] == [60]
    assert len(anew.notes) == 1
    assert anew.notes[0].pitch != 60


def bars(count: int, *pitches: int) -> list[Note]:
    """Return a bar of sixteenths, and so on; what follows next is one more note."""
    ticks = range(0, BAR, 6)[: len(pitches)]
    bar = [Note(t, 6, p, 80, Part.MELODY) for t, p in zip(ticks, pitches, strict=True)]
    found = [replace(n, tick=n.tick + b * BAR) for b in range(count) for n in bar]
    return [*found, replace(bar[0], tick=count * BAR)]


THIRTEEN = tuple(60 + i * i % 13 for i in range(13))
SIXTEEN = tuple(60 + i * i % 17 for i in range(16))


@pytest.mark.parametrize(
    ("notes", "size"),
    [
        (bars(1, *THIRTEEN), 0),
        (bars(3, *THIRTEEN), 0),
        (bars(4, *THIRTEEN), 13),
        (bars(8, *THIRTEEN), 13),
        (bars(4, *SIXTEEN), 16),
        (bars(3, 60, 62, 64), 0),
        (bars(4, 60, 62, 64), 3),
        (bars(2, *THIRTEEN)[:-1] + [replace(n, tick=n.tick + 2 * BAR) for n in bars(2, 60)], 0),
    ],
)
def test_a_bar_that_comes_again_is_music_and_four_times_in_a_row_is_stuck(
    notes: list[Note], size: int
) -> None:
    assert riff(notes) == size
    chords = [n for note in notes for n in (replace(note, pitch=note.pitch - 24, length=9), note)]
    assert riff(chords) == riff(sorted(chords)) == 2 * size


def test_going_back_ends() -> None:
    one = Limits(frozenset({0}), 60, 60)  # nothing else may sound
    phrase = answered(SmallStepper(stubborn), replace(ASKED, limits=one)).phrase
    assert phrase is not None
    assert phrase.reached >= ASKED.until
    assert TRIES < 10


CROWD = tuple(Note(i % 24, 5, 21 + i % 80, 1 + i % 127, Part.MELODY) for i in range(200))
ODD = (
    ("one note", FOUR[:1], ""),
    ("200 in a beat", CROWD, ""),
    ("off any grid", tuple(replace(n, tick=n.tick + 7 * i) for i, n in enumerate(FOUR)), ""),
    ("on no piano", tuple(replace(FOUR[0], tick=p, pitch=p) for p in (0, 20, 109, 127)), ""),
    ("held beyond the take-over", (replace(FOUR[0], length=3 * BAR),), ""),
    ("drums", tuple(replace(n, part=Part.DRUMS) for n in FOUR), DRUMS_ONLY),
    ("nothing", (), NOTHING),
)


@pytest.mark.parametrize(("seed", "reason"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
def test_an_odd_seed_gets_an_answer_or_one_clear_reason(
    seed: tuple[Note, ...], reason: str
) -> None:
    stepper = SmallStepper(wandering)
    phrase = answered(stepper, replace(ASKED, seed=seed)).phrase
    assert phrase is not None
    assert phrase.reason == reason
    assert bool(phrase.notes) == (not reason)
    assert stepper.met < 200


@pytest.mark.parametrize(
    ("lowest", "low", "high", "told"),
    [
        (60, 48, 84, 60),  # in the midst of the range: as it was played
        (54, 48, 84, 54),
        (28, 48, 84, 52),  # a bass line
        (45, 48, 84, 57),  # it fits, but for a note, and nothing below it would
        (81, 48, 84, 69),
        (28, 21, 108, 28),
        (60, 70, 80, 72),  # no room for a margin
    ],
)
def test_a_tune_is_told_in_the_octave_of_the_answer(
    lowest: int, low: int, high: int, told: int
) -> None:
    line = tuple(replace(n, pitch=n.pitch - 60 + lowest) for n in FOUR)
    chords = tuple(replace(n, pitch=max(n.pitch - 24, 22)) for n in line)
    for seed in (line, (*line, *chords)):
        asked = replace(ASKED, seed=tuple(sorted(seed)), limits=Limits(low=low, high=high))
        tokens = to_hear(LEAD, asked)
        assert min(n.pitch for n in LEAD.begin(tokens, 0).notes) == told


def test_an_answer_is_as_loud_as_its_seed_and_accents_the_beat() -> None:
    soft, loud = (
        answered(
            SmallStepper(wandering),
            replace(ASKED, seed=tuple(replace(n, velocity=v) for n in FOUR)),
        ).phrase
        for v in (40, 110)
    )
    assert soft is not None
    assert loud is not None
    assert max(n.velocity for n in soft.notes) < min(n.velocity for n in loud.notes)
    on = [n.velocity for n in loud.notes if n.tick % BAR == 0]
    off = [n.velocity for n in loud.notes if n.tick % 12 == 6]
    assert all(a > b for a in on for b in off)


CLOSE = Close(3 * BAR - 48, 3 * BAR, frozenset({0, 3, 7}))


@given(st.integers(0, 2**63 - 1))
def test_an_answer_that_comes_to_rest_is_the_same_up_to_its_last_note(seed: int) -> None:
    """That is of the chord, and held to the end; if none begins there, nothing is changed."""
    free = replace(ASKED, seed_number=seed)
    closed = replace(free, limits=replace(free.limits, close=CLOSE))
    usual, phrase = (answered(SmallStepper(wandering), asked).phrase for asked in (free, closed))
    assert usual is not None
    assert phrase is not None
    before = tuple(n for n in usual.notes if n.tick < CLOSE.since)
    assert phrase.notes[: len(before)] == before
    for last in phrase.notes[len(before) :]:
        assert CLOSE.since <= last.tick < last.tick + last.length == CLOSE.end == phrase.reached
        assert last.pitch % 12 in CLOSE.home
    assert len(phrase.notes) - len(before) <= 1


def test_what_is_struck_with_the_last_note_is_held_with_it() -> None:
    chord = tuple(Note(CLOSE.since + 6, 6, pitch, 80, Part.MELODY) for pitch in (60, 63))
    before, after = (
        Note(BAR, 12, 62, 80, Part.MELODY),
        Note(CLOSE.since + 12, 6, 67, 80, Part.MELODY),
    )
    held = tuple(replace(n, length=CLOSE.end - n.tick) for n in chord)
    assert at_rest((), (before, *chord, after), CLOSE) == (before, *held)
    assert at_rest(held, (after,), CLOSE) == ()
    assert at_rest((), (before,), CLOSE) is None
    assert at_rest((), (before, *chord), None) is None


def test_limits_that_leave_nothing_of_the_chord_stay_as_they_are() -> None:
    limits = Limits(frozenset({1, 2}), close=CLOSE)
    assert limits.at(CLOSE.since) == limits.at(0) == Limits(frozenset({1, 2}))
    assert replace(limits, classes=MINOR).at(CLOSE.since).classes == CLOSE.home
    assert replace(limits, classes=frozenset()).at(CLOSE.since).classes == CLOSE.home


def line_of(*pitches: int, start: int) -> tuple[Note, ...]:
    """Return quarter notes from a tick on."""
    return tuple(Note(start + 24 * i, 24, p, 80, Part.MELODY) for i, p in enumerate(pitches))


def test_in_a_duet_a_model_hears_its_own_latest_bars_behind_the_player_s() -> None:
    """As many of them as of the player's; and what comes lies where it will sound."""
    older, latest = line_of(48, 50, 52, 53, start=-BAR), line_of(67, 65, 63, 62, start=0)
    stepper, asked = SmallStepper(wandering), replace(ASKED, earlier=(*older, *latest))
    phrase = answered(stepper, asked).phrase
    assert phrase is not None
    heard = SmallLanguage().begin(stepper.heard, 0).notes
    assert [n.pitch for n in heard[:8]] == [60, 63, 67, 65, 67, 65, 63, 62]
    assert [n.tick for n in heard[:8]] == list(range(0, 2 * BAR, 24))
    assert [n.pitch for n in heard[8:]] == [n.pitch for n in phrase.notes]
    assert [n.tick for n in heard[8:]] == [n.tick + BAR for n in phrase.notes]
    assert phrase.reached >= asked.until
    more = replace(asked, composed=phrase.notes, reached=phrase.reached, until=phrase.reached + 1)
    longer = answered(stepper, more).phrase
    assert longer is not None
    assert longer.notes[: len(phrase.notes)] == phrase.notes


@given(st.lists(notes, max_size=12), st.integers(0, 3 * BAR), st.integers(0, 99))
def test_whatever_went_before_a_duet_s_bar_comes_after_it_begins(
    own: list[Note], bars: int, seed: int
) -> None:
    earlier = tuple(replace(n, tick=n.tick - bars) for n in own if n.tick - bars < BAR)
    asked = replace(ASKED, earlier=earlier, seed_number=seed, until=2 * BAR)
    phrase = answered(SmallStepper(wandering), asked).phrase
    assert phrase is not None
    assert not phrase.reason
    assert all(n.tick >= BAR and n.length > 0 for n in phrase.notes)
    assert phrase.reached >= asked.until


def test_silence_counts_from_the_answer_that_a_duet_s_bar_goes_on_from() -> None:
    ring = line_of(60, start=BAR - 24)
    assert rested((), BAR, 3 * BAR) == 2 * BAR
    assert rested(ring, BAR, 3 * BAR) == 2 * BAR
    assert rested(line_of(60, start=0), BAR, BAR) == BAR - 24


def test_where_no_key_is_told_an_answer_stays_in_the_one_that_its_seed_is_heard_in() -> None:
    seed = tuple(Note(24 * i, 24, p, 80, Part.MELODY) for i, p in enumerate((60, 64, 67, 65)))
    away = tuple(Note(BAR + 24 * i, 24, p, 80, Part.MELODY) for i, p in enumerate((66, 70, 61, 68)))
    asked = replace(ASKED, seed=seed, key=None)
    further = replace(asked, composed=away * 4, reached=2 * BAR, until=3 * BAR)
    assert heard_key((n.pitch, n.length) for n in (*seed, *away * 4)) != Key(0)
    for melody in (asked, further):
        assert leadtokens.told_key(to_hear(LEAD, melody)[1]) == Key(0)
    alone = replace(further, seed=(), composed=away)
    assert leadtokens.told_key(to_hear(LEAD, alone)[1]) == Key(6)

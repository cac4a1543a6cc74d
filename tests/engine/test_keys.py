import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.errors import SettingError
from loopwright.engine.keys import (
    AS_KEY,
    SCALE_WORDS,
    Key,
    heard_key,
    parse_key,
    scale,
    told_as,
    tonic_chord,
    way,
)

KEYS = st.builds(Key, st.integers(0, 11), st.booleans())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Am", Key(9, True)),
        ("C", Key(0)),
        ("bb", Key(10)),
        ("F# minor", Key(6, True)),
        ("Cb major", Key(11)),
        ("e min", Key(4, True)),
    ],
)
def test_spellings_of_a_key(text: str, key: Key) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["", "H", "A#b", "Am7", "minor"])
def test_what_is_no_key_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SettingError, match="no such key"):
        parse_key(text)


@given(KEYS)
def test_a_key_is_read_back_from_its_name(key: Key) -> None:
    assert parse_key(str(key)) == key


@pytest.mark.parametrize(
    ("key", "name", "classes"),
    [
        ("C", "key", "0 2 4 5 7 9 11"),
        ("Am", "key", "0 2 4 5 7 9 11"),
        ("Am", "major", "1 2 4 6 8 9 11"),
        ("C", "minor", "0 2 3 5 7 8 10"),
        ("Am", "harmonic", "0 2 4 5 8 9 11"),
        ("Dm", "dorian", "0 2 4 5 7 9 11"),
        ("G", "mixolydian", "0 2 4 5 7 9 11"),
        ("C", "major_pentatonic", "0 2 4 7 9"),
        ("Am", "minor_pentatonic", "0 2 4 7 9"),
        ("E", "blues", "2 4 7 9 10 11"),
    ],
)
def test_scales_on_a_key_s_tonic(key: str, name: str, classes: str) -> None:
    assert scale(parse_key(key), name) == {int(number) for number in classes.split()}
    assert name in SCALE_WORDS


@pytest.mark.parametrize(
    ("key", "name", "told"),
    [
        ("Am", "key", "Am"),
        ("C", "minor", "Cm"),
        ("Am", "major", "A"),
        ("C", "harmonic", "Cm"),
        ("C", "dorian", "Gm"),
        ("C", "mixolydian", "F"),
        ("Am", "minor_pentatonic", "Am"),
        ("C", "major_pentatonic", "C"),
        ("C", "blues", "Cm"),
    ],
)
def test_the_key_that_stands_for_a_scale(key: str, name: str, told: str) -> None:
    assert told_as(parse_key(key), name) == parse_key(told)


@given(KEYS, st.sampled_from(SCALE_WORDS), KEYS)
def test_no_key_has_more_of_a_scale_than_the_one_that_stands_for_it(
    key: Key, name: str, other: Key
) -> None:
    notes = scale(key, name)
    assert len(notes & scale(told_as(key, name))) >= len(notes & scale(other))


@given(KEYS)
def test_a_scale_with_its_tonic_held_is_heard_as_its_key(key: Key) -> None:
    scale = (0, 2, 3, 5, 7, 8, 10) if key.minor else (0, 2, 4, 5, 7, 9, 11)
    notes = [(36 + key.tonic + step, 3.0 if step in (0, 7) else 1.0) for step in scale]
    assert heard_key(notes) == key


def test_silence_has_no_key() -> None:
    assert heard_key([]) is None


@given(KEYS, KEYS)
def test_the_way_is_short_and_arrives(source: Key, target: Key) -> None:
    steps = way(source, target)
    assert -6 <= steps <= 5
    assert way(Key((source.tonic + steps) % 12, source.minor), target) == 0


@given(KEYS)
def test_a_key_and_its_relative_are_the_same_place(key: Key) -> None:
    relative = Key((key.tonic + (3 if key.minor else -3)) % 12, not key.minor)
    assert way(key, relative) == 0


@pytest.mark.parametrize(
    ("key", "name", "classes"),
    [
        ("C", AS_KEY, "0 4 7"),
        ("Am", AS_KEY, "9 0 4"),
        ("D", "dorian", "2 5 9"),
        ("C", "blues", "0 3 7"),
        ("Am", "major_pentatonic", "9 1 4"),
    ],
)
def test_what_a_tune_can_rest_on(key: str, name: str, classes: str) -> None:
    assert tonic_chord(parse_key(key), name) == {int(number) for number in classes.split()}


@given(KEYS, st.sampled_from(SCALE_WORDS))
def test_every_scale_has_a_tonic_chord_of_three(key: Key, name: str) -> None:
    assert len(tonic_chord(key, name)) == 3
    assert key.tonic in tonic_chord(key, name) <= scale(key, name)

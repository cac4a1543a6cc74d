"""Whatever others wrote into a preset stays, comments too; what is kept comes back."""

import tomllib
from dataclasses import replace

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwright.engine.duet import Duet
from loopwright.engine.errors import PresetError
from loopwright.engine.keptread import saved_loop, saved_phrase
from loopwright.engine.keys import Key
from loopwright.engine.migrate import MIGRATIONS, migrated
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import SCHEMA, Licences, SavedLoop, SavedPhrase
from loopwright.engine.presetread import parse_preset
from loopwright.export.presettext import (
    loop_table,
    phrase_table,
    renamed,
    with_kept,
    with_origin,
)

SHA = "0123456789abcdef" * 4
OLD = f"""# how this came about
schema = 1
name = "dusk"   # after the rain

[models.loop]   # mine
sidecar = "loop.json"
terms = "CC BY 4.0"   # as agreed
colour = "blue"

[models.loop.sha256]
"loop.json" = "{SHA}"

[of_somebody]
depth = 3   # deep
"""


KEYS = st.one_of(st.none(), st.builds(Key, st.integers(0, 11), st.booleans()))

notes = st.builds(
    Note,
    st.integers(0, 700),
    st.integers(1, 68),
    st.integers(0, 127),
    st.integers(1, 127),
    st.sampled_from(Part),
)


def loop_of(found: list[Note], codes: tuple[int, ...], key: Key | None) -> Loop:
    return Loop(tuple(sorted(found)), codes, SHA if codes else "", key)


loops = st.builds(
    SavedLoop,
    st.from_regex(r"[a-z0-9]{1,8}x", fullmatch=True),
    st.builds(
        loop_of,
        st.lists(notes, max_size=40),
        st.lists(st.integers(0, 511), max_size=32).map(tuple),
        KEYS,
    ),
    st.floats(20, 400),
)


def duet_of(found: list[Note], start: int, tokens: tuple[int, ...], key: Key | None) -> Duet:
    sung = tuple(sorted(replace(note, part=Part.MELODY) for note in found))
    return Duet(sung, start, 768, key, "folk" if start else "", tokens, SHA if tokens else "")


phrases = st.builds(
    SavedPhrase,
    st.from_regex(r"[a-z0-9]{1,8}x", fullmatch=True),
    st.builds(
        duet_of,
        st.lists(notes, max_size=40),
        st.integers(0, 768),
        st.lists(st.integers(0, 511), max_size=32).map(tuple),
        KEYS,
    ),
    st.floats(20, 400),
)


@given(phrases)
def test_a_kept_phrase_comes_back_note_for_note(saved: SavedPhrase) -> None:
    assert saved_phrase(phrase_table(saved)) == saved


@settings(max_examples=20)
@given(loops, phrases)
def test_phrases_and_loops_are_added_beside_each_other(
    loop: SavedLoop, phrase: SavedPhrase
) -> None:
    text = with_kept(with_kept(OLD, phrase), loop)
    assert text.startswith(OLD)
    there = parse_preset(tomllib.loads(text))
    assert (there.loops, there.phrases) == ((loop,), (phrase,))


@given(loops)
def test_a_kept_loop_comes_back_note_for_note(saved: SavedLoop) -> None:
    assert saved_loop(loop_table(saved)) == saved


@settings(max_examples=20)
@given(loops)
def test_a_kept_loop_is_added_at_the_end_and_the_rest_stays(saved: SavedLoop) -> None:
    text = with_kept(OLD, saved)
    assert text.startswith(OLD)
    assert parse_preset(tomllib.loads(text)).loops == (saved,)


def test_every_version_leads_to_the_next() -> None:
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA))


def test_the_first_schema_is_read_as_today_s() -> None:
    (model,) = parse_preset(tomllib.loads(OLD)).models
    assert model.licences == Licences(weights="CC BY 4.0")


def test_migrating_keeps_comments_and_fields_of_others() -> None:
    old = tomlkit.parse(OLD)
    text = migrated(old).as_string()
    assert old.as_string() == OLD
    for kept in ("# how this", "# after the rain", "# mine", "# as agreed", "blue", "# deep"):
        assert kept in text
    assert parse_preset(tomllib.loads(text)) == parse_preset(tomllib.loads(OLD))
    assert migrated(tomlkit.parse(text)).as_string() == text


@pytest.mark.parametrize("models", [3, {"loop": 3}, {"loop": {"terms": 3, "licences": 4}}])
def test_what_is_of_another_kind_is_left_for_reading_to_refuse(models: object) -> None:
    with pytest.raises(PresetError):
        parse_preset({"schema": 1, "name": "dusk", "models": models})


def test_renaming_changes_the_name_alone() -> None:
    today = migrated(tomlkit.parse(OLD)).as_string()
    assert renamed(today, "dawn") == today.replace('"dusk"', '"dawn"')


def test_an_origin_is_added_beside_the_rest() -> None:
    text = with_origin(OLD, "loop", "first-light")
    (model,) = parse_preset(tomllib.loads(text)).models
    assert (model.origin, model.hashes) == ("first-light", {"loop.json": SHA})
    assert "# mine" in text

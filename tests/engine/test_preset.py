import re

import pytest

from loopwright.engine.errors import PresetError
from loopwright.engine.keys import Key
from loopwright.engine.notes import Note, Part
from loopwright.engine.preset import SCHEMA, Licences
from loopwright.engine.presetread import parse_preset
from loopwright.engine.roll import Drum

SHA = "0123456789abcdef" * 4


def table(**more: object) -> dict[str, object]:
    return {"schema": SCHEMA, "name": "first-light", **more}


def test_a_name_is_enough_and_the_rest_is_usual() -> None:
    preset = parse_preset(table())
    assert (preset.tempo, preset.key, preset.low, preset.high) == (120.0, None, 28, 55)
    assert (preset.channels[Part.DRUMS], preset.drum_map[Drum.KICK]) == (10, 36)
    assert (preset.seed, preset.models, preset.loops) == (None, (), ())


LICENCES = {"code": "Apache-2.0", "weights": "BY", "data": "none stated"}


MODEL = {"sidecar": "loop.json", "sha256": {"loop.json": SHA}, "licences": LICENCES}


def test_everything_can_be_said() -> None:
    preset = parse_preset(
        table(
            description="dusk",
            tempo=93,
            key="F#m",
            seed=7,
            bass={"low": 30, "high": 50},
            parameters={"swing": 0.3, "of_a_later_version": 9},
            channels={"bass": 3},
            drums={"kick": 35},
            models={"loop": MODEL},
        )
    )
    assert (preset.says, preset.tempo, preset.key, preset.seed) == ("dusk", 93.0, Key(6, True), 7)
    assert dict(preset.parameters) == {"swing": 0.3}
    assert (preset.channels[Part.BASS], preset.channels[Part.DRUMS]) == (3, 10)
    assert (preset.drum_map[Drum.KICK], preset.drum_map[Drum.SNARE]) == (35, 38)
    assert preset.model("loop").hashes == {"loop.json": SHA}
    assert preset.model("loop").licences == Licences("Apache-2.0", "BY", "none stated")
    with pytest.raises(PresetError, match="it has no model 'melody'"):
        preset.model("melody")


NONSENSE: list[tuple[dict[str, object], str]] = [
    ({"schema": 3}, "schema 3 is unknown: this Loopwright reads 1 to 2"),
    ({"schema": 0}, "schema 0 is unknown"),
    ({"schema": None}, "schema None is unknown"),
    ({"schema": True}, "schema True is unknown"),
    ({"schema": "1"}, "schema '1' is unknown"),
    ({"name": "../up"}, "letters, digits"),
    ({"name": "con"}, "Windows keeps it for a device"),
    ({"name": ""}, "letters, digits"),
    ({"name": 7}, "name: 7 will not do, a text is needed"),
    ({"tempo": 401}, "tempo 401 is outside 20-400"),
    ({"tempo": float("nan")}, "tempo nan is outside 20-400"),
    ({"tempo": "fast"}, "tempo: 'fast' will not do, a number is needed"),
    ({"tempo": True}, "a number is needed"),
    ({"key": "H"}, "no such key"),
    ({"seed": -1}, "seed -1 is outside"),
    ({"seed": 1.5}, "a whole number is needed"),
    ({"bass": {"low": 40, "high": 45}}, "the bass needs an octave"),
    ({"bass": 3}, "bass: a table is needed"),
    ({"parameters": {"swing": 2}}, "swing 2 is outside 0-1"),
    ({"channels": {"drums": 0}}, "drums 0 is outside 1-16"),
    ({"drums": {"kick": 128}}, "kick 128 is outside 0-127"),
    ({"models": {"loop": {"sidecar": "a"}}}, "its sidecar 'a' has no sha256"),
    ({"models": {"loop": {"sha256": {"a.json": SHA}}}}, "sidecar: it is missing"),
    ({"models": {"loop": {"sidecar": "a", "sha256": {"a.json": "f00"}}}}, "'f00' is not a SHA-256"),
    *[
        ({"models": {"loop": {"sidecar": path, "sha256": {path: SHA}}}}, "inside the preset")
        for path in ("/etc/passwd", "../up", "a/../../up", "c:\\x", "a\\b", "", ".", "./a", "a//b")
    ],
    ({"models": {"loop": {"sidecar": "a.pt", "sha256": {"a.pt": SHA}}}}, "no file of a model"),
    ({"models": {"../up": {}}}, "letters, digits"),
    ({"seed": 16**5000}, "seed a huge number is outside"),
    ({"description": "x" * 4001}, "description is longer than 4000"),
    ({"name": "x" * 99}, "letters, digits"),
    ({"loops": {}}, "loops: an array of tables is needed"),
    ({"loops": [{"name": "1"}]}, "loop 1: notes: an array of arrays is needed"),
    ({"loops": [{"name": "1", "notes": [[0, 6, 36]]}]}, "is not a note"),
    ({"loops": [{"name": "1", "notes": [[0, 6, 36, 0, "drums"]]}]}, "is not a note"),
    ({"loops": [{"name": "1", "notes": [[0, 6, 36, 9, "harp"]]}]}, "is not a note"),
    ({"loops": [{"name": "1", "notes": [[0, True, 36, 9, "bass"]]}]}, "is not a note"),
    ({"loops": [{"name": "1", "notes": [[767, 6, 36, 9, "bass"]]}]}, "outside its eight bars"),
    ({"loops": [{"name": "1", "notes": [], "codes": [-1]}]}, "whole numbers"),
    ({"loops": [{"name": "1", "notes": [[0, 6, 36, 9, "bass"]] * 4097}]}, "too many to play"),
    ({"loops": [{"name": "1", "notes": []}] * 2}, "two loops are called '1'"),
    ({"phrases": 3}, "phrases: an array of tables is needed"),
    ({"phrases": [{"name": "1"}]}, "phrase 1: end: it is missing"),
    *[
        ({"phrases": [{"name": "1", "start": 0, "end": 96, "notes": [], **wrong}]}, says)
        for wrong, says in (
            ({"name": "../up"}, "letters, digits"),
            ({"start": 97}, "start 97 is outside 0-96"),
            ({"start": -1}, "start -1 is outside 0-96"),
            ({"end": 64 * 96 + 1}, "end 6145 is outside 0-6144"),
            ({"end": 0.5}, "end: 0.5 will not do"),
            ({"notes": [[90, 7, 60, 9, "melody"]]}, "outside its bars"),
            ({"notes": [[0, 0, 60, 9, "melody"]]}, "outside its bars"),
            ({"notes": [[0, 6, 60, 9, "bass"]]}, "its notes are of the melody alone"),
            ({"notes": [[0, 6, 60, 9, "melody"]] * 4097}, "4096 notes are too many to play"),
            ({"tokens": [-1]}, "whole numbers"),
            ({"tokens": [1] * 4097}, "4096 tokens are too many to play"),
            ({"tempo": 1}, "tempo 1 is outside 20-400"),
            ({"key": "H"}, "no such key"),
            ({"style": 3}, "style: 3 will not do"),
        )
    ],
    (
        {"phrases": [{"name": "1", "start": 0, "end": 0, "notes": []}] * 2},
        "two phrases are called '1'",
    ),
]


@pytest.mark.parametrize(("wrong", "says"), NONSENSE)
def test_nonsense_is_refused_in_one_line(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(PresetError, match=re.escape(says)) as refused:
        parse_preset(table(**wrong))
    assert "\n" not in str(refused.value)


def test_a_kept_loop_is_found_by_name() -> None:
    preset = parse_preset(table(loops=[{"name": "01", "notes": [[0, 6, 36, 99, "drums"]]}]))
    assert preset.saved("01").loop.notes == (Note(0, 6, 36, 99, Part.DRUMS),)
    with pytest.raises(PresetError, match=r"no loop '02' was kept \(kept: 01\)"):
        preset.saved("02")


def test_a_kept_phrase_is_found_by_name() -> None:
    notes = [[0, 24, 57, 80, "melody"], [96, 24, 60, 90, "melody"]]
    preset = parse_preset(
        table(phrases=[{"name": "01", "start": 96, "end": 192, "key": "Am", "notes": notes}])
    )
    duet = preset.phrase("01").duet
    assert duet.seed == (Note(0, 24, 57, 80, Part.MELODY),)
    assert duet.answer == (Note(96, 24, 60, 90, Part.MELODY),)
    assert (duet.bars, duet.key, duet.tokens) == (2, Key(9, True), ())
    with pytest.raises(PresetError, match=r"no phrase '02' was kept \(kept: 01\)"):
        preset.phrase("02")

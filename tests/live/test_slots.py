"""Files of slots: what a program number stands for, and one clear line where that is not said."""

from pathlib import Path

import pytest
from small_preset import library_in, make_preset

from loopwright.engine.errors import SettingError
from loopwright.live.slots import Slots, preset_slots, read_slots

GOOD = """
[[slot]]
preset = "dusk"
title = "verse"

[[slot]]
preset = "dusk"
loop = 1

[[slot]]
program = 128
bank = 2
preset = "dawn"
loop = "long one"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "set.toml"
    file.write_text(text)
    return file


def test_slots_follow_each_other_unless_they_say_where_they_are(tmp_path: Path) -> None:
    slots = read_slots(written(tmp_path, GOOD))
    told = [(s.place, s.preset, s.loop, s.title) for s in slots.slots]
    assert told == [
        (0, "dusk", None, "verse"),
        (1, "dusk", "01", "dusk 01"),
        (2 * 128 + 127, "dawn", "long one", "dawn long one"),
    ]
    assert slots.at(1) is slots.slots[1]
    assert slots.at(5) is None


def test_the_first_bytes_and_the_line_ends_of_some_editors_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_slots(file) == read_slots(written(tmp_path, GOOD))


def test_after_the_last_program_comes_the_next_bank(tmp_path: Path) -> None:
    slots = read_slots(written(tmp_path, '[[slot]]\npreset = "a"\n' * 300)).slots
    assert [slot.place for slot in slots] == list(range(300))


def test_stepping_ends_at_either_end() -> None:
    none = Slots(())
    assert none.beside(None, 1) is None


def test_a_path_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    make_preset(tmp_path / "songs" / "dusk")
    slots = read_slots(written(tmp_path, '[[slot]]\npreset = "songs/dusk"\n'))
    (slot,) = slots.slots
    assert (Path(slot.preset), slot.title) == (tmp_path / "songs" / "dusk", "dusk")
    assert slots.beside(None, 1) is slots.beside(slot, 1) is slots.beside(slot, -1) is slot


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no [[slot]]"),
        ("slot = 3", "an array of tables is needed"),
        ('[[slot]]\npreset = "a"\n\n[[slot]]\nprogram = 1\npreset = "b"', "line 4: two slots"),
        (
            '[[slot]]\npreset = "a"\n[[slot]]\nprogram = 129\npreset = "a"',
            "line 3: slot 2: program",
        ),
        ("[[slot]]\nprogram = 1", "line 1: slot 1: preset: it is missing"),
        ('[[slot]]\npreset = "a"\nloop = "../x"', "line 1: slot 1: loop"),
        ('[[slot]]\npreset = "a"\ncolour = "red"', "'colour' is nothing that a slot has"),
        ('[[slot]]\npreset = "a"\ntitle = "\\u001b[2J"', "cannot be shown"),
        ("[[slot]]\npreset = \n", "line 2"),
        ('[[slot]]\npreset = ""', "preset: it is empty"),
        ('[[slot]]\npreset = "a"\nprogram = "3"', "line 1: slot 1: program: '3' will not do"),
        ('bank = 3\n[[slot]]\npreset = "a"', "'bank' is nothing that a file of slots has"),
        ('[[slot]]\npreset = "a"\n[[slots]]\npreset = "b"', "'slots' is nothing that"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        (f'[[slot]]\npreset = "a"\nprogram = {"9" * 5000}', "digits"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingError) as told:
        read_slots(written(tmp_path, text))
    line = str(told.value)
    assert says in line
    assert "set.toml" in line
    assert "\n" not in line


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_slots(tmp_path / "nothing.toml")
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="is no text"):
        read_slots(tmp_path / "noise.toml")


def test_without_a_file_programs_are_the_presets_in_order(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    for place, name in (("shipped", "zulu"), ("user", "mine"), ("user", "zulu"), ("here", "a")):
        make_preset(tmp_path / place / name)
    slots = preset_slots(library)
    assert [(s.place, s.preset) for s in slots.slots] == [(0, "a"), (1, "mine"), (2, "zulu")]

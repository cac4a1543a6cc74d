import re
from pathlib import Path

import pytest
from small_preset import make_preset

from loopwright.engine.errors import PresetError
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import Preset, SavedLoop
from loopwright.export.presetfile import (
    FILE,
    create,
    parse_text,
    read_folder,
    verify,
    with_kept,
    write,
    write_file,
)

LOOP = SavedLoop("01", Loop((Note(0, 6, 36, 99, Part.DRUMS),), (1, 2), "ab" * 32, Key(4)), 93.5)


def test_what_is_created_reads_back(tmp_path: Path) -> None:
    preset = Preset("dusk", "low and slow", tempo=71.5, key=Key(10), seed=3, low=30, high=50)
    create(tmp_path, preset)
    assert read_folder(tmp_path).preset == preset
    with pytest.raises(PresetError, match="exists already"):
        create(tmp_path, preset)


def test_a_kept_loop_comes_back_and_nothing_else_changes(tmp_path: Path) -> None:
    text = """# how this came about
schema = 1
name = "dusk"   # after the rain
mood = "blue"

[of_a_later_version]
depth = 3
"""
    (tmp_path / FILE).write_text(text)
    write(with_kept(read_folder(tmp_path), LOOP))
    assert (tmp_path / FILE).read_text().startswith(text)
    again = with_kept(read_folder(tmp_path), SavedLoop("02", LOOP.loop))
    write(again)
    assert read_folder(tmp_path).preset.loops == (LOOP, SavedLoop("02", LOOP.loop))
    assert again.preset == read_folder(tmp_path).preset


def test_loops_in_a_plain_array_are_kept_too(tmp_path: Path) -> None:
    inline = 'schema = 1\nname = "dusk"\nloops = [{name = "a", notes = []}]\n'
    (tmp_path / FILE).write_text(inline)
    write(with_kept(read_folder(tmp_path), LOOP))
    assert [saved.name for saved in read_folder(tmp_path).preset.loops] == ["a", "01"]


def test_files_are_held_to_their_hashes(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    verify(opened)
    (tmp_path / "dusk" / "loop.onnx").write_bytes(b"another model")
    with pytest.raises(PresetError, match=r"dusk: loop.onnx is not the file that its hash names"):
        verify(opened)
    (tmp_path / "dusk" / "loop.onnx").unlink()
    with pytest.raises(PresetError, match=r"dusk: loop.onnx is missing"):
        verify(opened)


@pytest.mark.parametrize("text", ["schema = ", "schema = 1\nschema = 1", "\x00", "[", "a = 1e"])
def test_what_is_not_toml_is_refused_in_a_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="is not TOML") as refused:
        parse_text(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_the_example_of_the_documentation_is_a_preset(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "presets.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```toml")[1:]]
    example = next(block for block in blocks if "schema" in block)
    hashed = re.sub('"…[^"]*"', f'"{"0" * 64}"', example)
    preset = parse_text(tmp_path, hashed).preset
    assert (preset.name, preset.key, preset.seed) == ("dusk", Key(9, minor=True), 7)
    assert len(preset.saved("01").loop.notes) == 2


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"preset.toml cannot be read: No such file"):
        read_folder(tmp_path)
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(PresetError, match="cannot be read"):
        read_folder(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(PresetError, match="cannot be written"):
        write_file(tmp_path / "file" / "below", b"")


def test_writing_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    write_file(tmp_path / "deep" / "a.mid", b"1")
    write_file(tmp_path / "deep" / "a.mid", b"2")
    (tmp_path / "deep" / "b.mid").mkdir()
    with pytest.raises(PresetError, match="cannot be written"):
        write_file(tmp_path / "deep" / "b.mid", b"3")
    assert (tmp_path / "deep" / "a.mid").read_bytes() == b"2"
    assert {file.name for file in (tmp_path / "deep").iterdir()} == {"a.mid", "b.mid"}

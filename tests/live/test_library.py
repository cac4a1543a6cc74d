from pathlib import Path

import pytest
from small_preset import library_in, make_preset

from loopwright.engine.errors import PresetError
from loopwright.export.pack import pack_to
from loopwright.live.library import (
    DEFAULT,
    Place,
    find,
    listed,
    open_preset,
    system_library,
)


def test_here_comes_before_yours_and_yours_before_the_shipped(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    assert find(library, "dusk").place is Place.SHIPPED
    make_preset(library.user / "dusk")
    assert find(library, "dusk").place is Place.USER
    make_preset(library.here / "dusk")
    assert find(library, "dusk").place is Place.HERE
    assert [found.place for found in listed(library)] == [Place.HERE, Place.USER, Place.SHIPPED]


def test_a_folder_is_found_by_its_path(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(tmp_path / "elsewhere" / "dawn")
    make_preset(library.user / "dusk")
    assert find(library, str(tmp_path / "elsewhere" / "dawn")).place is Place.HERE
    assert find(library, str(library.user / "dusk")).place is Place.USER


def test_a_packed_preset_is_unpacked_once(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    pack_to(make_preset(tmp_path / "dusk"), library.here / "dusk.loopwright")
    first = open_preset(library, "dusk")
    assert first.found.place is Place.PACKED
    assert first.found.folder.is_relative_to(library.cache)
    assert open_preset(library, "dusk.loopwright").found.folder == first.found.folder


@pytest.mark.parametrize("name", ["nope", "../nope", "", "a/b", "*", "x" * 300])
def test_what_is_nowhere_is_said_with_what_there_is(name: str, tmp_path: Path) -> None:
    library = library_in(tmp_path)
    with pytest.raises(PresetError, match=r"no such preset: .* \(there are: none\)"):
        find(library, name)
    make_preset(library.shipped / "dusk")
    with pytest.raises(PresetError, match=r"\(there are: dusk\)"):
        find(library, name)


def test_opening_verifies(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    folder = make_preset(library.user / "dusk").folder
    (folder / "loop.onnx").write_bytes(b"")
    with pytest.raises(PresetError, match=r"loop\.onnx is not the file"):
        open_preset(library, "dusk")


def test_a_home_of_ones_own_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    assert system_library().user == tmp_path / "presets"
    monkeypatch.delenv("LOOPWRIGHT_HOME")
    assert system_library().user.name == "presets"


def test_a_preset_ships() -> None:
    opened = open_preset(system_library(), DEFAULT)
    assert opened.preset.name == DEFAULT
    assert opened.preset.model("loop").sidecar == "loop.json"

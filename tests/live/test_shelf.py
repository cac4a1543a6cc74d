"""One's own presets: installed, renamed, removed, lent a model, and carried to another machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_preset import library_in, make_preset

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import Preset, SavedLoop
from loopwright.export.pack import lightened, pack_to
from loopwright.export.presetfile import create, read_folder, with_kept, write
from loopwright.live import shelf
from loopwright.live.cli import main
from loopwright.live.keeping import keep
from loopwright.live.library import DEFAULT, Place, find, open_preset, system_library

LOOP = Loop(
    (Note(0, 6, 36, 97, Part.DRUMS), Note(6, 762, 41, 81, Part.BASS)), (5, 7), "ab" * 32, Key(5)
)


def without_model(folder: Path) -> Path:
    """Write a preset that has kept loops and no model."""
    folder.mkdir(parents=True)
    create(folder, Preset(folder.name, says="loops alone"))
    write(with_kept(read_folder(folder), SavedLoop("01", LOOP, 93.0)))
    return folder


def packed(folder: Path) -> Path:
    target = folder.with_suffix(".loopwright")
    pack_to(read_folder(folder), target)
    return target


def test_installed_renamed_removed(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    file = packed(without_model(tmp_path / "dusk"))
    assert shelf.install(library, file, None).folder == library.user / "dusk"
    with pytest.raises(PresetError, match="exists already: choose another name"):
        shelf.install(library, file, None)
    assert shelf.install(library, file, "dawn").preset.name == "dawn"
    moved = shelf.rename(library, "dawn", "noon")
    assert (moved.preset.name, moved.folder) == ("noon", library.user / "noon")
    assert read_folder(moved.folder).preset.loops[0].loop == LOOP
    shelf.remove(shelf.own(library, "dusk"))
    assert [folder.name for folder in library.user.iterdir()] == ["noon"]


@pytest.mark.parametrize("name", ["../up", "", "a/b", "con"])
def test_a_name_stays_in_the_user_s_folder(name: str, tmp_path: Path) -> None:
    library = library_in(tmp_path)
    file = packed(without_model(tmp_path / "dusk"))
    shelf.install(library, file, None)
    with pytest.raises(SettingError, match="is no name"):
        shelf.rename(library, "dusk", name)
    with pytest.raises((SettingError, PresetError)):
        shelf.remove(shelf.own(library, name))
    assert [folder.name for folder in library.user.iterdir()] == ["dusk"]


def test_others_presets_are_not_ours_to_change(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    without_model(library.here / "dawn")
    for name in ("dusk", "dawn"):
        with pytest.raises(PresetError, match=f"{name} is not yours to change"):
            shelf.own(library, name)


def test_a_damaged_one_can_be_removed(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    (library.user / "dusk").mkdir(parents=True)
    shelf.remove(shelf.own(library, "dusk"))
    assert list(library.user.iterdir()) == []


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    kept = without_model(tmp_path / "elsewhere" / "dusk")
    library.user.mkdir()
    (library.user / "dusk").symlink_to(kept)
    shelf.remove(shelf.own(library, "dusk"))
    assert read_folder(kept).preset.name == "dusk"
    assert list(library.user.iterdir()) == []


def test_a_model_is_lent_by_its_hashes(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    shipped = make_preset(library.shipped / "dusk")
    pack_to(lightened(shipped, {"loop": "dusk"}), tmp_path / "mine.loopwright")
    content = shelf.install(library, tmp_path / "mine.loopwright", "mine")
    assert not (content.folder / "loop.onnx").exists()
    opened = open_preset(library, "mine")
    assert (opened.found.place, opened.model) == (Place.USER, shipped.folder)
    again = keep(library, opened, LOOP, 120.0)
    assert open_preset(library, "mine").preset == again.opened.preset
    (library.shipped / "dusk").rename(library.shipped / "night")
    assert open_preset(library, "mine").model == library.shipped / "night"
    (library.shipped / "night" / "loop.onnx").write_bytes(b"another")
    with pytest.raises(PresetError, match=r"its model is not here\. Install 'dusk'"):
        open_preset(library, "mine")


def test_what_a_model_is_kept_in_before_its_licences_stood_apart(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    first = keep(library, open_preset(library, "dusk"), LOOP, 120)
    file = first.opened.found.folder / "preset.toml"
    today = '[models.loop.licences]\nweights = "CC BY 4.0"\n'
    assert today in file.read_text()
    old = file.read_text().replace(today, "").replace("schema = 2", "schema = 1")
    file.write_text(old.replace('sidecar = "loop.json"', 'sidecar = "loop.json"\nterms = "BY"'))
    assert keep(library, open_preset(library, "dusk"), LOOP, 120).opened.found.name == "dusk-kept"


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Give a command as somebody else, in an empty home."""
    home.mkdir(exist_ok=True)
    hidden = ("LOOPWRIGHT_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "loopwright.live", *words],
        cwd=home,
        env=env | {"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_same_loops_and_draws_in_another_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "mine"))
    library = system_library()
    kept = keep(library, open_preset(library, DEFAULT), LOOP, 93.0)
    keep(library, kept.opened, LOOP, 120.0)
    for words in ("pack backbeat-kept", "export backbeat-kept --out here --parts --png"):
        assert main(["presets", *words.split()]) == 0
    assert main(["render", "--preset", "backbeat-kept", "--seed", "3", "--out", "drawn"]) == 0

    other, name = tmp_path / "other", "backbeat-kept"
    done = command(other, "presets", "install", str(tmp_path / f"{name}.loopwright"))
    assert (done.returncode, done.stderr) == (0, "")
    installed = other / ".local" / "share" / "loopwright" / "presets" / name
    assert sys.platform != "linux" or installed.is_dir()
    done = command(other, "presets", "export", name, "--out", "here", "--parts", "--png")
    assert done.returncode == 0, done.stderr
    done = command(other, "render", "--preset", name, "--seed", "3", "--out", "drawn")
    assert done.returncode == 0, done.stderr
    for folder in ("here", "drawn"):
        theirs, ours = (
            {file.name: file.read_bytes() for file in (root / folder).iterdir()}
            for root in (other, tmp_path)
        )
        assert theirs == ours
    assert len(list((tmp_path / "here").glob("*.mid"))) == 6
    clips = {file.name: file.read_bytes() for file in (installed / "loops").iterdir()}
    assert clips == {file.name: file.read_bytes() for file in kept.midi.parent.iterdir()}


def test_a_packed_one_goes_by_its_bare_name_where_no_other_does(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    pack_to(make_preset(tmp_path / "dusk"), library.here / "dusk.loopwright")
    assert find(library, "dusk").place is Place.PACKED
    make_preset(library.user / "dusk")
    assert find(library, "dusk").place is Place.USER
    assert find(library, "dusk.loopwright").place is Place.PACKED

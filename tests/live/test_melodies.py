"""Presets that bring a melody model: found, lent, packed light, installed, and which one plays."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_lead import make_lead
from small_preset import library_in, make_preset

from loopwright.engine.errors import PresetError
from loopwright.engine.stepsidecar import MODEL as MELODY
from loopwright.export import presettext
from loopwright.export.pack import lightened, pack_to
from loopwright.export.presetfile import PresetFolder, parse_text, read_folder
from loopwright.live import shelf
from loopwright.live.library import DEFAULT, Library, open_preset
from loopwright.live.melodies import LEAD, melody_for, open_singer
from loopwright.live.options import OFF
from loopwright.live.presets_show import description


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lead(tmp_path_factory.mktemp("presets") / LEAD).folder


@pytest.fixture
def library(tmp_path: Path, made: Path) -> Library:
    """Return a library that ships a loop preset and a lead."""
    library = library_in(tmp_path)
    make_preset(library.shipped / DEFAULT)
    shutil.copytree(made, library.shipped / LEAD)
    return library


def with_both(library: Library, name: str) -> PresetFolder:
    """Write a preset of the user's that has both models that ship."""
    folder = library.user / name
    shutil.copytree(library.shipped / LEAD, folder)
    for file in (library.shipped / DEFAULT).iterdir():
        if file.name != "preset.toml":
            shutil.copyfile(file, folder / file.name)
    lead, loop = (read_folder(library.shipped / n).preset for n in (LEAD, DEFAULT))
    both = replace(loop, name=name, models=(*loop.models, *lead.models))
    (folder / "preset.toml").write_text(presettext.text_of(both))
    return read_folder(folder)


def test_which_melody_model_goes_with_a_preset(library: Library) -> None:
    loops = read_folder(library.shipped / DEFAULT)
    own = with_both(library, "mine")
    assert melody_for(library, loops, None) == library.shipped / LEAD
    assert melody_for(library, own, None) == own.folder
    assert melody_for(library, own, LEAD) == library.shipped / LEAD
    assert melody_for(library, own, OFF) is None
    with pytest.raises(PresetError, match=f"preset {DEFAULT}: it has no melody model"):
        melody_for(library, own, DEFAULT)
    shutil.rmtree(library.shipped / LEAD)
    assert melody_for(library, loops, None) is None


def test_a_melody_model_alone_plays_with_the_loops_that_ship(library: Library) -> None:
    opened = open_preset(library, LEAD)
    assert opened.model == library.shipped / DEFAULT
    assert opened.preset.name == LEAD


def test_a_light_pack_finds_each_model_where_it_ships(library: Library, tmp_path: Path) -> None:
    own = with_both(library, "mine")
    light = lightened(own, {"loop": DEFAULT, MELODY: LEAD})
    pack_to(light, tmp_path / "mine.loopwright")
    assert (tmp_path / "mine.loopwright").stat().st_size < 10_000
    shutil.rmtree(own.folder)
    shelf.install(library, tmp_path / "mine.loopwright", None)
    assert open_preset(library, "mine").model == library.shipped / DEFAULT
    assert open_singer(library, "mine").folder == library.shipped / LEAD


def test_a_whole_pack_is_tried_before_it_is_installed(library: Library, tmp_path: Path) -> None:
    lead = read_folder(library.shipped / LEAD)
    pack_to(lead, tmp_path / "lead.loopwright")
    shelf.install(library, tmp_path / "lead.loopwright", "flute")
    assert open_singer(library, "flute").folder == library.user / "flute"


def test_one_that_does_not_run_is_not_installed(library: Library, tmp_path: Path) -> None:
    folder = library.shipped / LEAD
    graph = folder / "step.fp32.onnx"
    shutil.copyfile(folder / "score.fp32.onnx", graph)  # sound, but for something else
    hashes = dict(read_folder(folder).preset.model(MELODY).hashes)
    text = (folder / "preset.toml").read_text()
    text = text.replace(hashes[graph.name], hashes["score.fp32.onnx"])
    pack_to(parse_text(folder, text), tmp_path / "broken.loopwright")
    with pytest.raises(PresetError, match=r"step\.fp32\.onnx is not the file that melody\.json"):
        shelf.install(library, tmp_path / "broken.loopwright", "broken")
    assert not (library.user / "broken").exists()


def test_it_is_shown_with_its_tokens_and_its_styles(library: Library) -> None:
    lines = description(read_folder(library.shipped / LEAD))
    assert any("melody-transformer" in line and "183 tokens" in line for line in lines)
    assert any("styles: folk, pop, song, hook" in line for line in lines)

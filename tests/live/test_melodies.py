"""Presets that bring a melody model: found, lent, packed light, installed, and which one plays."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_lead import make_lead
from small_preset import library_in, make_preset

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.melody import CEILING, FLOOR
from loopwright.engine.parameters import defaults
from loopwright.engine.stepsidecar import MODEL as MELODY
from loopwright.export import presettext
from loopwright.export.pack import lightened, pack_to
from loopwright.export.presetfile import PresetFolder, parse_text, read_folder
from loopwright.live import shelf
from loopwright.live.library import DEFAULT, Library, open_preset, system_library
from loopwright.live.melodies import LEAD, check_style, melody_for, open_singer, styles_in
from loopwright.live.options import OFF, JamOptions, parse_setting
from loopwright.live.presets_show import description
from loopwright.live.program import brought, read_program
from loopwright.live.tuneup import settings_of


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
    assert folder_for(library, loops, None) == library.shipped / LEAD
    assert folder_for(library, own, None) == own.folder
    assert folder_for(library, own, LEAD) == library.shipped / LEAD
    assert melody_for(library, own, OFF) is None
    with pytest.raises(PresetError, match=f"preset {DEFAULT}: it has no melody model"):
        melody_for(library, own, DEFAULT)
    shutil.rmtree(library.shipped / LEAD)
    assert melody_for(library, loops, None) is None


def test_a_style_is_one_that_the_melody_model_knows_where_there_is_one(library: Library) -> None:
    known = styles_in(library.shipped / LEAD)
    check_style("folk", known)
    check_style("", None)
    for there, says in (
        (known, "the melody model knows no such style (there are: folk, pop, song, hook)"),
        ((), "the melody model knows no styles"),
        (styles_in(None), "no melody plays here whose style could be chosen"),
    ):
        with pytest.raises(SettingError) as refused:
            check_style("waltz", there)
        assert str(refused.value) == f"--style waltz: {says}"


def folder_for(library: Library, content: PresetFolder, told: str | None) -> Path | None:
    """Return where the melody model lies that goes with a preset."""
    singer = melody_for(library, content, told)
    return None if singer is None else singer.folder


def say(folder: Path, **settings: float) -> None:
    """Have a preset say settings."""
    content = read_folder(folder)
    saying = replace(content.preset, parameters=settings)
    (folder / "preset.toml").write_text(presettext.text_of(saying))


USUAL = (float(FLOOR), float(CEILING))
RANGES: list[tuple[dict[str, float], str | None, tuple[str, ...], tuple[float, float]]] = [
    ({}, None, (), USUAL),  # the preset's own model, which says nothing
    ({}, LEAD, (), (21, 108)),
    ({"melody_low": 60}, LEAD, (), (21, 108)),
    ({"melody_low": 60}, None, (), (60, CEILING)),
    ({}, LEAD, ("melody_high=90",), (21, 90)),
    ({}, OFF, (), USUAL),
]
"""What the preset that plays says, whose model was told, --set, and the range of the melody."""


@pytest.mark.parametrize(("own", "told", "setting", "found"), RANGES)
def test_a_melody_model_that_is_asked_for_brings_its_range(
    own: dict[str, float],
    told: str | None,
    setting: tuple[str, ...],
    found: tuple[float, float],
    library: Library,
) -> None:
    say(with_both(library, "mine").folder, **own, swing=0.3)
    say(library.shipped / LEAD, melody_low=21, melody_high=108, swing=0.9)
    options = JamOptions(melody=told, settings=tuple(map(parse_setting, setting)))
    program = read_program(library, options, None, "mine", None)
    begins = settings_of(options, program.preset, ports=False).parameters
    switched = {**defaults(), **brought(options, program).parameters}
    for values in (begins, switched):
        assert (values["melody_low"], values["melody_high"]) == found
        assert values["swing"] == 0.3


def test_what_answers_where_nobody_was_asked_for_leaves_the_preset_s_word(library: Library) -> None:
    say(library.shipped / LEAD, melody_low=21, melody_high=108)
    say(library.shipped / DEFAULT, melody_low=55)
    preset = read_program(library, JamOptions(), None, DEFAULT, None).preset
    assert preset.parameters == {"melody_low": 55, "melody_high": 108}


@pytest.mark.parametrize("name", ["piano", "piano-lstm"])
def test_a_piano_that_ships_plays_with_both_hands(name: str) -> None:
    for options, preset in ((JamOptions(melody=name), DEFAULT), (JamOptions(), name)):
        found = read_program(system_library(), options, None, preset, None).preset.parameters
        assert (found["melody_low"], found["melody_high"]) == (21, 108)


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

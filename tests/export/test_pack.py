"""One file of a preset: the same bytes for the same content, and nothing that is not its own."""

import os
import random
import shutil
from pathlib import Path

import pytest
from small_preset import make_preset

from loopwright.engine.errors import PresetError
from loopwright.export.pack import lightened, pack, pack_to
from loopwright.export.presetfile import read_folder, write_file
from loopwright.export.unpack import read_packed, unpack

CLIP = b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0"


def test_a_preset_is_the_same_after_a_journey(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    write_file(tmp_path / "dusk" / "loops" / "a.mid", CLIP)
    write_file(tmp_path / "dusk" / "private.txt", b"not for others")
    pack_to(opened, tmp_path / "dusk.loopwright")
    assert read_packed(tmp_path / "dusk.loopwright").preset == opened.preset
    there = unpack(tmp_path / "dusk.loopwright", tmp_path / "else" / "dusk")
    assert there.preset == opened.preset
    names = sorted(p.relative_to(there.folder).as_posix() for p in there.folder.rglob("*.*"))
    assert names == ["MODEL_CARD.md", "loop.json", "loop.onnx", "loops/a.mid", "preset.toml"]
    assert pack(there) == (tmp_path / "dusk.loopwright").read_bytes()


@pytest.mark.parametrize("seed", range(4))
def test_order_dates_and_rights_do_not_tell(seed: int, tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    for name in "abc":
        write_file(tmp_path / "dusk" / "loops" / f"{name}.mid", CLIP)
    chance = random.Random(seed)
    files = [p for p in (tmp_path / "dusk").rglob("*") if p.is_file()]
    chance.shuffle(files)
    before = os.umask(chance.choice((0o000, 0o077)))
    try:
        for file in files:
            copy = tmp_path / "other" / file.relative_to(tmp_path / "dusk")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            os.utime(copy, (date := chance.randrange(2**31), date))
            copy.chmod(chance.choice((0o600, 0o755)))
        assert pack(read_folder(tmp_path / "other")) == pack(opened)
    finally:
        os.umask(before)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    pack_to(opened, tmp_path / "a.loopwright")
    with pytest.raises(PresetError, match="exists already"):
        pack_to(opened, tmp_path / "a.loopwright")
    with pytest.raises(PresetError, match="exists already"):
        unpack(tmp_path / "a.loopwright", tmp_path / "dusk")


def test_a_preset_with_a_wrong_file_is_not_packed(tmp_path: Path) -> None:
    make_preset(tmp_path / "dusk")
    (tmp_path / "dusk" / "loop.onnx").write_bytes(b"")
    with pytest.raises(PresetError, match=r"loop\.onnx is not the file"):
        pack(read_folder(tmp_path / "dusk"))


@pytest.mark.parametrize("name", ["loops/a.mid", "MODEL_CARD.md"])
def test_a_link_that_leads_out_is_not_packed(name: str, tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    (tmp_path / "private").write_bytes(b"not for others")
    (tmp_path / "dusk" / "loops").mkdir()
    (tmp_path / "dusk" / name).unlink(missing_ok=True)
    (tmp_path / "dusk" / name).symlink_to(tmp_path / "private")
    with pytest.raises(PresetError, match="a link that leads out"):
        pack(opened)


def test_a_pipe_among_the_clips_is_passed_over(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    (tmp_path / "dusk" / "loops").mkdir()
    os.mkfifo(tmp_path / "dusk" / "loops" / "a.mid")
    assert b"a.mid" not in pack(opened)


def test_a_light_one_names_where_its_model_comes_from(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    light = lightened(opened, {"loop": "first-light"})
    assert light.preset.model("loop").origin == "first-light"
    assert light.preset.model("loop").hashes == opened.preset.model("loop").hashes
    pack_to(light, tmp_path / "light.loopwright")
    there = unpack(tmp_path / "light.loopwright", tmp_path / "there")
    assert not (there.folder / "loop.onnx").exists()
    assert there.preset == light.preset

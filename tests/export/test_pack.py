import re
import stat
import zipfile
from pathlib import Path

import pytest
from small_preset import make_preset

from loopwright.engine.errors import PresetError
from loopwright.export import pack as packing
from loopwright.export.pack import name_in, pack, pack_to, unpack
from loopwright.export.presetfile import read_folder, write_file


def test_a_preset_is_the_same_after_a_journey(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    write_file(tmp_path / "dusk" / "loops" / "a.mid", b"MThd")
    write_file(tmp_path / "dusk" / "private.txt", b"not for others")
    pack_to(opened, tmp_path / "dusk.loopwright")
    assert name_in(tmp_path / "dusk.loopwright") == "dusk"
    there = unpack(tmp_path / "dusk.loopwright", tmp_path / "else" / "dusk")
    assert there.preset == opened.preset
    names = sorted(p.relative_to(there.folder).as_posix() for p in there.folder.rglob("*.*"))
    assert names == ["MODEL_CARD.md", "loop.json", "loop.onnx", "loops/a.mid", "preset.toml"]
    assert pack(there) == (tmp_path / "dusk.loopwright").read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    pack_to(opened, tmp_path / "a.loopwright")
    with pytest.raises(PresetError, match="exists already"):
        pack_to(opened, tmp_path / "a.loopwright")
    with pytest.raises(PresetError, match="exists already"):
        unpack(tmp_path / "a.loopwright", tmp_path / "dusk")


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.external_attr = mode << 16
    return found


GOOD = b'schema = 1\nname = "dusk"\n'
HARMFUL: list[tuple[list[tuple[zipfile.ZipInfo, bytes]], str]] = [
    ([(entry("../evil"), b"")], "'../evil' does not name a file inside the preset"),
    ([(entry("a/../../evil"), b"")], "does not name a file inside"),
    ([(entry("/evil"), b"")], "does not name a file inside"),
    ([(entry("c:evil"), b"")], "does not name a file inside"),
    ([(entry("a", stat.S_IFLNK | 0o777), b"/etc/passwd")], "'a' is a link or a device"),
    ([(entry("a", stat.S_IFIFO), b"")], "'a' is a link or a device"),
    ([(entry("A"), b""), (entry("a"), b"")], "'a' is there twice"),
    ([(entry("a"), b""), (entry("a/b"), b"")], "cannot be unpacked"),
    ([(entry("preset.toml/x"), b"")], "holds no preset.toml"),
    ([(entry("preset.toml"), b"schema = 9")], "schema 9 is unknown"),
    (
        [
            (
                entry("preset.toml"),
                GOOD + b'[models.loop]\nsidecar = "a"\nsha256 = {a = "%s"}' % (b"0" * 64),
            )
        ],
        "a is missing",
    ),
]


@pytest.mark.parametrize(("entries", "says"), HARMFUL)
def test_harm_is_refused_and_leaves_nothing(
    entries: list[tuple[zipfile.ZipInfo, bytes]], says: str, tmp_path: Path
) -> None:
    packed = tmp_path / "evil.loopwright"
    with zipfile.ZipFile(packed, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    with pytest.raises(PresetError, match=re.escape(says)):
        unpack(packed, tmp_path / "out" / "dusk")
    assert list((tmp_path / "out").iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.loopwright", "out"]


def test_a_flood_is_refused_whatever_its_directory_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "LARGEST", 1 << 20)
    packed = tmp_path / "flood.loopwright"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("preset.toml", GOOD)
        archive.writestr("zeros", bytes(3 << 20))
    with pytest.raises(PresetError, match="unpacks to more than"):
        unpack(packed, tmp_path / "dusk")
    content = packed.read_bytes()
    packed.write_bytes(content.replace((3 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    with pytest.raises(PresetError, match=r"cannot be unpacked|unpacks to more"):
        unpack(packed, tmp_path / "dusk")
    assert not (tmp_path / "dusk").exists()


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    opened = make_preset(tmp_path / "dusk")
    content = pack(opened)
    packed = tmp_path / "a.loopwright"
    for damaged in (b"", b"PK", content[:200], content[:60] + b"XXXX" + content[64:]):
        packed.write_bytes(damaged)
        with pytest.raises(PresetError, match=r"cannot be unpacked|not the file"):
            unpack(packed, tmp_path / "out")
    packed.write_bytes(content[:60])
    with pytest.raises(PresetError, match="cannot be unpacked"):
        name_in(packed)


def test_a_preset_with_a_wrong_file_is_not_packed(tmp_path: Path) -> None:
    make_preset(tmp_path / "dusk")
    (tmp_path / "dusk" / "loop.onnx").write_bytes(b"")
    with pytest.raises(PresetError, match=r"loop\.onnx is not the file"):
        pack(read_folder(tmp_path / "dusk"))

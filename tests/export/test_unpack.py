"""What strangers pack: refused in a line, and nothing is left anywhere."""

import re
import stat
import zipfile
from pathlib import Path

import pytest
from small_preset import make_preset

from loopwright.engine.errors import PresetError
from loopwright.export import entries as limits
from loopwright.export import unpack as unpacking
from loopwright.export.pack import pack
from loopwright.export.unpack import read_packed, unpack

Entries = list[tuple[zipfile.ZipInfo, bytes]]
GOOD = b'schema = 2\nname = "dusk"\n'
MISSING = b'[models.loop]\nsidecar = "a.json"\nsha256 = {"a.json" = "%s"}' % (b"0" * 64)


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.external_attr = mode << 16
    return found


def squeezed(name: str) -> zipfile.ZipInfo:
    found = entry(name)
    found.compress_type = zipfile.ZIP_BZIP2
    return found


HARMFUL: list[tuple[Entries, str]] = [
    ([(entry("../evil"), b"")], "'../evil' does not name a file inside the preset"),
    ([(entry("a/../../evil"), b"")], "does not name a file inside"),
    ([(entry("/evil"), b"")], "does not name a file inside"),
    ([(entry("c:evil"), b"")], "does not name a file inside"),
    ([(entry("a\\..\\evil"), b"")], "does not name a file inside"),
    ([(entry("\u2024\u2024/evil.txt"), b"")], "does not name a file inside"),
    ([(entry("con.txt"), b"")], "is no name that every system can have"),
    ([(entry("a./b.txt"), b"")], "is no name that every system can have"),
    ([(entry("a\x1b[2J.txt"), b"")], "is no name that every system can have"),
    ([(entry("a" * 300 + ".txt"), b"")], "is no name that every system can have"),
    ([(entry("a.txt", stat.S_IFLNK | 0o777), b"/etc/passwd")], "'a.txt' is a link or a device"),
    ([(entry("a.txt", stat.S_IFIFO), b"")], "'a.txt' is a link or a device"),
    ([(entry("A.txt"), b""), (entry("a.txt"), b"")], "'a.txt' is there twice"),
    ([(entry("caf\u00e9.txt"), b""), (entry("cafe\u0301.txt"), b"")], "is there twice"),
    ([(entry("\ufb01.txt"), b""), (entry("FI.txt"), b"")], "is there twice"),
    ([(entry("a.txt"), b""), (entry("A.txt/b.txt"), b"")], "lies inside a file"),
    ([(squeezed("a.txt"), b"x")], "compressed in an unknown way"),
    ([(entry("weights.pkl"), b"")], "is no kind of file that presets hold"),
    ([(entry("model.onnx.data"), b"")], "is no kind of file that presets hold"),
    ([(entry("run.py"), b"")], "is no kind of file that presets hold"),
    ([(entry(f"{n}.txt"), b"") for n in range(1001)], "more than 1000 files"),
    ([(entry("preset.toml/x.txt"), b"")], "holds no preset.toml"),
    ([(entry("preset.toml"), b"schema = 9")], "schema 9 is unknown"),
    ([(entry("preset.toml"), b"a.b." * 99 + b"c = 1")], "a key of too many words"),
    ([(entry("preset.toml"), b"a = " + b"[" * 9999)], "is not TOML"),
    ([(entry("preset.toml"), GOOD), (entry("loops/a.mid"), b"MThd")], "a.mid: this clip cannot"),
    ([(entry("preset.toml"), GOOD + MISSING)], "a.json is missing"),
]


@pytest.mark.parametrize(("inside", "says"), HARMFUL)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_harm_is_refused_and_leaves_nothing(inside: Entries, says: str, tmp_path: Path) -> None:
    packed = tmp_path / "evil.loopwright"
    with zipfile.ZipFile(packed, "w") as archive:
        for info, content in inside:
            archive.writestr(info, content)
    with pytest.raises(PresetError, match=re.escape(says)) as refused:
        unpack(packed, tmp_path / "new" / "deep" / "dusk")
    assert "\n" not in str(refused.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.loopwright"]


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "evil.loopwright").write_bytes(b"no zip")
    with pytest.raises(PresetError, match="it is no zip"):
        unpack(tmp_path / "evil.loopwright", tmp_path / "mine" / "new" / "dusk")
    assert list((tmp_path / "mine").iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PresetError, match=r"cannot be unpacked: Not a directory$"):
        unpack(tmp_path / "evil.loopwright", tmp_path / "file" / "new" / "dusk")


def test_a_flood_is_refused_whatever_its_directory_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (limits, unpacking):
        monkeypatch.setattr(module, "LARGEST", 1 << 20)
    packed = tmp_path / "flood.loopwright"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("preset.toml", GOOD)
        archive.writestr("zeros.txt", bytes(3 << 20))
    with pytest.raises(PresetError, match="unpacks to more than"):
        unpack(packed, tmp_path / "dusk")
    content = packed.read_bytes()
    packed.write_bytes(content.replace((3 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    with pytest.raises(PresetError, match=r"cannot be unpacked|unpacks to more"):
        unpack(packed, tmp_path / "dusk")
    assert not (tmp_path / "dusk").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "bomb.loopwright"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("preset.toml", GOOD)
        archive.writestr("zeros.txt", bytes(8 << 20))
    with pytest.raises(PresetError, match="more than 100 times its size"):
        unpack(packed, tmp_path / "dusk")


def test_a_directory_of_a_million_entries_is_not_read(tmp_path: Path) -> None:
    packed = tmp_path / "many.loopwright"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("preset.toml", GOOD)
    content = bytearray(packed.read_bytes())
    content[-10:-6] = (2 << 20).to_bytes(4, "little")  # the size of the directory
    packed.write_bytes(content)
    with pytest.raises(PresetError, match="lists more files than a preset has"):
        read_packed(packed)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    content = pack(make_preset(tmp_path / "dusk"))
    packed = tmp_path / "a.loopwright"
    for damaged in (b"", b"PK", content[:200], content[:60] + b"XXXX" + content[64:]):
        packed.write_bytes(damaged)
        with pytest.raises(PresetError, match=r"cannot be unpacked|not the file"):
            unpack(packed, tmp_path / "out")
    packed.write_bytes(content[:60])
    with pytest.raises(PresetError, match="cannot be unpacked"):
        read_packed(packed)
    with pytest.raises(PresetError, match="no such file"):
        read_packed(tmp_path / "none.loopwright")

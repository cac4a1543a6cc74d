"""Windows that are loops, the chain of counts, and archives with odd files in them."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_song import groove

from loopwright.engine.errors import MidiFileError
from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.archives import File, files_of
from loopwright.training.corpus import Chain, FirstDrums, Rules, extract, loops_of

STEPS = 16


def bars(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    roll = np.zeros((count * STEPS, 93), np.bool_)
    roll[::STEPS, [Drum.KICK, Drum.CRASH, DRUMS + 12]] = True
    return roll


def starts(roll: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], rules: Rules) -> int:
    return loops_of(roll, rules)[1].loops


def test_the_paper_s_stride_is_eight_bars() -> None:
    assert starts(bars(16), Rules()) == 2
    assert starts(bars(16), replace(Rules(), stride=1)) == 9
    assert starts(bars(16), replace(Rules(), stride=1, jump=True)) == 2
    assert starts(bars(7), Rules()) == 0


def test_two_cells_may_differ_and_three_may_not() -> None:
    roll = bars(8)
    roll[1:3, Drum.SNARE] = True
    assert starts(roll, Rules()) == 1
    roll[3, Drum.SNARE] = True
    assert starts(roll, Rules()) == 0


@pytest.mark.parametrize(
    ("missing", "kept"),
    [(Drum.KICK, {"either", "none"}), (Drum.CRASH, {"kick", "either", "none"})],
)
def test_which_drums_the_first_step_must_have(missing: Drum, kept: set[str]) -> None:
    roll = bars(8)
    roll[0, missing] = roll[4 * STEPS, missing] = False
    found = {d.value for d in FirstDrums if starts(roll, replace(Rules(), first_drums=d))}
    assert found == kept


def test_the_bass_must_begin_the_loop() -> None:
    roll = bars(8)
    roll[[0, 4 * STEPS], DRUMS + 12] = False
    assert starts(roll, Rules()) == 0
    assert starts(roll, replace(Rules(), first_bass=False)) == 1


def test_the_chain_counts_what_each_rule_leaves() -> None:
    found = extract(File("a.mid", groove(9, crash_bars=[0, 4])), replace(Rules(), stride=1))
    assert found.chain == Chain(windows=2, repeat=2, bass=2, kick=2, crash=1, loops=1)
    assert found.loops.shape == (1, 1488)


def test_a_broken_file_is_skipped_by_name_with_its_reason(tmp_path: Path) -> None:
    archive = tmp_path / "songs.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("b/broken.mid", b"nothing")
        bundle.writestr("a/good.MID", groove(8, [0, 4]))
        bundle.writestr("readme.txt", "no music")
    found = [extract(file, Rules()) for file in files_of(archive)]
    assert [(s.name, len(s.loops), s.skipped) for s in found] == [
        ("a/good.MID", 1, None),
        ("b/broken.mid", 0, "not a MIDI file (no MThd)"),
    ]


def test_a_folder_is_read_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.midi").write_bytes(groove(8))
    assert [f.name for f in files_of(tmp_path)] == ["sub/x.midi"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    with pytest.raises(MidiFileError, match=r"x\.zip"):
        list(files_of(tmp_path / "x.zip"))
    with pytest.raises(MidiFileError, match="gone"):
        list(files_of(tmp_path / "gone"))


def test_a_damaged_entry_is_skipped_and_the_others_are_read(tmp_path: Path) -> None:
    archive = tmp_path / "songs.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("a.mid", groove(8, [0, 4]))
        bundle.writestr("b.mid", groove(8, [0, 4]))
    content = bytearray(archive.read_bytes())
    content[content.index(b"MTrk") + 9] ^= 0xFF
    archive.write_bytes(content)
    found = [extract(file, Rules()) for file in files_of(archive)]
    assert [len(s.loops) for s in found] == [0, 1]
    assert (found[0].skipped or "").startswith("cannot be read: Bad CRC")


def test_an_entry_that_lzma_cannot_undo_is_skipped(tmp_path: Path) -> None:
    pytest.importorskip("lzma")
    archive = tmp_path / "songs.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as bundle:
        bundle.writestr("a.mid", bytes(range(256)) * 40)
    content = bytearray(archive.read_bytes())
    content[60:90] = b"\xff" * 30
    archive.write_bytes(content)
    assert [file.trouble for file in files_of(archive)] == ["cannot be read: Corrupt input data"]

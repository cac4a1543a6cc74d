"""Data sets: copies removed, groups and splits, files that come back the same."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.errors import MidiFileError, SettingError
from loopwright.training.corpus import PACKED_BYTES, Chain, SongLoops
from loopwright.training.dataset import (
    LoopSet,
    Split,
    assemble,
    groups_of,
    load,
    save,
    split_of,
)


def song(name: str, *firsts: int) -> SongLoops:
    loops = np.zeros((len(firsts), PACKED_BYTES), np.uint8)
    loops[:, 0] = firsts
    return SongLoops(name, f"hash of {name}", loops)


def small_set() -> LoopSet:
    songs = [song("a.mid", 1, 2), song("b.mid", 2, 3), song("none.mid")]
    return assemble(songs, {"a.mid": "one", "b.mid": "two"}, {"says": "so"})


def test_copies_are_removed_and_the_first_of_each_stays() -> None:
    loops = small_set()
    assert loops.loops[:, 0].tolist() == [1, 2, 3]
    assert [loops.songs[i] for i in loops.song] == ["a.mid", "a.mid", "b.mid"]
    assert [loops.groups[i] for i in loops.group] == ["one", "one", "two"]


def test_a_file_without_a_group_is_one_by_its_content() -> None:
    assert assemble([song("a.mid", 1)], {}, {}).groups == ("hash of a.mid",)


def test_no_loop_at_all_is_said() -> None:
    with pytest.raises(MidiFileError, match="no loop"):
        assemble([song("a.mid")], {}, {})


def test_where_no_loop_is_found_it_says_what_became_of_the_files() -> None:
    songs = [replace(song(f"{n}.mid"), skipped="no bass") for n in range(2)]
    songs.append(replace(song("plays.mid"), chain=Chain(windows=7)))
    says = r"in 3 MIDI files; 2 skipped \(no bass\); 7 windows of eight bars$"
    with pytest.raises(MidiFileError, match=says):
        assemble(songs, {}, {})


def test_rolls_are_the_bits() -> None:
    rolls = small_set().rolls()
    assert rolls.shape == (3, 128, 93)
    assert np.flatnonzero(rolls[2].ravel()).tolist() == [6, 7]


def test_a_saved_set_comes_back(tmp_path: Path) -> None:
    before = small_set()
    save(before, tmp_path / "new" / "data.npz")
    after = load(tmp_path / "new" / "data.npz")
    assert after.content_hash() == before.content_hash()
    assert (after.songs, after.groups, after.note) == (before.songs, before.groups, before.note)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["data.npz"]


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingError, match="file"):
        save(small_set(), tmp_path / "file" / "data.npz")


def test_what_is_no_data_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"not a data set")
    with pytest.raises(MidiFileError, match=r"x\.npz: File is not a zip file"):
        load(tmp_path / "x.npz")
    with pytest.raises(MidiFileError, match=r"y\.npz: No such file or directory$"):
        load(tmp_path / "y.npz")


def test_groups_come_from_the_manifest(tmp_path: Path) -> None:
    text = "path,split_group\na.mid,one\nb.mid,\n"
    (tmp_path / "manifest.csv").write_text(text)
    assert groups_of(tmp_path) == {"a.mid": "one"}
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as bundle:
        bundle.writestr("manifest.csv", text)
    assert groups_of(tmp_path / "songs.zip") == {"a.mid": "one"}


def test_a_manifest_of_another_kind_tells_of_no_groups_and_one_of_no_text_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "manifest.csv").write_text("split_group,composer,title\none,J. S. Bach,Air\n")
    assert groups_of(tmp_path) == {}
    (tmp_path / "manifest.csv").write_bytes(b"path,split_group\nd\xfcster.mid,one\n")
    with pytest.raises(MidiFileError, match=r"cannot read .*manifest\.csv: 'utf-8' codec"):
        groups_of(tmp_path)


@pytest.mark.parametrize(
    ("group", "split"),
    [("87f5b438bc", Split.TRAIN), ("22ca455b0f", Split.VALIDATION), ("dae937b78f", Split.TEST)],
)
def test_a_group_keeps_its_split_for_ever(group: str, split: Split) -> None:
    assert split_of(group) is split


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8, unique=True))
def test_every_loop_is_in_exactly_one_split(names: list[str]) -> None:
    songs = [song(f"{i}.mid", i + 1) for i, _ in enumerate(names)]
    loops = assemble(songs, {f"{i}.mid": name for i, name in enumerate(names)}, {})
    assert sum(len(loops.part(split)) for split in Split) == len(loops)

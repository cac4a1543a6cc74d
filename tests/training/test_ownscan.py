"""A musician's folder, good or bad, and what is said of it."""

import os
import zipfile
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_songs import bass_and_drums, fill, fill_with_tunes
from small_song import groove, song

from loopwright.engine.errors import MidiFileError
from loopwright.training import archives, ownscan
from loopwright.training.dataset import Split, split_of
from loopwright.training.ownscan import scan, told
from loopwright.training.owntunes import read_tunes
from loopwright.training.placing import placed
from loopwright.training.tuned import FINE

SONGS = 14
RULES = FINE.rules


@contextmanager
def as_nobody() -> Generator[None]:
    """Be a user who may not read everything, where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def refusal(folder: Path) -> str:
    with pytest.raises(MidiFileError) as caught:
        scan(folder, RULES)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_becomes_loops_of_which_some_judge_and_some_test(tmp_path: Path) -> None:
    loops, found = scan(fill(tmp_path / "songs", SONGS), RULES)
    assert len(loops) == 4 * SONGS
    assert {split: len(loops.part(split)) for split in Split} == {
        Split.TRAIN: 48, Split.VALIDATION: 4, Split.TEST: 4,
    }  # fmt: skip
    assert "most were lost because" not in told(loops, found)


def test_a_rule_that_cost_some_is_told(tmp_path: Path) -> None:
    folder = fill(tmp_path / "songs", SONGS)
    (folder / "late.mid").write_bytes(late_bass(1))
    assert "because no bass note is on the first step: 5 of 75 windows" in told(
        *scan(folder, RULES)
    )


def late_bass(number: int) -> bytes:
    """Return a song whose bass begins on the second beat of each bar."""
    bass = [(at * 480 + 480, 480, 36 + number) for at in range(48) if at % 4 != 3]
    return song(bass, [(at * 480, 120, 36) for at in range(48)])


def test_a_zip_and_a_folder_give_the_same_loops(tmp_path: Path) -> None:
    folder = fill(tmp_path / "songs", SONGS)
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as bundle:
        for file in folder.iterdir():
            bundle.write(file, file.name)
    (loops, _), (zipped, _) = scan(folder, RULES), scan(tmp_path / "songs.zip", RULES)
    assert loops.content_hash() == zipped.content_hash()
    assert loops.groups == zipped.groups


@pytest.mark.parametrize("make", ["nothing", "other files", "folders called like files"])
def test_a_folder_without_midi_is_said_to_be_one(tmp_path: Path, make: str) -> None:
    if make == "other files":
        (tmp_path / "song.wav").write_bytes(b"RIFF")
    if make == "folders called like files":
        (tmp_path / "song.mid").mkdir()
    assert "holds no MIDI file" in refusal(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none").endswith("none: No such file or directory")


def test_three_files_are_too_few_and_what_helps_is_said(tmp_path: Path) -> None:
    said = refusal(fill(tmp_path, 3))
    assert said.startswith("3 MIDI files gave 12 different loops of 3 songs: too few")
    assert "more songs would help" in said


def test_one_song_fifty_times_is_one_song(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.mid").write_bytes(bass_and_drums(1))
    assert refusal(tmp_path).startswith("50 MIDI files gave 4 different loops of 1 song")


def test_files_of_one_song_with_other_bytes_stay_together(tmp_path: Path) -> None:
    folder = fill(tmp_path, SONGS)
    content = bass_and_drums(0)
    more = content.replace(b"MTrk\x00\x00\x00", b"MTrk\x00\x00\x00", 1) + b"more at the end"
    (folder / "again.mid").write_bytes(more)
    loops, found = scan(folder, RULES)
    assert found.files == SONGS + 1
    assert len(set(loops.group.tolist())) == SONGS


def test_without_drums_the_channel_of_drums_is_told(tmp_path: Path) -> None:
    for number in range(8):
        bass = [(at * 480, 480, 36 + number) for at in range(64)]
        (tmp_path / f"{number}.mid").write_bytes(song(bass, []))
    assert "8 were skipped (no drums): drums are what channel 10 plays" in refusal(tmp_path)


def test_broken_files_are_skipped_and_counted(tmp_path: Path) -> None:
    folder = fill(tmp_path, SONGS)
    (folder / "broken.mid").write_bytes(bass_and_drums(99)[:-40])
    (folder / "text.mid").write_text("no MIDI at all")
    (folder / "empty.mid").write_bytes(b"")
    loops, found = scan(folder, RULES)
    assert len(found.skipped) >= 2
    assert len(loops) >= 4 * SONGS
    assert "skipped" in told(loops, found)


def test_only_broken_files_are_a_refusal(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.mid").write_bytes(b"MThd, or so")
    assert "9 were skipped (unreadable MIDI" in refusal(tmp_path)


def test_a_rule_that_costs_most_is_named_with_what_relaxes_it(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.mid").write_bytes(late_bass(number))
    assert "no bass note is on the first step (40 of 40" in refusal(tmp_path)
    assert "--no-first-bass" in refusal(tmp_path)


def test_a_locked_folder_is_said_to_be_locked(tmp_path: Path) -> None:
    locked = tmp_path / "songs"
    fill(locked, 1)
    for folder in tmp_path.parents[:3]:
        folder.chmod(folder.stat().st_mode | 0o111)
    locked.chmod(0)
    try:
        with as_nobody():
            assert "Permission denied" in refusal(locked)
    finally:
        locked.chmod(0o755)


def test_a_locked_folder_inside_is_told_and_passed_over(tmp_path: Path) -> None:
    folder = fill(tmp_path / "songs", SONGS)
    locked = fill(folder / "locked", 1)
    for above in (*tmp_path.parents[:3], tmp_path):
        above.chmod(above.stat().st_mode | 0o555)
    locked.chmod(0)
    try:
        with as_nobody():
            _, found = scan(folder, RULES)
    finally:
        locked.chmod(0o755)
    assert found.skipped == (("locked", "locked: Permission denied"),)


def test_a_file_too_large_for_a_song_is_passed_over_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fill(tmp_path, SONGS)
    (folder / "huge.mid").write_bytes(bytes(40_000))
    monkeypatch.setattr(archives, "LARGEST", 30_000)
    _, found = scan(folder, RULES)
    assert [name for name, _ in found.skipped] == ["huge.mid"]


def test_of_very_many_loops_some_of_every_song_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownscan, "MOST_LOOPS", 2 * SONGS)
    loops, found = scan(fill(tmp_path, SONGS), RULES)
    songs: list[int] = loops.song.tolist()
    assert set(Counter(songs).values()) == {2}
    assert f"learned from: {2 * SONGS} loops" in told(loops, found)


@given(st.sets(st.text(max_size=9), min_size=3, max_size=80))
def test_every_split_has_a_tenth_of_the_songs_and_one_at_least(groups: set[str]) -> None:
    names = placed(groups)
    assert set(names) == groups
    counts = Counter(split_of(name) for name in names.values())
    for split in (Split.VALIDATION, Split.TEST):
        assert 1 <= counts[split] <= max(1, len(groups) // 4)
    assert placed(groups) == names


def test_songs_of_equal_bars_are_one_loop_each(tmp_path: Path) -> None:
    for number in range(SONGS):
        (tmp_path / f"{number}.mid").write_bytes(groove(9, [number % 8]))
    assert "exact copies" in refusal(tmp_path)


def test_melodies_are_counted_and_twins_left_out(tmp_path: Path) -> None:
    folder = fill_with_tunes(tmp_path, 8)
    (folder / "again.mid").write_bytes((folder / "tune 3.mid").read_bytes())
    found = read_tunes(folder, "")
    assert (found.files, len(found.pieces)) == (9, 8)
    assert found.left_out == {"the same melody again": 1}
    data = found.as_set()
    assert set(data.splits) == set(Split)


def test_too_few_melodies_are_refused_with_what_helps(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.mid").write_bytes(song([], [(at * 480, 60, 36) for at in range(8)]))
    with pytest.raises(MidiFileError, match=r"9 were left out \(no melody\): name the track"):
        read_tunes(tmp_path, "")

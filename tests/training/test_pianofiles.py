"""MIDI files as piano pieces: the grid, the bar lines, the end, and what is refused."""

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwright.engine.errors import MidiFileError
from loopwright.engine.pianotokens import PianoNote
from loopwright.training.dataset import Split
from loopwright.training.pianofiles import read_piece
from loopwright.training.pianoset import PianoSet, counts, load, read_archive, save, splits_of

TPB = 480
STEP = TPB // 4


def midi(*events: tuple[int, mido.Message | mido.MetaMessage], tpb: int = TPB) -> bytes:
    """Return a file of one track; each event with its tick."""
    file = mido.MidiFile(ticks_per_beat=tpb)
    track = mido.MidiTrack()
    file.tracks.append(track)
    before = 0
    for tick, message in events:
        track.append(message.copy(time=tick - before))
        before = tick
    held = io.BytesIO()
    file.save(file=held)
    return held.getvalue()


def on(tick: int, pitch: int, velocity: int = 80) -> tuple[int, mido.Message]:
    return tick, mido.Message("note_on", note=pitch, velocity=velocity)


def off(tick: int, pitch: int) -> tuple[int, mido.Message]:
    return tick, mido.Message("note_off", note=pitch)


def meter(tick: int, beats: int, unit: int) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("time_signature", numerator=beats, denominator=unit)


def test_onset_and_end_go_to_the_nearest_step_each() -> None:
    piece = read_piece(midi(on(70, 60), off(70 + STEP, 60)))
    assert piece.notes == (PianoNote(1, 60, 1),)


def test_a_note_that_rounds_to_nothing_has_no_steps() -> None:
    assert read_piece(midi(on(0, 60), off(40, 60))).notes == (PianoNote(0, 60, 0),)


def test_of_two_notes_on_one_key_the_first_ends_first() -> None:
    events = on(0, 60), on(STEP, 60), off(2 * STEP, 60), on(4 * STEP, 60, 0)
    notes = read_piece(midi(*events)).notes
    assert notes == (PianoNote(0, 60, 2), PianoNote(1, 60, 3))


def test_a_note_that_never_ends_ends_with_the_track() -> None:
    piece = read_piece(midi(on(0, 60), (8 * STEP, mido.MetaMessage("end_of_track"))))
    assert piece.notes == (PianoNote(0, 60, 8),)


def test_bar_lines_follow_the_meter_and_its_changes() -> None:
    events = meter(0, 3, 4), on(0, 60), off(STEP, 60), meter(24 * STEP, 6, 8), on(30 * STEP, 60)
    piece = read_piece(midi(*events, off(40 * STEP, 60)))
    assert piece.bars == (0, 12, 24, 36)


def test_without_a_meter_it_is_four_four() -> None:
    assert read_piece(midi(on(0, 60), off(33 * STEP, 60))).bars == (0, 16, 32)


def test_a_pedal_after_the_last_note_still_has_its_bar() -> None:
    pedal = (40 * STEP, mido.Message("control_change", control=64, value=0))
    assert read_piece(midi(on(0, 60), off(STEP, 60), pedal)).bars == (0, 16, 32)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable"),
        (b"RIFF....", "unreadable"),
        (midi(), "no notes"),
        (midi(on(0, 60), off(2_000_000 * STEP, 60)), "longer than"),
    ],
    ids=["empty", "no MIDI", "no notes", "endless"],
)
def test_what_is_no_piece_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(MidiFileError, match=reason):
        read_piece(content)


def archive(path: Path, *names: str) -> Path:
    """Write an archive; the n-th file has n + 1 notes."""
    with zipfile.ZipFile(path, "w") as bundle:
        for count, name in enumerate(names, 1):
            notes = [
                event
                for n in range(count)
                for event in (on(n * STEP, 60), off(n * STEP + STEP, 60))
            ]
            bundle.writestr(name, midi(*notes))
    return path


def small_set() -> PianoSet:
    splits = (Split.TRAIN, Split.VALIDATION, Split.TEST)
    names = ("a", "b", "c")
    return PianoSet(np.arange(15, dtype=np.uint8), np.array([4, 5, 6]), names, splits)


def test_the_folder_of_a_file_says_whether_it_is_for_the_test(tmp_path: Path) -> None:
    names = [f"train/{n}.mid" for n in range(40)] + ["test/x.mid"]
    data = read_archive(archive(tmp_path / "a.zip", *names))
    splits = dict(zip(data.names, data.splits, strict=True))
    assert [name for name, split in splits.items() if split is Split.TEST] == ["test/x.mid"]
    assert {splits[name] for name in names[:-1]} == {Split.TRAIN, Split.VALIDATION}


def test_songs_of_one_group_stay_together(tmp_path: Path) -> None:
    names = tuple(f"{n}.mid" for n in range(40))
    groups = {name: str(n // 4) for n, name in enumerate(names)}
    splits = splits_of(names, groups)
    assert len(set(splits)) > 1
    assert all(len(set(splits[n : n + 4])) == 1 for n in range(0, 40, 4))


def test_a_file_without_music_is_skipped(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", "one.mid")
    with zipfile.ZipFile(path, "a") as bundle:
        bundle.writestr("two.mid", b"nothing")
    assert read_archive(path).names == ("one.mid",)


def test_windows_begin_within_their_piece() -> None:
    data = small_set()
    assert data.starts(4).tolist() == [0, 4, 5, 9, 10, 11]
    assert data.starts(4, stride=2).tolist() == [0, 4, 9, 11]
    assert data.part(Split.TEST).tokens.tolist() == list(range(9, 15))


def test_a_data_set_comes_back_from_its_file(tmp_path: Path) -> None:
    save(small_set(), tmp_path / "x.npz")
    back = load(tmp_path / "x.npz")
    assert counts(back) == counts(small_set())
    assert (back.names, back.splits) == (small_set().names, small_set().splits)
    with pytest.raises(MidiFileError, match="cannot read"):
        load(tmp_path / "none.npz")
    for nothing in (b"", b"no data set"):
        (tmp_path / "y.npz").write_bytes(nothing)
        with pytest.raises(MidiFileError, match=r"y\.npz: File is not a zip file$"):
            load(tmp_path / "y.npz")


@pytest.mark.parametrize(
    "kind", ["'shape': (3,  }", "'shape': (99999999999999,)}", "[1]: 2}", "'shape': (-1,)}"]
)
def test_an_array_of_an_impossible_kind_is_refused(kind: str, tmp_path: Path) -> None:
    told = f"{{'descr': '|u1', 'fortran_order': False, {kind}".ljust(117).encode() + b"\n"
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as held:
        held.writestr("names.npy", b"\x93NUMPY\x01\x00" + bytes([len(told), 0]) + told)
    with pytest.raises(MidiFileError, match="cannot read the data set"):
        load(tmp_path / "x.npz")


@given(place=st.integers(0, 1500), byte=st.integers(0, 255), end=st.integers(0, 1500))
@settings(max_examples=200, deadline=None)
def test_a_data_set_that_is_damaged_is_refused_or_read(place: int, byte: int, end: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.npz"
        save(small_set(), path)
        held = bytearray(path.read_bytes())
        held[place % len(held)] = byte
        path.write_bytes(held[: end or None])
        with suppress(MidiFileError):  # and nothing else comes out of it
            load(path)


@pytest.mark.parametrize("spoilt", [{"tokens": np.array([200], np.uint8)}, {"names": ("a",)}])
def test_a_data_set_that_does_not_fit_together_is_refused(
    spoilt: dict[str, Any], tmp_path: Path
) -> None:
    save(replace(small_set(), **spoilt), tmp_path / "x.npz")
    with pytest.raises(MidiFileError, match="not"):
        load(tmp_path / "x.npz")

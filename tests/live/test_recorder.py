# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

from pathlib import Path

import mido
import pytest

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds, Tick, Timeline
from loopwright.live.recorder import write
from loopwright.live.tape import Sent
from loopwright.live.taping import Taping

LINE = Timeline(Tick(0), Seconds(10.0), Seconds(0.02))  # 125 BPM


def sent(part: Part, data: bytes, at: float) -> Sent:
    return Sent(part, data, Seconds(at))


TOLD = (
    LINE,
    sent(Part.DRUMS, b"\x99\x24\x64", 10.0),
    sent(Part.BASS, b"\x90\x28\x50", 10.12),
    sent(Part.DRUMS, b"\x89\x24\x40", 10.12),
    sent(Part.BASS, b"\x80\x28\x40", 10.24),
)


def test_a_take_is_written_in_ticks_of_its_tempo(tmp_path: Path) -> None:
    write(TOLD, tmp_path / "take.mid")
    file = mido.MidiFile(tmp_path / "take.mid")
    assert (file.type, file.ticks_per_beat) == (1, 480)
    tempo = [m for m in file.tracks[0] if m.type == "set_tempo"]
    assert [(m.time, m.tempo) for m in tempo] == [(0, 480000)]
    assert [track.name for track in file.tracks[1:]] == ["Drums", "Bass"]
    drums, bass = ([(m.time, m.type) for m in t if not m.is_meta] for t in file.tracks[1:])
    assert drums == [(0, "note_on"), (120, "note_off")]
    assert bass == [(120, "note_on"), (120, "note_off")]


def test_a_new_start_goes_on_in_the_next_bar(tmp_path: Path) -> None:
    again = Timeline(Tick(0), Seconds(20.0), Seconds(0.01))
    write((*TOLD, again, sent(Part.DRUMS, b"\x99\x24\x64", 20.0)), tmp_path / "take.mid")
    file = mido.MidiFile(tmp_path / "take.mid")
    ticks = [m.time for m in file.tracks[1] if not m.is_meta]
    assert sum(ticks) == 4 * 480
    assert [m.time for m in file.tracks[0] if m.type == "set_tempo"] == [0, 1920]


def test_nothing_is_overwritten_and_an_empty_take_leaves_no_file(tmp_path: Path) -> None:
    there = tmp_path / "there.mid"
    there.write_bytes(b"mine")
    with pytest.raises(MidiFileError, match="not overwritten"):
        Taping(str(there))
    taping = Taping(str(tmp_path / "new" / "take.mid"))
    assert "nothing" in taping.save()
    assert not taping.path.exists()
    for value in TOLD:
        taping.take(value)
    assert str(taping.path) in taping.save()
    assert taping.path.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MidiFileError, match="cannot be made"):
        Taping(str(tmp_path / "file" / "take.mid"))
    with pytest.raises(MidiFileError, match="cannot be made"):
        Taping(str(tmp_path / ("x" * 300) / "take.mid"))

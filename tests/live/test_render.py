from pathlib import Path

import pytest
from model_twin import TwinModel

from loopwright.engine.errors import MidiFileError, PresetError, SettingError
from loopwright.engine.keys import Key
from loopwright.engine.notes import Part
from loopwright.engine.preset import Preset
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.export.takefile import read_take
from loopwright.live.files import check_folder, write_files
from loopwright.live.options import RenderOptions
from loopwright.live.render import (
    Batch,
    batch_of,
    files_of,
    loops_of,
    read_seed,
)


def test_the_same_batch_gives_the_same_bytes() -> None:
    preset, batch = Preset("dusk"), Batch(loops=5, seed=7)
    first = files_of(loops_of(TwinModel(), batch), preset, 120)
    assert files_of(loops_of(TwinModel(), batch), preset, 120) == first
    assert files_of(loops_of(TwinModel(), Batch(loops=5, seed=8)), preset, 120) != first
    assert len(set(first.values())) == 5


def test_loops_stay_in_the_key_of_the_first() -> None:
    loops = list(loops_of(TwinModel(), Batch(loops=8, seed=7)))
    assert len({loop.key for loop in loops}) == 1
    told = list(loops_of(TwinModel(), Batch(loops=3, seed=7, key=Key(1))))
    assert {loop.key for loop in told} == {Key(1)}


def test_free_loops_keep_their_own_keys() -> None:
    together = loops_of(TwinModel(), Batch(loops=12, seed=7))
    free = list(loops_of(TwinModel(), Batch(loops=12, seed=7, free=True)))
    assert len({loop.key for loop in free}) > 1
    assert [loop.of(Part.DRUMS) for loop in free] == [loop.of(Part.DRUMS) for loop in together]


def test_files_are_called_like_samples() -> None:
    batch = Batch(loops=2, seed=7, key=Key(9, minor=True))
    names = list(files_of(loops_of(TwinModel(), batch), Preset("first-light"), 120))
    assert names == ["first-light_8bar_120bpm_Am_01.mid", "first-light_8bar_120bpm_Am_02.mid"]
    name = next(iter(files_of(loops_of(TwinModel(), batch), Preset("dusk"), 92.5)))
    assert name == "dusk_8bar_92.5bpm_Am_01.mid"


def test_what_is_there_stays_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "b.mid").write_bytes(b"mine")
    with pytest.raises(SettingError, match=r"b\.mid exists already: .* --force"):
        write_files(tmp_path, {"a.mid": b"1", "b.mid": b"2"}, force=False)
    assert [f.name for f in tmp_path.iterdir()] == ["b.mid"]
    assert (tmp_path / "b.mid").read_bytes() == b"mine"
    write_files(tmp_path, {"a.mid": b"1", "b.mid": b"2"}, force=True)
    assert (tmp_path / "b.mid").read_bytes() == b"2"


@pytest.mark.parametrize("force", [False, True])
def test_all_files_are_written_or_none(tmp_path: Path, *, force: bool) -> None:
    names = ["a.mid", "b.mid", f"{'x' * 300}.mid", "d.mid"]
    if force:
        (tmp_path / names[0]).write_bytes(b"mine")
    with pytest.raises(PresetError, match=r"x\.mid cannot be written: File name too long"):
        write_files(tmp_path, dict.fromkeys(names, b"1"), force=force)
    assert [file.name for file in tmp_path.iterdir()] == (names[:1] if force else [])


def test_a_folder_is_made_or_refused(tmp_path: Path) -> None:
    check_folder(tmp_path / "deep" / "er")
    assert list((tmp_path / "deep" / "er").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="cannot be written"):
        check_folder(tmp_path / "file" / "below")


def test_the_preset_speaks_where_the_options_are_silent() -> None:
    preset = Preset("dusk", parameters={"temperature": 0.7}, key=Key(2), low=30, high=50, seed=5)
    batch = batch_of(RenderOptions(loops=1, out="."), preset)
    assert (batch.sampling.temperature, batch.key, batch.seed) == (0.7, Key(2), 5)
    assert (batch.low, batch.high) == (30, 50)
    told = RenderOptions(1, ".", seed=6, key=Key(3), low=20, settings=(("temperature", 1.5),))
    batch = batch_of(told, preset)
    assert (batch.sampling.temperature, batch.key, batch.seed) == (1.5, Key(3), 6)
    assert (batch.low, batch.high) == (20, 50)
    with pytest.raises(SettingError, match=r"the bass needs an octave, 45\.\.50"):
        batch_of(RenderOptions(1, ".", low=45), preset)


def test_without_a_seed_chance_is_fresh() -> None:
    seeds = {batch_of(RenderOptions(1, "."), Preset("dusk")).seed for _ in range(4)}
    assert len(seeds) > 1


def test_a_clip_is_a_seed_again_whatever_its_drum_map(tmp_path: Path) -> None:
    preset = Preset("dusk", drum_map={**DRUM_OUT, Drum.KICK: 24})
    batch = Batch(loops=1, seed=7)
    loop = next(iter(loops_of(TwinModel(), batch)))
    (content,) = files_of([loop], preset, 120).values()
    (tmp_path / "clip.mid").write_bytes(content)
    assert read_seed(tmp_path / "clip.mid", preset).notes == loop.notes
    assert read_take(content, "clip").notes != loop.notes
    with pytest.raises(MidiFileError, match=r"none\.mid cannot be read: No such file"):
        read_seed(tmp_path / "none.mid", preset)

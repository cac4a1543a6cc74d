from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from small_preset import GRAPH, library_in, make_preset

from loopwright.engine.duet import Duet
from loopwright.engine.errors import PresetError
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.export.presetfile import read_folder, verify
from loopwright.export.takefile import read_take
from loopwright.export.tunefile import read_tune
from loopwright.live import keeper as keeping_thread
from loopwright.live import keptnow
from loopwright.live.keeper import NO_TIME, Keeper
from loopwright.live.keeping import keep, keep_phrase, lock_of, tidied
from loopwright.live.keptnow import NOTHING, kept_now
from loopwright.live.library import Opened, Place, open_preset
from loopwright.live.phrasetokens import with_tokens
from loopwright.live.program import Program

LOOP = Loop(
    (Note(0, 6, 36, 97, Part.DRUMS), Note(6, 762, 41, 81, Part.BASS)), (5, 7), "ab" * 32, Key(5)
)
DUET = Duet(
    (
        Note(0, 24, 57, 80, Part.MELODY),
        Note(24, 40, 60, 90, Part.MELODY),
        Note(96, 48, 64, 70, Part.MELODY),
    ),
    96,
    288,
    Key(9, minor=True),
)
LEAD = Path(__file__).parents[2] / "presets" / "lead"


def test_a_loop_goes_into_ones_own_preset_and_comes_back(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.user / "dusk")
    first = keep(library, open_preset(library, "dusk"), LOOP, 93)
    second = keep(library, first.opened, LOOP, 120)
    assert (first.name, second.name) == ("01", "02")
    there = open_preset(library, "dusk").preset
    assert [saved.loop for saved in there.loops] == [LOOP, LOOP]
    assert (there.saved("01").tempo, there.saved("02").tempo) == (93, 120)
    assert first.midi == library.user / "dusk" / "loops" / "dusk_8bar_93bpm_F_01.mid"
    assert [n.pitch for n in read_take(first.midi.read_bytes(), "clip").notes] == [36, 41]


def test_a_measured_tempo_is_tidied() -> None:
    assert [tidied(t) for t in (119.96, 120.04, 92.5, 92.503)] == [120, 120, 92.5, 92.5]


def test_a_shipped_preset_stays_as_it_is(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    before = {p: p.read_bytes() for p in library.shipped.rglob("*") if p.is_file()}
    opened = open_preset(library, "dusk")
    keep(library, opened, LOOP, 120)
    kept = keep(library, opened, LOOP, 120)
    assert {p: p.read_bytes() for p in library.shipped.rglob("*") if p.is_file()} == before
    assert kept.opened.found.place is Place.USER
    mine = open_preset(library, "dusk-kept")
    assert [saved.loop for saved in mine.preset.loops] == [LOOP, LOOP]
    assert mine.preset.models == opened.preset.models
    assert (mine.found.folder / "MODEL_CARD.md").is_file()


def test_another_model_of_the_same_name_gets_a_preset_of_its_own(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    old = make_preset(library.shipped / "dusk")
    keep(library, open_preset(library, "dusk"), LOOP, 120)
    (library.shipped / "dusk").rename(tmp_path / "old")
    new = make_preset(library.shipped / "dusk")
    text = (new.folder / "preset.toml").read_text()
    (new.folder / "loop.onnx").write_bytes(b"newer")
    newer = make_newer(text, new.folder)
    (new.folder / "preset.toml").write_text(newer)
    kept = keep(library, open_preset(library, "dusk"), LOOP, 120)
    assert kept.opened.found.name == "dusk-kept-2"
    assert old.preset.models != kept.opened.preset.models
    verify(read_folder(library.user / "dusk-kept"))
    verify(read_folder(library.user / "dusk-kept-2"))


def make_newer(text: str, folder: Path) -> str:
    old = sha256(GRAPH).hexdigest()
    return text.replace(old, sha256((folder / "loop.onnx").read_bytes()).hexdigest())


def test_a_clip_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    folder = make_preset(library.user / "dusk").folder
    (folder / "loops").mkdir()
    mine = folder / "loops" / "dusk_8bar_120bpm_F_01.mid"
    mine.write_bytes(b"mine")
    kept = keep(library, open_preset(library, "dusk"), LOOP, 120)
    assert kept.name == "02"
    assert mine.read_bytes() == b"mine"


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    library.user.write_text("in the way")
    with pytest.raises(PresetError, match="cannot be written"):
        keep(library, open_preset(library, "dusk"), LOOP, 120)
    assert library.user.read_text() == "in the way"


def test_a_phrase_goes_beside_the_loops_and_comes_back(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    opened = open_preset(library, "dusk")
    first = keep_phrase(library, opened, DUET, 119.98)
    keep(library, opened, LOOP, 120)
    second = keep_phrase(library, opened, DUET, 90)
    assert (first.name, second.name) == ("01", "02")
    there = open_preset(library, "dusk-kept").preset
    assert [(saved.duet, saved.tempo) for saved in there.phrases] == [(DUET, 120), (DUET, 90)]
    assert len(there.loops) == 1
    folder = library.user / "dusk-kept" / "phrases"
    assert first.midi == folder / "dusk-kept_3bar_120bpm_Am_phrase_01.mid"
    tune = read_tune(first.midi.read_bytes(), "clip")
    assert [(n.tick, n.pitch) for n in tune.notes] == [(0, 64)]  # the track named Melody


def program(opened: Opened, melody: Path | None) -> Program:
    return Program(None, opened, opened.preset, melody, strange=False, kept=None)


def test_what_a_jam_keeps_has_the_tokens_of_the_model_that_answered(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.user / "dusk")
    playing = program(open_preset(library, "dusk"), LEAD)
    assert "phrase kept as 01 in " in kept_now(library, playing, DUET, 120)
    assert "kept as 01 in " in kept_now(library, playing, LOOP, 120)
    assert kept_now(library, playing, None, 120) == NOTHING
    (saved,) = open_preset(library, "dusk").preset.phrases
    assert saved.duet == with_tokens(DUET, 120, LEAD)
    assert len(saved.duet.tokens) > len(DUET.notes)
    assert len(saved.duet.model) == 64
    assert saved.duet.notes == DUET.notes


def test_a_phrase_of_more_tokens_than_a_preset_holds_is_notes_alone(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.user / "dusk")
    notes = (Note(6 * n % 6000, 6, 21 + n // 1000, 80, Part.MELODY) for n in range(3000))
    dense = Duet(tuple(sorted(notes)), 0, 6000)
    playing = program(open_preset(library, "dusk"), LEAD.parent / "piano")
    assert "phrase kept as 01 in " in kept_now(library, playing, dense, 120)
    (saved,) = open_preset(library, "dusk").preset.phrases
    assert saved.duet == dense


def test_without_a_melody_model_a_phrase_is_notes_alone(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.user / "dusk")
    for folder in (None, tmp_path / "nowhere"):
        kept_now(library, program(open_preset(library, "dusk"), folder), DUET, 120)
    assert [s.duet for s in open_preset(library, "dusk").preset.phrases] == [DUET, DUET]


@pytest.mark.parametrize("length", [59, 60, 64])
def test_what_is_kept_of_a_long_name_comes_back_under_one_that_is_cut(
    tmp_path: Path, length: int
) -> None:
    library, name = library_in(tmp_path), "x" * length
    make_preset(library.shipped / name)
    for number in ("", "-2"):
        kept = keep(library, open_preset(library, name), LOOP, 120).opened
        assert kept.found.name == f"{name[: 59 - len(number)]}-kept{number}"
        assert [saved.loop for saved in open_preset(library, kept.found.name).preset.loops] == [
            LOOP
        ]
        (kept.found.folder / "preset.toml").unlink()  # it is in the way of the next one


def test_jams_that_keep_at_once_lose_nothing(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    opened = open_preset(library, "dusk")

    def jam(number: int) -> None:
        """Keep a few, as a program of its own would: nothing but the disk is shared."""
        for _ in range(3):
            keep(library, opened, LOOP, 120 + number)
            keep_phrase(library, opened, DUET, 120 + number)

    with ThreadPoolExecutor(4) as jams:
        list(jams.map(jam, range(4)))
    preset = open_preset(library, "dusk-kept").preset
    for kept, kind in ((preset.loops, "loops"), (preset.phrases, "phrases")):
        assert sorted(saved.name for saved in kept) == [f"{n:02}" for n in range(1, 13)]
        assert len(list((library.user / "dusk-kept" / kind).iterdir())) == 12


def test_where_no_lock_can_be_made_a_loop_is_kept_all_the_same(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    make_preset(library.user / "dusk")
    lock_of(library).mkdir()
    assert keep(library, open_preset(library, "dusk"), LOOP, 93).name == "01"


@pytest.mark.parametrize("locked", [True, False])
def test_many_that_are_kept_at_once_are_all_there(tmp_path: Path, *, locked: bool) -> None:
    library = library_in(tmp_path)
    make_preset(library.shipped / "dusk")
    if not locked:
        lock_of(library).mkdir()
    playing, said = program(open_preset(library, "dusk"), None), list[str]()
    keeper = Keeper(library, said.append)
    for what in (LOOP, DUET, None) * 3:
        keeper.keep(playing, what, 120)
    words = keeper.close()
    assert len(words) == 9
    assert words.count(NOTHING) == 3
    preset = open_preset(library, "dusk-kept").preset
    for kept in (preset.loops, preset.phrases):
        assert sorted(saved.name for saved in kept) == ["01", "02", "03"]
    keeper.watch()
    assert said == []


def test_what_is_not_saved_at_the_end_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, disk = library_in(tmp_path), Event()
    make_preset(library.shipped / "dusk")

    def slow(*_: object) -> str:
        disk.wait(30)
        return "kept"

    monkeypatch.setattr(keptnow, "kept_now", slow)
    keeper = Keeper(library, print)
    keeper.keep(program(open_preset(library, "dusk"), None), LOOP, 120)
    with monkeypatch.context() as hurry:
        hurry.setattr(keeping_thread, "PATIENCE", 0.0)
        assert keeper.close() == [NO_TIME]
    disk.set()
    assert keeper.close() == ["kept"]

"""What `loopwright presets` prints and writes, and the one line for each thing that is wrong."""

import io
import shutil
import wave
from dataclasses import replace
from pathlib import Path

import pytest
from good_files import files_in
from small_preset import make_preset

from loopwright.engine.duet import Duet
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import Preset, SavedLoop, SavedPhrase
from loopwright.export.midiread import read_tracks
from loopwright.export.pack import pack_to
from loopwright.export.presetfile import create, read_folder, with_kept, write
from loopwright.live.audition import FONTS, PROGRAM
from loopwright.live.cli import main
from loopwright.live.keeping import keep, keep_phrase
from loopwright.live.library import open_preset, system_library
from loopwright.live.presets_diff import differences

LOOP = Loop(
    (Note(0, 6, 36, 97, Part.DRUMS), Note(6, 90, 41, 81, Part.BASS)),
    (5, 7),
    "ab" * 32,
    Key(9, True),
)
DRUMS = Loop(LOOP.notes[:1])
DUET = Duet(
    (Note(0, 24, 57, 80, Part.MELODY), Note(96, 48, 64, 70, Part.MELODY)),
    96,
    200,
    Key(9, True),
    "folk",
    (1, 2, 3),
    "cd" * 32,
)
SHIPPED = Path(__file__).parents[2] / "presets"
SOUND = shutil.which(PROGRAM) and any(Path(font).is_file() for font in FONTS)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path


def with_loops(folder: Path, *loops: Loop) -> Path:
    folder.mkdir(parents=True)
    create(folder, Preset(folder.name, says="loops alone"))
    for number, loop in enumerate(loops, 1):
        write(with_kept(read_folder(folder), SavedLoop(f"{number:02}", loop, 120.0)))
    return folder


def with_phrase(folder: Path, name: str = "01", duet: Duet = DUET) -> Path:
    write(with_kept(read_folder(folder), SavedPhrase(name, duet, 93.0)))
    return folder


def told(capsys: pytest.CaptureFixture[str], words: str, status: int = 0) -> str:
    assert main(["presets", *words.split()]) == status
    out, err = capsys.readouterr()
    assert (out if status else err) == ""
    assert not status or err.count("\n") == 1
    return err if status else out


def test_show_tells_everything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_preset(home / "dusk").folder
    write(with_kept(read_folder(folder), SavedLoop("01", LOOP, 93)))
    file = folder / "preset.toml"
    extra = 'schema = 2\nmood = "blue"\nseed = 7\nkey = "Am"\n'
    text = file.read_text().replace("schema = 2\n", extra)
    file.write_text(text.replace("[parameters]", "[parameters]\nswing = 0.25"))
    shown = told(capsys, "show dusk")
    for line in (
        *("for tests", "schema     2", "tempo      120", "key        Am", "seed       7"),
        *("bass       E1 (28)-G3 (55)", "channels   drums 10, bass 1, melody 2"),
        *("setting    swing 0.25", "as usual   temperature,", "model      loop"),
        *("licence code     none stated", "licence weights  CC BY 4.0"),
        "loop       01: Am, 93 bpm, 2 notes (1 of drums, 1 of bass), 2 codes of abababababababab",
        *("other      mood (kept as it is)", "card       "),
    ):
        assert f"\n  {line}" in shown


def test_a_stranger_s_words_do_not_command_the_terminal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "dusk").mkdir()
    text = 'schema = 2\nname = "dusk"\ndescription = "a\\u001b[2Jb\\nc"\n"x\\u001b[2J" = 1\n'
    (home / "dusk" / "preset.toml").write_text(text)
    assert "\x1b" not in told(capsys, "show dusk") + told(capsys, "list")
    (home / "dusk" / "preset.toml").write_text('schema = 2\nname = "\\u001b[2J"\n')
    assert "\x1b" not in told(capsys, "list") + told(capsys, "show dusk", 2)


def test_a_long_description_is_cut_between_words_and_that_is_shown(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "dusk").mkdir()
    create(home / "dusk", Preset("dusk", says="low and slow " * 9))
    assert told(capsys, "list").splitlines()[0].endswith(" slow low and slow low ...")


def test_list_tells_where_and_in_which_order(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_loops(home / "dusk")
    pack_to(read_folder(with_loops(home / "elsewhere" / "dawn")), home / "dawn.loopwright")
    with_loops(home / "home" / "presets" / "dusk")
    lines = told(capsys, "list").splitlines()
    shipped = [[toml.parent.name, "shipped"] for toml in sorted(SHIPPED.glob("*/preset.toml"))]
    assert [line.split()[:2] for line in lines[:-1]] == [
        *(["dusk", "here"], ["dusk", "yours"], *shipped, ["dawn", "packed"]),
    ]
    assert lines[1].endswith("(hidden by the one above)")
    assert lines[-1].startswith(f"searched in this order: here: {home}; yours: {home / 'home'}")


def test_diff_tells_settings_models_and_loops(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = with_loops(home / "old", LOOP, LOOP)
    shutil.copytree(old, home / "new")
    file = home / "new" / "preset.toml"
    fresh = file.read_text().replace("tempo = 120.0", "tempo = 93.0", 1)
    file.write_text(
        fresh.replace("[6, 90, 41", "[6, 90, 43", 1).replace('name = "02"', 'name = "03"')
    )
    lines = told(capsys, "diff old new").splitlines()
    assert lines[0] == "tempo: 120 -> 93"
    assert "  loop 01: 1 note gone, 1 note new" in lines
    assert [line[:18] for line in lines[-2:]] == ["- loop       02: A", "+ loop       03: A"]
    assert told(capsys, "diff old old") == "no difference\n"
    assert differences(Preset("a"), make_preset(home / "model").preset)[0].endswith("-> for tests")


def test_clips_are_exported_whole_and_by_part(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_loops(home / "dusk", LOOP, DRUMS)
    assert (
        told(capsys, "export dusk --out out --parts --png") == "2 loops of dusk in out: 7 files\n"
    )
    names = [
        *("dusk_8bar_120bpm_02.mid", "dusk_8bar_120bpm_02.png", "dusk_8bar_120bpm_02_drums.mid"),
        *("dusk_8bar_120bpm_Am_01.mid", "dusk_8bar_120bpm_Am_01.png"),
        *("dusk_8bar_120bpm_Am_01_bass.mid", "dusk_8bar_120bpm_Am_01_drums.mid"),
    ]
    assert sorted(file.name for file in (home / "out").iterdir()) == names
    for name, part in (("drums", "Drums"), ("bass", "Bass")):
        content = (home / "out" / f"dusk_8bar_120bpm_Am_01_{name}.mid").read_bytes()
        tracks = read_tracks(content, name)
        assert len(tracks) == 2
        assert [track[0].name for track in tracks][1] == part
        assert {track[-1].tick for track in tracks} == {768}
    assert "exists already" in told(capsys, "export dusk --out out", 2)
    assert told(capsys, "export dusk --out out --loop 01 --force").endswith("1 file\n")


def test_phrases_are_shown_compared_and_counted(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_phrase(with_loops(home / "old", LOOP))
    other = replace(DUET, notes=(*DUET.notes, Note(150, 6, 60, 70, Part.MELODY)))
    with_phrase(with_phrase(with_loops(home / "new", LOOP), duet=other), "02")
    line = "phrase     01: Am, 93 bpm, 3 bars, 1 note played, {} in answer, style folk, 3 tokens"
    assert f"\n  {line.format(1)} of cdcdcdcdcdcdcdcd\n" in told(capsys, "show old") + "\n"
    assert "other" not in told(capsys, "show old")
    lines = told(capsys, "diff old new").splitlines()
    assert [one[: len(line) - 30] for one in lines[:2]] == [
        f"- {line.format(1)}"[: len(line) - 30],
        f"+ {line.format(2)}"[: len(line) - 30],
    ]
    assert lines[2] == "  phrase 01: 0 notes gone, 1 note new"
    assert lines[3].startswith("+ phrase     02: Am")
    listed = told(capsys, "list").splitlines()
    assert [one.endswith("[3 kept]") for one in listed[:2]] == [True, False]
    assert listed[1].endswith("[2 kept]")


def test_phrases_are_exported_whole_and_by_side(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_phrase(with_loops(home / "dusk", LOOP))
    says = "1 loop and 1 phrase of dusk in out: 6 files\n"
    assert told(capsys, "export dusk --out out --parts") == says
    stem = "dusk_3bar_93bpm_Am_phrase_01"
    for side, tracks in (("", ["Seed", "Melody"]), ("_played", ["Seed"]), ("_answer", ["Melody"])):
        read = read_tracks((home / "out" / f"{stem}{side}.mid").read_bytes(), side)
        assert [track[0].name for track in read][1:] == tracks
        assert {track[-1].tick for track in read} == {3 * 96}
    assert told(capsys, "export dusk --phrase 01 --out one").endswith("1 file\n")
    assert [file.name for file in (home / "one").iterdir()] == [f"{stem}.mid"]
    assert "no phrase '02'" in told(capsys, "export dusk --phrase 02 --out two", 2)
    with_phrase(home / "dusk", "00", Duet((), 0, 0))
    assert told(capsys, "export dusk --phrase 00 --parts --out silent").endswith("1 file\n")


def test_what_is_packed_here_is_the_same_there(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loops and phrases of a packed preset are the same bytes as MIDI in an empty home."""
    make_preset(home / "first" / "presets" / "dusk")
    library = replace(system_library(), user=home / "first" / "presets", here=home / "nowhere")
    opened = open_preset(library, "dusk")
    keep(library, opened, LOOP, 120.0)
    keep_phrase(library, opened, DUET, 93.0)
    packed = told(capsys, f"pack {home / 'first' / 'presets' / 'dusk'} --out dusk.loopwright")
    assert packed.startswith("dusk.loopwright: ")
    told(capsys, f"export {home / 'first' / 'presets' / 'dusk'} --parts --out before")
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(home / "second"))
    told(capsys, "unpack dusk.loopwright")
    told(capsys, "export dusk --parts --out after")
    assert len(list((home / "before").iterdir())) == 6
    assert files_in(home / "before") == files_in(home / "after")
    first, second = (home / one / "presets" / "dusk" for one in ("first", "second"))
    assert files_in(first) == files_in(second)


@pytest.mark.skipif(not SOUND, reason="no fluidsynth with a General MIDI sound font here")
def test_a_preview_sounds(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_loops(home / "dusk", LOOP)
    assert told(capsys, "export dusk --out out --wav") == "1 loop of dusk in out: 2 files\n"
    with wave.open(str(home / "out" / "dusk_8bar_120bpm_Am_01.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (44100, 2)
        assert sound.getnframes() >= 16 * 44100  # eight bars at 120
        assert any(sound.readframes(44100))


BAD = [
    ("export dusk --loop 09", "no loop '09' was kept (kept: 01)"),
    ("export empty", "preset empty: nothing was kept"),
    ("export nope", "no such preset: 'nope'"),
    ("remove dusk", "dusk is not yours to change: it is here"),
    ("remove first-light --yes", "first-light is not yours to change: it is shipped"),
    ("remove mine", "mine stays: say --yes where there is no terminal to ask on"),
    ("rename mine other", "exists already: choose another name"),
    ("rename mine ../up", "'../up' is no name"),
    ("rename first-light x", "is not yours to change"),
    ("install dusk.loopwright --name ../up", "'../up' is no name: letters, digits"),
    ("install dusk.loopwright --name CON", "'CON' is no name: Windows keeps it for a device"),
    ("rename mine com1.x", "'com1.x' is no name: Windows keeps it for a device"),
    ("install none.loopwright", "no such file: none.loopwright"),
    ("install dusk", "no such file: dusk"),
    ("pack fake --light", "the loop model of fake does not ship with Loopwright"),
    ("diff dusk nope", "no such preset: 'nope'"),
    ("verify fake", "the model's description is damaged"),
]


@pytest.mark.parametrize(("words", "says"), BAD)
def test_what_is_wrong_is_told_and_nothing_changes(
    words: str, says: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack_to(read_folder(with_loops(home / "dusk", LOOP)), home / "dusk.loopwright")
    for name in ("mine", "other", "empty"):
        with_loops(home / "home" / "presets" / name)
    make_preset(home / "fake")
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert says in told(capsys, words, 2)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_without_fluidsynth_one_line_says_so(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_loops(home / "dusk", LOOP)
    monkeypatch.setenv("PATH", "")
    assert "--wav needs the program fluidsynth" in told(capsys, "export dusk --wav --out out", 2)
    assert not (home / "out").exists()


@pytest.mark.parametrize(
    ("answer", "stays"), [("y\n", False), ("\n", True), ("no\n", True), ("", True)]
)
def test_removing_asks(
    answer: str,
    stays: bool,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    folder = with_loops(home / "home" / "presets" / "dusk", LOOP)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = told(capsys, "remove dusk")
    assert said.endswith("dusk stays\n" if stays else "dusk is removed\n")
    assert "[1 kept])? [y/N]" in said
    assert folder.exists() is stays


@pytest.mark.parametrize(
    ("name", "says"),
    [("first-light", "32 codes out of 512"), ("backbeat", "128 codes out of 256")],
)
def test_the_sidecar_of_a_real_model_is_shown(
    capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    shown = told(capsys, f"show {name}")
    assert f"{says}, runs as cpu-int8, cpu-fp32, cuda-fp32" in shown
    assert "licence code     Apache-2.0" in shown
    assert "licence data     MIT, BSD, GPL" in shown


def test_a_light_pack_is_small_and_plays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "pack first-light --light --out mine.loopwright")
    assert (home / "mine.loopwright").stat().st_size < 20_000
    told(capsys, "install mine.loopwright --name mine")
    assert main(["render", "--preset", "mine", "--seed", "1", "--out", "a"]) == 0
    assert main(["render", "--preset", "first-light", "--seed", "1", "--out", "b"]) == 0
    a, b = (next((home / folder).glob("*_01.mid")) for folder in "ab")
    assert read_tracks(a.read_bytes(), "a")[1:] == read_tracks(b.read_bytes(), "b")[1:]

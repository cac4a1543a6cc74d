"""The real command, in this process: what it prints, its exit status, and what bad input gets."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import onnxruntime
import pytest
from small_preset import make_preset

from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import SavedLoop
from loopwright.export.midifile import Sheet, midi_bytes
from loopwright.export.pack import pack_to
from loopwright.export.presetfile import read_folder, with_kept, write
from loopwright.live import portlist, trust
from loopwright.live.cli import UNHEARD, main
from loopwright.live.library import system_library

LONG = "x" * 300  # no system has names that long
KICK = Loop((Note(0, 6, 36, 100, Part.DRUMS),))


class TwoSynths:
    """A MIDI system with two outputs."""

    name = "alsa"
    outputs = ("Synth A", "Synth B")

    def inputs(self) -> tuple[str, ...]:
        """Return no inputs."""
        return ()


def two_synths(*_: object) -> TwoSynths:
    return TwoSynths()


def without_server(*_: object) -> None:
    """Join no JACK server: there is none."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, the user's presets below it, beside two synthesisers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(portlist, "find", two_synths)
    monkeypatch.setattr(portlist, "joined", without_server)
    return tmp_path


def files(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def wrong_hash(root: Path) -> None:
    (make_preset(root / "dusk").folder / "loop.onnx").write_bytes(b"another")


def missing_file(root: Path) -> None:
    (make_preset(root / "dusk").folder / "loop.onnx").unlink()


def later_schema(root: Path) -> None:
    (root / "dusk").mkdir()
    (root / "dusk" / "preset.toml").write_text('schema = 99\nname = "dusk"\n')


def no_model(root: Path) -> None:
    make_preset(root / "dusk")


def unnamed_model(root: Path) -> None:
    folder = make_preset(root / "dusk").folder
    (folder / "preset.toml").write_text('schema = 1\nname = "dusk"\n')


def other_sidecar(root: Path) -> None:
    file = make_preset(root / "dusk").folder / "preset.toml"
    (file.parent / "mine.json").write_text("{}")
    file.write_text(file.read_text().replace("loop.json", "mine.json"))


def broken_take(root: Path) -> None:
    (root / "take.mid").write_bytes(midi_bytes(KICK, Sheet())[:-9])


def high_take(root: Path) -> None:
    melody = Loop((Note(0, 6, 72, 90, Part.MELODY),))
    content = midi_bytes(melody, Sheet())
    (root / "take.mid").write_bytes(content)


def file_in_the_way(root: Path) -> None:
    (root / "out").write_text("mine")


def packed_twice(root: Path) -> None:
    make_preset(root / "dusk")
    (root / "dusk.loopwright").write_text("mine")


def no_zip(root: Path) -> None:
    (root / "dusk.loopwright").write_text("no zip")


def nothing(root: Path) -> None:
    """Leave the folder as it is."""


BAD: list[tuple[Callable[[Path], object], str, str]] = [
    (nothing, "render --preset nope", "no such preset: 'nope' (there are:"),
    (nothing, "jam --preset nope --midi-system none", "no such preset: 'nope' (there are:"),
    (wrong_hash, "jam --preset dusk --midi-system none", "loop.onnx is not the file"),
    (nothing, "presets show nope", "no such preset: 'nope'"),
    (nothing, "presets verify nope", "no such preset: 'nope'"),
    (nothing, "presets pack nope", "no such preset: 'nope'"),
    (wrong_hash, "render --preset dusk", "dusk: loop.onnx is not the file that its hash names"),
    (wrong_hash, "presets verify dusk", "dusk: loop.onnx is not the file that its hash names"),
    (wrong_hash, "presets pack dusk", "dusk: loop.onnx is not the file that its hash names"),
    (missing_file, "render --preset dusk", "dusk: loop.onnx is missing"),
    (missing_file, "presets verify dusk", "dusk: loop.onnx is missing"),
    (
        later_schema,
        "presets show dusk",
        "schema 99 is unknown: this Loopwright reads 1 to 2",
    ),
    (no_model, "render --preset dusk", "the model's description is damaged"),
    (unnamed_model, "render --preset dusk", "dusk: it has no model 'loop'"),
    (unnamed_model, "jam --preset dusk --midi-system none", "dusk: it has no model 'loop'"),
    (other_sidecar, "render --preset dusk", "the sidecar of its loop model is no loop.json"),
    (nothing, "render --seed-file take.mid", "take.mid cannot be read: No such file"),
    (broken_take, "render --seed-file take.mid", "take.mid cannot be read at byte"),
    (high_take, "render --seed-file take.mid", "take.mid holds no drums (channel 10) and no bass"),
    (nothing, "jam --tempo 19", "tempo 19 is outside 20-400"),
    (nothing, "jam --tempo 401", "tempo 401 is outside 20-400"),
    (nothing, "render --tempo 401", "tempo 401 is outside 20-400"),
    (nothing, "panic --port organ", "no MIDI output is called 'organ'; there are: 'Synth A', 'S"),
    (nothing, "panic --port synth", "'synth' is the name of several MIDI outputs: 'Synth A', 'S"),
    (file_in_the_way, "render --out out/deep", "out/deep cannot be written"),
    (file_in_the_way, "render --out out", "out cannot be written"),
    (nothing, "render --device abacus", "no device 'abacus' for this model here"),
    (packed_twice, "presets pack dusk", "dusk.loopwright exists already"),
    (packed_twice, "presets pack dusk --out dusk.zip", "the name must end in .loopwright"),
    (no_zip, "presets unpack dusk.loopwright", "dusk.loopwright cannot be unpacked"),
    (nothing, "presets unpack none.loopwright", "no such file: none.loopwright"),
    (nothing, "nonsense", "invalid choice: 'nonsense'"),
    (nothing, "presets", "the following arguments are required: VERB"),
]


@pytest.mark.parametrize(("prepare", "words", "says"), BAD)
def test_bad_input_gets_one_clear_line(
    prepare: Callable[[Path], object],
    words: str,
    says: str,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepare(home)
    before = files(home)
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("loopwright: ")
    assert err.count("\n") == 1
    assert says in err
    assert files(home) == before


def test_without_a_provider_there_is_no_model(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", list)
    assert main(["render", "--out", str(home)]) == 2
    assert "onnxruntime has no execution provider" in capsys.readouterr().err
    assert files(home) == {}


def test_loops_are_rendered_and_never_overwritten(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["render", "--loops", "2", "--out", "loops", "--seed", "7", "--tempo", "120"]
    assert main(words) == 0
    assert capsys.readouterr().out == "2 loops in loops (preset backbeat, seed 7)\n"
    rendered = files(home / "loops")
    assert [Path(n).name[:20] for n in rendered] == ["backbeat_8bar_120bpm"] * 2
    assert main(words) == 2
    assert "exists already: choose another folder, or say --force" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
    assert files(home / "loops") == rendered
    clip = next(iter(rendered))
    assert main(f"render --seed-file {clip} --out grown --seed 1".split()) == 0
    assert len(files(home / "grown")) == 1


def test_presets_go_out_and_come_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_preset(home / "dusk").folder
    write(with_kept(read_folder(folder), SavedLoop("01", KICK, 93)))
    assert main(["presets", "pack", "dusk"]) == 0
    assert main(["presets", "unpack", "dusk.loopwright"]) == 0
    assert main(["presets", "list"]) == 0
    listing = capsys.readouterr().out
    assert "dusk                     here     for tests [1 kept]" in listing
    assert "yours    for tests [1 kept] (hidden by the one above)" in listing
    assert main(["presets", "show", "dusk"]) == 0
    shown = capsys.readouterr().out
    assert "bass       E1 (28)-G3 (55)" in shown
    assert "licence weights  CC BY 4.0" in shown
    assert "loop       01: no key, 93 bpm, 1 note (1 of drums)" in shown


def test_what_ships_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "verify", "first-light"]) == 0
    told = capsys.readouterr().out
    assert told == "first-light: 4 files are what their hashes name; its model draws loops\n"


def test_of_a_light_preset_it_is_said_whose_model_draws(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["presets", "pack", "first-light", "--light", "--out", "light.loopwright"]) == 0
    assert main(["presets", "unpack", "light.loopwright", "--into", str(home / "there")]) == 0
    capsys.readouterr()
    assert main(["presets", "verify", str(home / "there" / "first-light")]) == 0
    says = "it carries no model of its own; its model, that of first-light, draws loops"
    assert capsys.readouterr().out == f"first-light: {says}\n"


def test_a_damaged_preset_is_listed_as_such(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later_schema(home)
    assert main(["presets", "list"]) == 0
    assert "damaged: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        *("", "--help", "jam --help", "render --help", "sessions --help", "ports --help"),
        *("panic --help", "doctor --help", "presets --help", "presets pack --help"),
        *("train --help", "train loops --help", "evaluate --help", "export --help"),
    ],
)
def test_help_says_what_a_command_does(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(words.split())
    usage, about, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith("usage: loopwright")
    assert not about.startswith("options:")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("loopwright 0.")


@pytest.mark.parametrize("words", ["presets install dusk.loopwright", f"export run --out {LONG}"])
def test_what_the_disk_refuses_anywhere_is_one_line(
    words: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack_to(make_preset(home / "dusk"), home / "dusk.loopwright")
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(home / LONG))
    assert main(words.split()) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(rf"loopwright: .*{LONG}.*: File name too long\n", said)


def test_a_stamp_that_cannot_be_looked_for_is_not_there(home: Path) -> None:
    library = system_library()
    locked = replace(library, cache=home / LONG / "unpacked")
    assert not trust.strange(locked, library.shipped / "backbeat")
    assert trust.strange(locked, make_preset(home / "dusk").folder)


COMMAND = (sys.executable, "-m", "loopwright.live")


def in_shell(home: Path, words: str, rest: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does that does `rest` to its streams."""
    script = f'exec "$@" {words} {rest}'
    told = ["sh", "-c", script, "sh", *COMMAND]
    return subprocess.run(told, cwd=home, check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_listing_that_nobody_reads_to_its_end_ends_quietly(
    home: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    reader, writer = os.pipe()
    os.close(reader)
    words = [*COMMAND, "presets", "list"]
    done = subprocess.run(words, cwd=home, check=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (UNHEARD, b"")


def test_a_pipe_of_ours_that_breaks_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(portlist, "listing", broken)
    assert main(["ports"]) == 2
    assert capsys.readouterr().err == "loopwright: the system says: Broken pipe\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_on_a_full_disk_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    done = in_shell(home, "presets list", "> /dev/full")
    says = "the system says: No space left on device"
    assert (done.returncode, done.stderr) == (2, f"loopwright: {says}\n")


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("presets list", "<&- >&- 2>&-"),
        ("ports", "2>&-"),
        ("presets remove mine --yes", "<&-"),
        ("jam --loops 1 --tempo 400 --log off", "<&- >&- 2>&-"),
    ],
)
def test_streams_that_are_closed_are_not_missed(home: Path, words: str, closed: str) -> None:
    make_preset(home / "home" / "presets" / "mine")
    done = in_shell(home, words, closed)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_letters_that_an_output_does_not_have_are_spelt(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = in_shell(home, "render --out h\u00fcbsch --seed 1", "")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 loop in h\\xfcbsch (preset backbeat, seed 1)\n"
    assert len(list((home / "h\u00fcbsch").iterdir())) == 1


@pytest.mark.parametrize("words", ["presets list", "jam --midi-system none --loops 1"])
def test_a_folder_that_is_gone_is_one_line(home: Path, words: str) -> None:
    (home / "gone").mkdir()
    script = f'cd gone && rmdir ../gone && exec "$@" {words}'
    told = ["sh", "-c", script, "sh", sys.executable, "-P", *COMMAND[1:]]
    done = subprocess.run(told, cwd=home, check=False, capture_output=True, text=True, timeout=60)
    says = "the folder that you are in is gone: change to another one"
    assert (done.returncode, done.stderr) == (2, f"loopwright: {says}\n")


INTERRUPTED = """
import os, runpy, signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "loopwright.live.options":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
sys.argv = ["loopwright", "presets", "list"]
runpy.run_module("loopwright.live", run_name="__main__")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to oneself there")
def test_a_program_that_is_stopped_as_it_loads_says_nothing(home: Path) -> None:
    told = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(told, cwd=home, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_ports_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ports"]) == 0
    assert "Synth B" in capsys.readouterr().out


BLOCKED = """
import sys
for name in ("torch", "onnx", "miditok", "pretty_midi", "symusic"):
    sys.modules[name] = None
from loopwright.live.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("words", "status"), [("render --out loops --seed 1", 0), ("export trained --out new", 2)]
)
def test_only_training_needs_the_training_libraries(words: str, status: int, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *words.split()],
        cwd=home,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    assert ("pip install 'loopwright[training]'" in done.stderr) == bool(status)


def test_the_player_starts_before_what_only_it_needs_is_there(home: Path) -> None:
    code = """
import sys
import loopwright.live.jam
from loopwright.live.cli import parser_for
from loopwright.live.options import jam_options
jam_options(parser_for("jam").parse_args(["jam", "--tempo", "120"]))
slow = {"numpy", "onnxruntime", "mido", "tomlkit", "platformdirs", "loopwright.engine.state"}
heavy = slow & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

"""`render --continue`, with a real graph, small and of chance: files, order, refusals."""

# mido has no types of its own.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import hashlib
import json
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from mido import MidiFile
from small_lead import make_lead

from loopwright.engine.duet import Duet
from loopwright.engine.keys import parse_key, scale
from loopwright.engine.melody import CEILING
from loopwright.engine.notes import Note, Part
from loopwright.engine.preset import SavedPhrase
from loopwright.export import presettext
from loopwright.export.midifile import Sheet, answer_bytes
from loopwright.export.presetfile import read_folder, with_kept, write
from loopwright.live.cli import TROUBLE, main

FOUR = tuple(Note(24 * i, 24, 60 + p, 90, Part.MELODY) for i, p in enumerate((0, 3, 7, 5)))
TICKS = 480  # of a quarter in our files


def tune(notes: tuple[Note, ...], channel: int = 2) -> bytes:
    """Return a MIDI file of one bar, at 96 BPM."""
    channels = dict.fromkeys(Part, channel)
    return answer_bytes(notes, (), None, Sheet(tempo=96, channels=channels, ticks=96))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lead(tmp_path_factory.mktemp("presets") / "small").folder


@pytest.fixture
def home(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with a preset and a tune."""
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path / "small")
    (tmp_path / "tune.mid").write_bytes(tune(FOUR))
    return tmp_path


def go_on(*words: str) -> int:
    start = ("render", "--continue", "tune.mid", "--preset", "small", "--seed", "3")
    return main([*start, *words])


def written(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def notes_in(content: bytes, track: int) -> list[tuple[int, int]]:
    """Return (tick, pitch) of the notes of a track."""
    now, found = 0, list[tuple[int, int]]()
    for message in MidiFile(file=BytesIO(content)).tracks[track]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            found.append((now, message.note))
    return found


def test_the_same_seed_writes_the_same_files_byte_for_byte(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go_on("--bars", "2", "--takes", "3", "--out", "a") == 0
    told = capsys.readouterr().out
    assert go_on("--bars", "2", "--takes", "3", "--out", "b") == 0
    assert written(home / "a") == written(home / "b")
    assert list(written(home / "a")) == [f"tune_2bar_96bpm_Cm_0{n}.mid" for n in (1, 2, 3)]
    headings, *rows, last = told.splitlines()
    assert headings.split()[:3] == ["rank", "merit", "likely"]
    assert [row.split()[-1] for row in rows] == list(written(home / "a"))
    merits = [float(row.split()[1]) for row in rows]
    assert merits == sorted(merits, reverse=True)
    assert last == "3 takes in a (preset small, seed 3)"


def test_what_is_drawn_alike_is_as_likely_however_boldly_it_was_drawn(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = list[str]()
    for folder, heat in (("cold", "0.1"), ("hot", "2")):
        words = ("--bars", "2", "--takes", "1", "--top-k", "1", "--temperature", heat)
        assert go_on(*words, "--out", folder) == 0
        told.append(capsys.readouterr().out.splitlines()[1])
    assert written(home / "cold") == written(home / "hot")
    assert told[0] == told[1]
    assert float(told[0].split()[2]) < -0.5


def test_a_file_has_the_tune_and_then_the_answer_and_ends_with_its_last_bar(home: Path) -> None:
    assert go_on("--bars", "4", "--takes", "1", "--key", "Am", "--low", "57", "--high", "80") == 0
    content = (home / "tune_4bar_96bpm_Am_01.mid").read_bytes()
    file = MidiFile(file=BytesIO(content))
    assert [track.name for track in file.tracks] == ["tune_4bar_96bpm_Am_01", "Seed", "Melody"]
    assert {sum(m.time for m in track) for track in file.tracks} == {5 * 4 * TICKS}
    assert notes_in(content, 1) == [(n.tick * 20, n.pitch) for n in FOUR]
    answer = notes_in(content, 2)
    assert answer
    assert min(tick for tick, _ in answer) >= 4 * TICKS
    assert all(57 <= pitch <= 80 and pitch % 12 in scale(parse_key("Am")) for _, pitch in answer)


def tempos_in(content: bytes) -> list[tuple[int, float]]:
    """Return (tick, quarter notes a minute) of the tempos of a file."""
    now, found = 0, list[tuple[int, float]]()
    for message in MidiFile(file=BytesIO(content)).tracks[0]:
        now += message.time
        if message.type == "set_tempo":
            found.append((now, 60e6 / message.tempo))
    return found


def test_a_tune_keeps_its_tempos_and_goes_on_at_the_last_unless_told_another(home: Path) -> None:
    changes = ((48, 75), (96, 80))
    sheet = Sheet(tempo=150, channels=dict.fromkeys(Part, 2), ticks=96, changes=changes)
    (home / "tune.mid").write_bytes(answer_bytes(FOUR, (), None, sheet))
    assert go_on("--bars", "2", "--takes", "1", "--out", "own") == 0
    ((name, content),) = written(home / "own").items()
    assert name == "tune_2bar_80bpm_Cm_01.mid"
    assert tempos_in(content) == [(0, 150), (2 * TICKS, 75), (4 * TICKS, 80)]
    lengths = {sum(m.time for m in track) for track in MidiFile(file=BytesIO(content)).tracks}
    assert lengths == {3 * 4 * TICKS}
    assert go_on("--bars", "2", "--takes", "1", "--tempo", "125", "--out", "told") == 0
    ((name, content),) = written(home / "told").items()
    assert name == "tune_2bar_125bpm_Cm_01.mid"
    assert tempos_in(content) == [(0, 125)]


def answer_in(folder: Path) -> list[tuple[int, int]]:
    """Return (tick, pitch) of the notes of the answer in the one file of a folder."""
    (content,) = written(folder).values()
    return notes_in(content, 2)


def by_preset(home: Path, **settings: float) -> None:
    """Have the preset say settings."""
    preset = read_folder(home / "small").preset
    saying = presettext.text_of(replace(preset, parameters=settings))
    (home / "small" / "preset.toml").write_text(saying)


@pytest.mark.parametrize("says", ["preset", "--set"])
def test_a_preset_and_set_say_how_a_melody_is_drawn(says: str, home: Path) -> None:
    settings = {"melody_density": 1.0, "melody_low": 72.0, "melody_high": 90.0, "melody_lock": 0.0}
    if says == "preset":
        by_preset(home, **settings)
    words = [w for n, v in settings.items() for w in ("--set", f"{n}={v}") if says == "--set"]
    assert go_on(*words, "--takes", "1", "--bars", "24", "--out", "out") == 0
    notes = answer_in(home / "out")
    beats = [tick // TICKS for tick, _ in notes]
    assert len(beats) == len(set(beats))  # melody_density
    lowest = 72 if says == "--set" else 60  # the tune's own notes widen what a preset says
    assert all(lowest <= pitch <= 90 for _, pitch in notes)
    assert max(pitch for _, pitch in notes) > CEILING
    assert {pitch % 12 for _, pitch in notes} - scale(parse_key("Cm"))  # melody_lock


def test_how_long_a_melody_rests_can_be_set(home: Path) -> None:
    by_preset(home, melody_rest=1.0, melody_temperature=2.0, melody_top_k=0.0, melody_top_p=1.0)
    assert go_on("--takes", "1", "--out", "busy") == 0
    assert go_on("--takes", "1", "--out", "calm", "--set", "melody_rest=16") == 0
    busy, calm = (longest_silence(home / folder) for folder in ("busy", "calm"))
    assert busy <= TICKS + TICKS // 4  # a rest, and what a note is short of its step
    assert calm > busy


def longest_silence(folder: Path) -> int:
    """Return the longest time between two notes of the answer in the one file of a folder."""
    (content,) = written(folder).values()
    now, longest, ended, down = 0, 0, None, set[int]()
    for message in MidiFile(file=BytesIO(content)).tracks[2]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            longest = max(longest, 0 if ended is None or down else now - ended)
            down.add(message.note)
        elif message.type in ("note_on", "note_off"):
            down.discard(message.note)
            ended = now
    return longest


def test_a_key_that_is_heard_is_kept_to_where_all_of_the_tune_is_in_it(home: Path) -> None:
    assert go_on("--out", "in") == 0
    assert all(p % 12 in scale(parse_key("Cm")) for p in answered(home / "in"))
    chromatic = tuple(replace(FOUR[0], tick=6 * i, length=6, pitch=60 + i) for i in range(12))
    (home / "tune.mid").write_bytes(tune(chromatic))
    assert go_on("--out", "free", "--takes", "8") == 0
    assert len({p % 12 for p in answered(home / "free")}) > 7


def test_a_scale_that_is_asked_for_is_kept_to_whatever_the_tune_is_in(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go_on("--out", "blue", "--set", "melody_scale=minor_pentatonic") == 0
    assert {p % 12 for p in answered(home / "blue")} <= scale(parse_key("C"), "minor_pentatonic")
    major = tuple(replace(n, pitch=60 + p) for n, p in zip(FOUR, (0, 4, 7, 0), strict=True))
    (home / "tune.mid").write_bytes(tune(major))
    assert go_on("--out", "major", "--set", "melody_scale=blues") == 0
    assert {p % 12 for p in answered(home / "major")} <= scale(parse_key("C"), "blues")
    assert capsys.readouterr().out.count("100%") >= 8


def answered(folder: Path) -> list[int]:
    """Return the pitches of the answers in all files of a folder."""
    return [pitch for content in written(folder).values() for _, pitch in notes_in(content, 2)]


def test_a_kept_phrase_is_answered_anew_where_it_was_answered(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Note(108, 12, 60, 90, Part.MELODY)
    duet = Duet((*FOUR, answer), 96 + 12, 96 + 12 + 2 * 96, parse_key("Cm"), "folk")
    write(with_kept(read_folder(home / "small"), SavedPhrase("01", duet, 93.0)))
    words = ("render", "--phrase", "01", "--preset", "small", "--seed", "3")
    assert main([*words, "--out", "out", "--takes", "2"]) == 0
    names = [f"small_phrase_01_2bar_93bpm_Cm_0{n}.mid" for n in (1, 2)]
    assert list(written(home / "out")) == names
    for content in written(home / "out").values():
        assert notes_in(content, 1) == [(n.tick * 20, n.pitch) for n in FOUR]
        answers = notes_in(content, 2)
        assert answers
        assert min(tick for tick, _ in answers) >= 108 * 20
        tracks = MidiFile(file=BytesIO(content)).tracks
        assert {sum(m.time for m in track) for track in tracks} == {4 * 96 * 20}
    assert main([*words, "--continue", "tune.mid"]) == TROUBLE
    assert main(["render", "--phrase", "02", "--preset", "small"]) == TROUBLE
    assert main(["render", "--phrase", "01"]) == TROUBLE
    told = capsys.readouterr().err.splitlines()
    assert "--phrase goes with --preset X" in told[0]
    assert told[1] == "loopwright: preset small: no phrase '02' was kept (kept: 01)"
    assert "--phrase goes with --preset X" in told[2]
    assert main([*words, "--each-key"]) == TROUBLE
    assert "--phrase goes without --each-key" in capsys.readouterr().err


REFUSED = (
    ("--continue none.mid", "none.mid cannot be read: No such file or directory"),
    ("--continue empty.mid", "empty.mid is no MIDI file"),
    ("--continue silent.mid", "silent.mid holds no notes"),
    ("--continue drums.mid", "drums.mid holds drums alone: no melody goes on from those"),
    ("--bars 65", "--bars 65 is outside 1-64"),
    ("--takes 0", "--takes 0 is outside 1-1000"),
    ("--style waltz", "the melody model knows no such style (there are: folk, pop, song, hook)"),
    ("--low 60 --high 66", "a melody needs an octave: 60..66 is too narrow"),
    ("--set melody_low=60 --set melody_high=66", "a melody needs an octave: 60..66 is too narrow"),
    ("--set swing=0.3", "--set swing: a melody is drawn by melody_lock, melody_scale, melody_low,"),
    ("--set melody_low", "--set melody_low: write NAME=VALUE"),
    ("--top-k 501", "melody_top_k 501 is outside 0-500"),
    ("--preset first-light", "preset first-light: it has no melody model"),
    ("--each-key", "--continue goes without --each-key"),
    ("--seed-file tune.mid", "--continue goes without --seed-file"),
    ("--loops 4", "--continue goes without --loops: --takes says how many, --bars how far"),
    ("--out tune.mid", "tune.mid cannot be written"),
    ("--preset other", "the melody model was made for other tokens than its description names"),
)


@pytest.mark.parametrize(("words", "says"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_is_one_clear_line_and_nothing_is_written(
    words: str, says: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "empty.mid").write_bytes(b"")
    (home / "silent.mid").write_bytes(tune(()))
    drums = tuple(replace(note, pitch=36) for note in FOUR)
    (home / "drums.mid").write_bytes(tune(drums, channel=10))
    other(home)
    before = set(home.rglob("*.mid"))
    assert go_on(*words.split()) == TROUBLE
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert set(home.rglob("*.mid")) == before


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def other(home: Path) -> None:
    """Write a preset whose tokens are said to mean something else than the graph's do."""
    shutil.copytree(home / "small", home / "other")
    sidecar = home / "other" / "melody.json"
    table = json.loads(sidecar.read_text())
    before = sidecar.read_bytes()
    table["language"]["styles"] = ["folk", "pop", "song", "hymn"]
    sidecar.write_text(json.dumps(table))
    toml = home / "other" / "preset.toml"
    toml.write_text(toml.read_text().replace(hash_of(before), hash_of(sidecar.read_bytes())))


def test_bars_and_takes_are_for_melodies_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--takes", "2"]) == TROUBLE
    assert "--takes goes with --continue MID" in capsys.readouterr().err
    assert main(["render", "--set", "melody_low=50"]) == TROUBLE
    assert "--set goes with --continue MID" in capsys.readouterr().err

"""What `evaluate` measures: each model with each kind of data, and a line where they do not fit."""

from argparse import Namespace
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from loopwright.engine.errors import LoopwrightError, SettingError
from loopwright.engine.pianotokens import PianoNote
from loopwright.live.cli import main
from loopwright.live.opening import kinds_in, loop_folder
from loopwright.training import leadset, pianoset
from loopwright.training.dataset import Split
from loopwright.training.leadfiles import Lead
from loopwright.training.measurable import Measurable, measurable

LOOPS, LEAD, PIANO = Measurable.LOOPS, Measurable.LEAD, Measurable.PIANO
DATA = {LOOPS: "loops.npz", LEAD: "lead.npz", PIANO: "piano.npz"}
MIDI = "songs.zip"
TUNE = Lead("a", "folk", "a", tuple(PianoNote(4 * n, 60 + n, 4) for n in range(8)))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with a data set of each kind, a run of each, a scoring graph and MIDI."""
    tokens = np.array(leadset.tokens_of(TUNE), np.uint8)
    pieces = pianoset.PianoSet(tokens, np.array([len(tokens)]), ("a",), (Split.TEST,))
    pianoset.save(pieces, tmp_path / DATA[LEAD], leadset.HOLDS)
    pianoset.save(pieces, tmp_path / DATA[PIANO])
    np.savez(tmp_path / DATA[LOOPS], loops=tokens)
    for run, file in (("of lead", "lead.pt"), ("of piano", "piano.pt")):
        (tmp_path / run).mkdir()
        (tmp_path / run / file).touch()
    for file in ("score.onnx", MIDI):
        (tmp_path / file).touch()
    return tmp_path


ROWS = [
    ("backbeat", {DATA[LOOPS]: LOOPS}),
    ("lead", {DATA[LEAD]: LEAD}),
    ("piano", {DATA[PIANO]: PIANO, MIDI: PIANO}),
    ("of lead", {DATA[LEAD]: LEAD}),
    ("of piano", {DATA[PIANO]: PIANO, MIDI: PIANO}),
    ("score.onnx", {DATA[LEAD]: LEAD, DATA[PIANO]: PIANO, MIDI: PIANO}),
]


@pytest.mark.parametrize(("model", "fitting"), ROWS)
def test_a_model_is_measured_with_data_of_its_kind_alone(
    model: str, fitting: dict[str, Measurable], data: Path
) -> None:
    here = str(data / model) if (data / model).exists() else model
    found: dict[str, Measurable] = {}
    for file in (*DATA.values(), MIDI):
        told = Namespace(preset=here, data=data / file, kinds_in=kinds_in)
        with suppress(SettingError):
            found[file] = measurable(told)
    assert found == fitting


def test_what_does_not_fit_is_one_line_before_any_music_is_read(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "backbeat", "--data", str(data / MIDI)]) == 2
    said = capsys.readouterr().err
    assert "backbeat is a loop model: its --data is an NPZ of `train data`" in said
    assert said.count("\n") == 1
    assert main(["evaluate", "nobody", "--data", str(data / MIDI)]) == 2
    assert "no such preset: 'nobody'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lead", DATA[LEAD], "--card", "x"], "--card does not go with a lead"),
        (["piano", MIDI, "--fine-tune", "x"], "--fine-tune does not go with a piano model"),
        (["backbeat", DATA[LOOPS], "--keep", "x"], "--keep does not go with a loop model"),
        (["lead", DATA[LEAD], "--device", "cpu"], "--device does not go with a lead"),
        (["lead", DATA[LEAD], "--out", "x"], "--out does not go with a lead; it goes with --paper"),
        (["lead", DATA[LEAD], "--threads", "1"], "--threads does not go with a lead"),
        (["piano", MIDI, "--drawn-alone"], "--drawn-alone does not go with a piano model"),
        (["piano", MIDI, "--samples", "x", "--stride", "2"], "--stride does not go with --samples"),
        (["backbeat", DATA[LOOPS], "--each", "3"], "a loop model; it goes with --listening"),
        (["backbeat", DATA[LOOPS], "--against", "piano"], "--against does not go with a loop"),
        (["backbeat", DATA[LOOPS], "--tunes", "3"], "it goes with runs"),
        (["backbeat", DATA[LOOPS], "--fine-tune", "x", "--seed", "2"], "--seed does not go with"),
        (["backbeat", DATA[LOOPS], "--training", "x"], "it needs --card FILE"),
        (["x", DATA[LOOPS], "--paper", "loop", "--temperature", "2"], "not go with --paper"),
        (["x", DATA[LOOPS], "--paper", "loop", "--json", "x"], "--json does not go with --paper"),
        (["x", DATA[LOOPS], "--listening", "x", "--loops", "2"], "not go with --listening;"),
        (["x", DATA[LOOPS], "--listening", "x", "--listening-result", "y"], "PRESET does not go"),
    ],
)
def test_an_option_that_would_not_be_read_is_refused(
    words: list[str], says: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset, file, *rest = words
    assert main(["evaluate", preset, "--data", str(data / file), *rest]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lead", "--json", "{}"], "cannot write {}: Is a directory"),
        (["lead", "--json", ""], "cannot write .: Is a directory"),
        (["piano", "--json", "{}/file/x.json"], "cannot make the folder {}/file: File exists"),
        (["backbeat", "--card", "{}/" + "x" * 255], "x: File name too long"),
    ],
)
def test_a_place_for_figures_that_cannot_be_is_refused_before_anything_is_measured(
    words: list[str], says: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    before = sorted(tmp_path.rglob("*"))
    preset, *rest = (word.format(tmp_path) for word in words)
    kind = {"lead": LEAD, "piano": PIANO, "backbeat": LOOPS}[preset]
    assert main(["evaluate", preset, "--data", str(data / DATA[kind]), *rest]) == 2
    said = capsys.readouterr()
    assert said.err.endswith(says.format(tmp_path) + "\n")
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_lead_is_measured_by_the_name_of_its_preset(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "lead", "--data", str(data / DATA[LEAD])]) == 0
    assert capsys.readouterr().out.split()[0] == "style"


def test_a_preset_without_loops_of_its_own_lends_none_to_a_measure() -> None:
    with pytest.raises(LoopwrightError, match="lead: it has no model 'loop'"):
        loop_folder("lead")

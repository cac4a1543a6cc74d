"""The card says what is known, and that the rest is not."""

import json
from pathlib import Path

import pytest

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import CPU, CodesShape, GraphFile, Sidecar, Variant
from loopwright.export.card import KNOWN, UNKNOWN, Figures, card, read_figures

SIDECAR = Sidecar(
    model="ab" * 32,
    shape=CodesShape(32, 1, 512),
    vocabulary="",
    opset=18,
    onnxruntime="1.23",
    variants=(Variant("cpu-fp32", CPU, "loop.fp32.onnx", "0" * 64),),
    encoder=GraphFile("encoder.onnx", "0" * 64),
)


def test_a_model_nobody_measured_says_so() -> None:
    text = card("mine", SIDECAR, Figures(), ())
    assert "Nobody has measured" in text
    assert UNKNOWN in text
    assert "| cpu-fp32 | loop.fp32.onnx | yes |" in text


def test_the_sources_of_a_known_archive_are_named() -> None:
    text = card("mine", SIDECAR, Figures(archive=next(iter(KNOWN))), ("a check",))
    assert "| thewildwestmidis/midis | 275 | none stated |" in text
    assert "```\na check\n```" in text


def test_figures_come_from_a_file(tmp_path: Path) -> None:
    held = {"measures": [["what", "here"], ["error", 0.008]], "limits": ["4/4 only"]}
    (tmp_path / "f.json").write_text(json.dumps(held))
    figures = read_figures(tmp_path / "f.json")
    assert figures == Figures((), (("what", "here"), ("error", "0.008")), ("4/4 only",))
    assert "| error | 0.008 |" in card("mine", SIDECAR, figures, ())


@pytest.mark.parametrize("text", ["", "[]", '{"measures": 3}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(PresetError, match="holds no figures"):
        read_figures(tmp_path / "f.json")

"""A sidecar comes back as it was written, or is refused."""

import json
from dataclasses import asdict, replace

import pytest

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import (
    CPU,
    LOOP_BEATS,
    CodesShape,
    GraphFile,
    Sidecar,
    Tensors,
    Variant,
    parsed,
    vocabulary,
    written,
)

WHOLE = Sidecar(
    model="ab" * 32,
    shape=CodesShape(32, 1, 512),
    vocabulary=vocabulary(),
    opset=18,
    onnxruntime="1.23",
    variants=(Variant("cpu-int8", CPU, "loop.int8.onnx", "cd" * 32, measured=False),),
    encoder=GraphFile("encoder.onnx", "ef" * 32),
    tensors={"loop": Tensors(("uniforms",), ("codes", "roll"))},
)
BEATS = replace(
    WHOLE,
    kind=LOOP_BEATS,
    shape=CodesShape(32, 4, 256),
    parts=("drums", "drums", "bass", "bass"),
)


@pytest.mark.parametrize("sidecar", [WHOLE, BEATS, replace(BEATS, parts=())])
def test_it_comes_back_as_it_was_written(sidecar: Sidecar) -> None:
    assert parsed(written(sidecar)) == sidecar


def test_one_from_before_there_were_parts_is_read() -> None:
    held = asdict(WHOLE)
    del held["parts"]
    assert parsed(json.dumps(held)) == WHOLE


def test_a_loop_has_all_the_codes_of_its_positions() -> None:
    assert (WHOLE.shape.a_loop, BEATS.shape.a_loop) == (32, 128)


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        (replace(WHOLE, format=2), "has format 2"),
        (replace(WHOLE, kind="loop-x"), "is a 'loop-x'"),
        (replace(WHOLE, kind="loop-ar"), "codes"),
        (replace(WHOLE, vocabulary="other"), "other drums"),
        (replace(WHOLE, shape=CodesShape(32, 2, 512)), "shape that is not known"),
        (replace(BEATS, shape=CodesShape(32, 99, 256)), "shape that is not known"),
        (replace(BEATS, parts=("drums",)), "parts that are not known"),
        (replace(BEATS, parts=("drums", "drums", "bass", "horns")), "parts that are not known"),
        (replace(BEATS, parts=("drums", "drums", "drums", "drums")), "parts that are not known"),
        (replace(WHOLE, parts=("drums",)), "parts that are not known"),
        (replace(WHOLE, variants=()), "lists no graph"),
        (replace(WHOLE, encoder=GraphFile("../encoder.onnx", "")), "not name a file inside"),
        (replace(WHOLE, encoder=GraphFile("a/b.onnx", "")), "outside its folder"),
        (replace(WHOLE, encoder=GraphFile("\ud800", "")), "no name that every system"),
    ],
)
def test_what_we_cannot_use_is_refused(sidecar: Sidecar, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        parsed(written(sidecar))


def test_a_refusal_is_one_line_whatever_parts_are_called() -> None:
    told = replace(BEATS, parts=("drums", "drums", "bass", "x" * 9000))
    with pytest.raises(PresetError, match="parts that are not known") as caught:
        parsed(written(told))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps(asdict(WHOLE) | {"variants": [1]}),
        json.dumps(asdict(WHOLE) | {"parts": 1}),
    ],
)
def test_a_damaged_one_is_refused(text: str) -> None:
    with pytest.raises(PresetError, match="damaged"):
        parsed(text)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("onnxruntime", 1, "onnxruntime: .* a text is needed"),
        ("opset", "18", "opset: .* a whole number is needed"),
        ("encoder", {"file": "encoder.onnx"}, "sha256: .*a text is needed"),
        ("shape", {"positions": 0, "indices": 1, "codes": 512}, "positions 0 is outside"),
    ],
)
def test_a_field_of_another_kind_is_named(field: str, value: object, says: str) -> None:
    with pytest.raises(PresetError, match=says):
        parsed(json.dumps(asdict(WHOLE) | {field: value}))

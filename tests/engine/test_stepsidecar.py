"""A melody model's sidecar comes back as it was written, and nothing else is believed."""

import json
from dataclasses import replace

import pytest

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import CPU, CUDA, GraphFile, Variant
from loopwright.engine.stepsidecar import (
    KINDS,
    SCORE,
    STEP,
    StepShape,
    StepSidecar,
    parsed,
    tensors_of,
    written,
)

HASH = "5" * 64
SHAPE = StepShape(tokens=183, context=512, caches=2, opening=2)
SIDECAR = StepSidecar(
    model=HASH,
    kind="melody-transformer",
    shape=SHAPE,
    language={"kind": "lead", "styles": ["folk"]},
    vocabulary=HASH,
    opset=18,
    onnxruntime="1.23",
    variants=(
        Variant("cpu-int8", CPU, "step.int8.onnx", HASH),
        Variant("cuda-fp32", CUDA, "step.plain.onnx", HASH, measured=False),
    ),
    score=GraphFile("score.fp32.onnx", HASH),
    tensors=tensors_of(SHAPE),
)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_read(kind: str) -> None:
    sidecar = replace(SIDECAR, kind=kind)
    assert parsed(written(sidecar)) == sidecar


def test_the_tensors_of_a_cache_and_of_a_state() -> None:
    step = tensors_of(SHAPE)[STEP]
    assert step.inputs[:3] == ("tokens", "last", "total")
    assert step.inputs[-4:] == ("keys_0", "values_0", "keys_1", "values_1")
    assert step.outputs[-1] == "values_1_after"
    states = tensors_of(StepShape(153, 0, 0, state=2048))
    assert states[STEP].inputs[0] == "tokens"
    assert states[STEP].inputs[-1] == "state"
    assert "last" not in states[STEP].inputs
    assert states[SCORE].outputs == ("log_probabilities",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "format 2 is outside 1-1"),
        ({"kind": "loop-vq"}, "none that is known"),
        ({"shape": {"tokens": 183, "context": 4, "caches": 2, "opening": 2}}, "4 tokens of"),
        ({"shape": {"tokens": 183, "context": 512, "caches": 3, "opening": 2}}, "other tensors"),
        ({"shape": {"tokens": 0, "context": 512, "caches": 2}}, "tokens 0 is outside"),
        ({"shape": {"tokens": 183, "context": 0, "caches": 0}}, "remembers nothing"),
        ({"variants": []}, "lists no graph"),
        ({"variants": 7}, "array of tables"),
        ({"vocabulary": "short"}, "is not a SHA-256"),
        ({"score": {"file": "../score.onnx", "sha256": HASH}}, "inside the preset"),
        ({"score": {"file": "a/score.onnx", "sha256": HASH}}, "outside its folder"),
        ({"tensors": {}}, "other tensors"),
        ({"tensors": 3}, "damaged"),
    ],
)
def test_anything_else_is_refused_in_a_line(change: dict[str, object], says: str) -> None:
    held = {**json.loads(written(SIDECAR)), **change}
    with pytest.raises(PresetError, match=says) as refused:
        parsed(json.dumps(held))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"text"', "[" * 100_000])
def test_what_is_no_sidecar_is_refused(text: str) -> None:
    with pytest.raises(PresetError):
        parsed(text)

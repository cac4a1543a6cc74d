"""A graph is trusted by what is in it, and read more strictly than anybody else would."""

import itertools
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from small_preset import GRAPH

from loopwright.engine import onnxgraph, protobuf
from loopwright.engine.errors import PresetError
from loopwright.engine.onnxgraph import read_model
from loopwright.engine.operators import ALLOWED, MICROSOFT, STANDARD, trusted

SHIPPED = Path(__file__).parents[2] / "presets" / "first-light"


def value(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])


def graph(*nodes: onnx.NodeProto, constants: tuple[onnx.TensorProto, ...] = ()) -> onnx.GraphProto:
    return helper.make_graph(list(nodes), "g", [value("x")], [value("y")], list(constants))


def model(*nodes: onnx.NodeProto, constants: tuple[onnx.TensorProto, ...] = ()) -> onnx.ModelProto:
    return helper.make_model(graph(*nodes, constants=constants), ir_version=9)


IDENTITY = helper.make_node("Identity", ["x"], ["y"])
EVIL = helper.make_node("Evil", ["x"], ["y"], domain="com.acme")


def inside(node: onnx.NodeProto, depth: int) -> onnx.NodeProto:
    for _ in range(depth):
        body = helper.make_graph([node], "body", [], [value("y")])
        node = helper.make_node("If", ["x"], ["y"], then_branch=body, else_branch=body)
    return node


def walked(held: onnx.GraphProto) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in held.node:
        found.append((node.domain, node.op_type))
        for attribute in node.attribute:
            for body in [attribute.g] if attribute.HasField("g") else []:
                found += walked(body)
    return found


@pytest.mark.parametrize("name", ["loop.fp32.onnx", "loop.int8.onnx", "encoder.onnx"])
def test_what_ships_is_trusted_and_read_as_onnx_reads_it(name: str) -> None:
    content = (SHIPPED / name).read_bytes()
    found, theirs = trusted(content), onnx.load_from_string(content)
    assert list(found.operators) == walked(theirs.graph)
    assert found.tensors.inputs == tuple(v.name for v in theirs.graph.input)
    assert found.tensors.outputs == tuple(v.name for v in theirs.graph.output)


def test_constants_that_are_listed_as_inputs_are_not_asked_for() -> None:
    constant = numpy_helper.from_array(np.zeros(1, np.float32), "x")
    held = model(IDENTITY, constants=(constant,))
    assert read_model(held.SerializeToString()).tensors.inputs == ()


def test_every_operator_on_the_list_exists() -> None:
    standard = {s.name for s in onnx.defs.get_all_schemas() if not s.domain}
    assert ALLOWED[STANDARD] <= standard
    draws = {"RandomNormal", "RandomUniform", "Multinomial", "Bernoulli", "Dropout"}
    assert not ALLOWED[STANDARD] & (draws | {"StringSplit", "ImageDecoder", "RegexFullMatch"})
    assert "EPContext" not in ALLOWED[MICROSOFT]


def outside(held: onnx.ModelProto) -> None:
    tensor = held.graph.initializer.add(name="w", data_type=1, dims=[9])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def said_outside(held: onnx.ModelProto) -> None:
    held.graph.initializer.add(name="w", data_type=1).data_location = TensorProto.EXTERNAL


def function(held: onnx.ModelProto) -> None:
    held.functions.append(
        helper.make_function("com.acme", "F", ["x"], ["y"], [EVIL], [helper.make_opsetid("", 18)])
    )


def training(held: onnx.ModelProto) -> None:
    held.training_info.add()


def sparse(held: onnx.ModelProto) -> None:
    held.graph.sparse_initializer.add()


def sparse_attribute(held: onnx.ModelProto) -> None:
    held.graph.node[0].attribute.add(name="value").sparse_tensor.SetInParent()


def greedy(held: onnx.ModelProto) -> None:
    held.graph.initializer.add(name="w", data_type=1, dims=[1 << 40])


def negative(held: onnx.ModelProto) -> None:
    held.graph.initializer.add(name="w", data_type=1, dims=[-1])


def many_sided(held: onnx.ModelProto) -> None:
    held.graph.initializer.add(name="w", data_type=1, dims=[1] * 1000)


def of_texts(held: onnx.ModelProto) -> None:
    held.graph.initializer.add(name="w", data_type=8, string_data=[b"x"])


def greedy_attribute(held: onnx.ModelProto) -> None:
    held.graph.node[0].attribute.add(name="value").t.dims.append(1 << 40)


def foreign_domain(held: onnx.ModelProto) -> None:
    held.opset_import.append(helper.make_opsetid("com.acme", 1))


def context(held: onnx.ModelProto) -> None:
    held.graph.node[0].op_type, held.graph.node[0].domain = "EPContext", MICROSOFT


def evil(held: onnx.ModelProto) -> None:
    held.graph.node.append(EVIL)


def evil_inside(held: onnx.ModelProto) -> None:
    held.graph.node.append(inside(EVIL, 3))


def deep(held: onnx.ModelProto) -> None:
    held.graph.node.append(inside(IDENTITY, 8))


def no_graph(held: onnx.ModelProto) -> None:
    held.ClearField("graph")


def of_bytes(held: onnx.ModelProto) -> None:
    held.graph.node[0].op_type = "RandomNormalLike"


REFUSED: list[tuple[Callable[[onnx.ModelProto], None], str]] = [
    (outside, "it has data outside the file"),
    (said_outside, "it has data outside the file"),
    (function, "it has local functions"),
    (training, "it has a training graph"),
    (sparse, "it has sparse tensors"),
    (sparse_attribute, "it has sparse tensors"),
    (greedy, "claims more numbers than it holds"),
    (greedy_attribute, "claims more numbers than it holds"),
    (negative, "claims more numbers than it holds"),
    (many_sided, "too many dimensions"),
    (of_texts, "it has texts"),
    (foreign_domain, "operators of 'com.acme' are not among"),
    (context, "operator 'com.microsoft.EPContext' is not among"),
    (evil, "operator 'com.acme.Evil' is not among"),
    (evil_inside, "operator 'com.acme.Evil' is not among"),
    (of_bytes, "operator 'RandomNormalLike' is not among"),
    (deep, "bodies inside bodies"),
    (no_graph, "it holds no graph"),
]


@pytest.mark.parametrize(("change", "says"), REFUSED)
def test_what_could_do_harm_is_refused(
    change: Callable[[onnx.ModelProto], None], says: str
) -> None:
    held = model(IDENTITY)
    trusted(held.SerializeToString())
    change(held)
    with pytest.raises(PresetError, match=re.escape(says)):
        trusted(held.SerializeToString())


HEAD = b"\x08\x09"  # ir_version 9
ODD: list[tuple[bytes, str]] = [
    (b"", "it holds no graph"),
    (b"\x12\x04abORTM", "the format of one onnxruntime"),
    (b"\x08", "it ends too early"),
    (b"\x08" + b"\xff" * 11, "a number is too long"),
    (b"\x3a\x7f", "it ends too early"),
    (b"\x00\x00", "a field has no number"),
    (b"\x0b\x0c", "wire type 3 is not read here"),
    (b"\xf8\x07\x01", "it has a field 127 that is not known"),
    (HEAD + HEAD, "ir_version is there twice"),
    (GRAPH + b"\x3a\x00", "graph is there twice"),
    (b"\x0a\x00", "ir_version is written as something else"),
]


@pytest.mark.parametrize(("content", "says"), ODD)
def test_bytes_that_others_might_read_otherwise_are_refused(content: bytes, says: str) -> None:
    with pytest.raises(PresetError, match=re.escape(says)):
        trusted(content)


def test_a_flood_of_fields_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxgraph, "MOST", 100)
    with pytest.raises(PresetError, match="more than"):
        trusted(b"\x42\x00" * 101)


def test_the_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxgraph, "LARGEST", 10)
    with pytest.raises(PresetError, match="it has more than"):
        trusted(GRAPH)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(PresetError):
        trusted(content)


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**29 - 1))
def test_numbers_come_back(number: int, field: int) -> None:
    tag = encoded(field << 3)
    content = memoryview(tag + encoded(number))
    assert list(protobuf.pieces(content, itertools.repeat(0))) == [(field, 0, number)]


def encoded(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])

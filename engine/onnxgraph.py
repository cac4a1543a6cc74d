"""What an ONNX file holds, as far as trust needs it: operators, tensors, what goes in and out.

Read without the onnx package, before onnxruntime sees the file. Weights are measured, not read.
What could bring in more than the file itself shows is no field that is known here, and so refused:
external data, local functions, training graphs, sparse tensors. Source: onnx.proto of ONNX 1.23,
whose field numbers these are. Standard library only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from loopwright.engine import protobuf
from loopwright.engine.errors import PresetError
from loopwright.engine.protobuf import MOST, Field, Fields, Kind
from loopwright.engine.sidecar import Tensors

LARGEST = 256 * 1024 * 1024  # bytes of a graph
DEEPEST = 6  # bodies inside bodies of Scan, Loop and If
ORT_FORMAT = slice(4, 8), b"ORTM"  # onnxruntime takes such bytes for a format of its own
MOST_DIMS = 80  # bytes of a tensor's dimensions: eight of any size at least
STRINGS = 8  # the data type of a tensor of strings
MODEL: dict[int, Field] = {
    1: Field("ir_version", Kind.NUMBER),
    2: Field("producer_name", Kind.BYTES),
    3: Field("producer_version", Kind.BYTES),
    4: Field("domain", Kind.BYTES),
    5: Field("model_version", Kind.NUMBER),
    6: Field("doc_string", Kind.BYTES),
    7: Field("graph", Kind.BYTES),
    8: Field("opset_import", Kind.BYTES, again=True),
    14: Field("metadata_props", Kind.BYTES, again=True),
}
OPSET: dict[int, Field] = {1: Field("domain", Kind.BYTES), 2: Field("version", Kind.NUMBER)}
GRAPH: dict[int, Field] = {
    1: Field("node", Kind.BYTES, again=True),
    2: Field("name", Kind.BYTES),
    5: Field("initializer", Kind.BYTES, again=True),
    10: Field("doc_string", Kind.BYTES),
    11: Field("input", Kind.BYTES, again=True),
    12: Field("output", Kind.BYTES, again=True),
    13: Field("value_info", Kind.BYTES, again=True),
    14: Field("quantization_annotation", Kind.BYTES, again=True),
    16: Field("metadata_props", Kind.BYTES, again=True),
}
VALUE: dict[int, Field] = {
    1: Field("name", Kind.BYTES),
    2: Field("type", Kind.BYTES),
    3: Field("doc_string", Kind.BYTES),
    4: Field("metadata_props", Kind.BYTES, again=True),
}
NODE: dict[int, Field] = {
    1: Field("input", Kind.BYTES, again=True),
    2: Field("output", Kind.BYTES, again=True),
    3: Field("name", Kind.BYTES),
    4: Field("op_type", Kind.BYTES),
    5: Field("attribute", Kind.BYTES, again=True),
    6: Field("doc_string", Kind.BYTES),
    7: Field("domain", Kind.BYTES),
    9: Field("metadata_props", Kind.BYTES, again=True),
}
ATTRIBUTE: dict[int, Field] = {
    1: Field("name", Kind.BYTES),
    2: Field("f", Kind.FLOAT),
    3: Field("i", Kind.NUMBER),
    4: Field("s", Kind.BYTES),
    5: Field("t", Kind.BYTES),
    6: Field("g", Kind.BYTES),
    7: Field("floats", Kind.FLOAT, again=True, packed=True),
    8: Field("ints", Kind.NUMBER, again=True, packed=True),
    9: Field("strings", Kind.BYTES, again=True),
    10: Field("tensors", Kind.BYTES, again=True),
    11: Field("graphs", Kind.BYTES, again=True),
    13: Field("doc_string", Kind.BYTES),
    14: Field("tp", Kind.BYTES),
    15: Field("type_protos", Kind.BYTES, again=True),
    20: Field("type", Kind.NUMBER),
}
TENSOR: dict[int, Field] = {
    1: Field("dims", Kind.NUMBER, again=True, packed=True),
    2: Field("data_type", Kind.NUMBER),
    4: Field("float_data", Kind.FLOAT, again=True, packed=True),
    5: Field("int32_data", Kind.NUMBER, again=True, packed=True),
    7: Field("int64_data", Kind.NUMBER, again=True, packed=True),
    8: Field("name", Kind.BYTES),
    9: Field("raw_data", Kind.BYTES),
    10: Field("double_data", Kind.DOUBLE, again=True, packed=True),
    11: Field("uint64_data", Kind.NUMBER, again=True, packed=True),
    12: Field("doc_string", Kind.BYTES),
    14: Field("data_location", Kind.NUMBER),
    16: Field("metadata_props", Kind.BYTES, again=True),
}
FORBIDDEN = {
    ("model", 20): "a training graph",
    ("model", 25): "local functions (inline them)",
    ("graph", 15): "sparse tensors",
    ("attribute", 22): "sparse tensors",
    ("attribute", 23): "sparse tensors",
    ("tensor", 6): "texts",
    ("tensor", 13): "data outside the file",
}
KINDS = {
    **{"model": MODEL, "opset": OPSET, "graph": GRAPH, "value": VALUE, "node": NODE},
    **{"attribute": ATTRIBUTE, "tensor": TENSOR},
}
MESSAGES: dict[str, Fields] = {
    kind: fields
    | {n: Field(what, Kind.BYTES, again=True) for (of, n), what in FORBIDDEN.items() if of == kind}
    for kind, fields in KINDS.items()
}
"""The fields of each kind of message, with those that are forbidden by what they are."""
DATA = ("float_data", "int32_data", "int64_data", "raw_data", "double_data", "uint64_data")


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its domains, every operator of it (domain, name) with those of its bodies.

    `tensors` are the names of what the outermost graph takes, constants apart, and gives.
    """

    domains: tuple[str, ...]
    operators: tuple[tuple[str, str], ...]
    tensors: Tensors


def read_model(content: bytes) -> Model:
    """Read an ONNX file. Raises PresetError for one that is damaged or holds what is forbidden."""
    if len(content) > LARGEST:
        raise PresetError(f"it has more than {LARGEST >> 20} MiB")
    where, mark = ORT_FORMAT
    if content[where] == mark:
        raise PresetError("it is in the format of one onnxruntime, not in ONNX")
    left = iter(range(MOST))
    held = message("model", memoryview(content), left)
    if not held["graph"]:
        raise PresetError("it holds no graph")
    (graph,) = protobuf.messages(held, "graph")
    opsets = [message("opset", p, left) for p in protobuf.messages(held, "opset_import")]
    domains = tuple(protobuf.text(opset, "domain") for opset in opsets)
    return Model(domains, tuple(operators(graph, left, 0)), tensors_of(graph, left))


def message(kind: str, content: memoryview, left: Iterator[int]) -> protobuf.Message:
    """Return one message; what is forbidden in it is named. Raises PresetError."""
    held = protobuf.read(content, MESSAGES[kind], left)
    for (of, _), what in FORBIDDEN.items():
        if of == kind and held[what]:
            raise PresetError(f"it has {what}, which is not allowed")
    return held


def tensors_of(graph: memoryview, left: Iterator[int]) -> Tensors:
    """Return the names of what a graph takes and gives; constants are not taken."""
    held = message("graph", graph, left)
    constants = {
        protobuf.text(message("tensor", part, left), "name")
        for part in protobuf.messages(held, "initializer")
    }
    inputs, outputs = (
        tuple(
            protobuf.text(message("value", part, left), "name")
            for part in protobuf.messages(held, side)
        )
        for side in ("input", "output")
    )
    return Tensors(tuple(name for name in inputs if name not in constants), outputs)


def operators(graph: memoryview, left: Iterator[int], depth: int) -> Iterator[tuple[str, str]]:
    """Yield (domain, name) of every operator of a graph and of the bodies in it; check tensors.

    Raises PresetError.
    """
    if depth > DEEPEST:
        raise PresetError(f"it has bodies inside bodies, more than {DEEPEST} deep")
    held = message("graph", graph, left)
    for part in protobuf.messages(held, "initializer"):
        check_tensor(part, left)
    for part in protobuf.messages(held, "node"):
        node = message("node", part, left)
        yield protobuf.text(node, "domain"), protobuf.text(node, "op_type")
        for attribute in protobuf.messages(node, "attribute"):
            yield from operators_inside(attribute, left, depth)


def operators_inside(
    attribute: memoryview, left: Iterator[int], depth: int
) -> Iterator[tuple[str, str]]:
    """Yield the operators of the bodies in an attribute; check its tensors. Raises PresetError."""
    held = message("attribute", attribute, left)
    for name in ("t", "tensors"):
        for part in protobuf.messages(held, name):
            check_tensor(part, left)
    for name in ("g", "graphs"):
        for part in protobuf.messages(held, name):
            yield from operators(part, left, depth + 1)


def check_tensor(content: memoryview, left: Iterator[int]) -> None:
    """Raise PresetError where a tensor claims more numbers than it holds, or holds no numbers."""
    held = message("tensor", content, left)
    if protobuf.number(held, "data_location"):
        raise PresetError("it has data outside the file, which is not allowed")
    if protobuf.number(held, "data_type") == STRINGS:
        raise PresetError("it has texts, which are not allowed")
    if protobuf.size(held, "dims") > MOST_DIMS:
        raise PresetError("a tensor has too many dimensions")
    # Two numbers a byte is the tightest that there is (four bits each).
    if prod(protobuf.numbers(held, "dims")) > 2 * sum(protobuf.size(held, n) for n in DATA):
        raise PresetError("a tensor claims more numbers than it holds")

"""ONNX graphs that are whole, and yet not what a loop model is."""

from random import Random

import onnx
from onnx import TensorProto, helper

OPERATORS = (
    *(
        "Evil",
        "RandomNormalLike",
        "Multinomial",
        "ImageDecoder",
        "StringSplit",
        "Loop",
        "Scan",
        "If",
    ),
    *("If", "Identity", "Reshape", "Gather", "ConstantOfShape", "Expand", "Conv", "", "Add" * 500),
)
DOMAINS = ("com.acme", "com.microsoft", "ai.onnx.ml", "ai.onnx", "\u0000")
SIZES = (0, -1, 1, 2**31, 2**62, 7)


def bodies(graph: onnx.GraphProto) -> list[onnx.GraphProto]:
    """Return a graph and all bodies in it."""
    found = [graph]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                found += bodies(attribute.g)
    return found


def operator(graph: onnx.GraphProto, chance: Random) -> None:
    chance.choice(graph.node).op_type = chance.choice(OPERATORS)


def domain(graph: onnx.GraphProto, chance: Random) -> None:
    chance.choice(graph.node).domain = chance.choice(DOMAINS)


def node_gone(graph: onnx.GraphProto, chance: Random) -> None:
    del graph.node[chance.randrange(len(graph.node))]


def other_input(graph: onnx.GraphProto, chance: Random) -> None:
    node = chance.choice([node for node in graph.node if node.input])
    node.input[chance.randrange(len(node.input))] = chance.choice(("", "x", "codes"))


def no_attributes(graph: onnx.GraphProto, chance: Random) -> None:
    del chance.choice(graph.node).attribute[:]


def odd_attributes(graph: onnx.GraphProto, chance: Random) -> None:
    for attribute in chance.choice(graph.node).attribute:
        attribute.i = chance.choice(SIZES)
        attribute.ints[:] = [chance.choice(SIZES)]


def odd_shape(graph: onnx.GraphProto, chance: Random) -> None:
    sizes = [chance.choice(SIZES) for _ in range(chance.choice((0, 1, 2, 9)))]
    chance.choice(graph.initializer).dims[:] = sizes


def odd_type(graph: onnx.GraphProto, chance: Random) -> None:
    chance.choice(graph.initializer).data_type = chance.choice((0, 1, 2, 7, 8, 16, 22, 99))


def outside(graph: onnx.GraphProto, chance: Random) -> None:
    tensor = chance.choice(graph.initializer)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.ClearField("raw_data")
    where = chance.choice(("/etc/passwd", "../../../etc/passwd", "loop.json"))
    tensor.external_data.add(key="location", value=where)


def other_names(graph: onnx.GraphProto, chance: Random) -> None:
    chance.choice((graph.input, graph.output))[0].name = chance.choice(("x", "", "roll"))


def other_input_type(graph: onnx.GraphProto, chance: Random) -> None:
    kind = chance.choice(graph.input).type.tensor_type
    kind.elem_type = chance.choice((1, 7, 8, 9))
    del kind.shape.dim[:]


ANYWHERE = (operator, domain, node_gone, other_input, no_attributes, odd_attributes)
OUTERMOST = (odd_shape, odd_type, outside, other_names, other_input_type)


def changed(content: bytes, chance: Random) -> bytes:
    """Return a graph with one thing that is otherwise."""
    model = onnx.load_from_string(content)
    change = chance.choice((*ANYWHERE, *OUTERMOST))
    change(chance.choice(bodies(model.graph)) if change in ANYWHERE else model.graph, chance)
    if chance.random() < 0.05:
        model.opset_import[0].version = chance.choice((0, 1, 9, 99, 2**31))
    return model.SerializeToString()


def bomb(content: bytes, chance: Random) -> bytes:
    """Return a loop graph that takes all time, or all memory, before it draws."""
    model = onnx.load_from_string(content)
    for graph in bodies(model.graph):
        for node in graph.node:
            node.input[:] = ["warm" if name == "temperature" else name for name in node.input]
    slow = endless() if chance.random() < 0.5 else huge()
    for place, node in enumerate(
        [*slow, helper.make_node("Add", ["temperature", "spun"], ["warm"])]
    ):
        model.graph.node.insert(place, node)
    return model.SerializeToString()


def endless() -> list[onnx.NodeProto]:
    """Return nodes that count for ever."""
    infos = [
        helper.make_tensor_value_info("i", TensorProto.INT64, []),
        helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        helper.make_tensor_value_info("held", TensorProto.FLOAT, []),
    ]
    out = [
        helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
        helper.make_tensor_value_info("kept", TensorProto.FLOAT, []),
    ]
    inside = [
        helper.make_node("Identity", ["go"], ["go_on"]),
        helper.make_node("Tanh", ["held"], ["kept"]),
    ]
    body = helper.make_graph(inside, "body", infos, out)
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [1])
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])
    return [
        helper.make_node("Constant", [], ["yes"], value=yes),
        helper.make_node("Constant", [], ["zero"], value=zero),
        helper.make_node("Loop", ["", "yes", "zero"], ["spun"], body=body),
    ]


def huge() -> list[onnx.NodeProto]:
    """Return nodes that ask for 32 GiB of zeros."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [1 << 33])
    return [
        helper.make_node("Constant", [], ["shape"], value=shape),
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["spun"], keepdims=0),
    ]

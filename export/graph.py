"""A small builder of ONNX graphs: names for values, constants kept once, loops inside loops."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 9
MICROSOFT = "com.microsoft"

Value: TypeAlias = str
"""The name of a value inside a graph."""

Array: TypeAlias = NDArray[np.float32 | np.int32 | np.int64 | np.uint8 | np.bool_]
Attribute: TypeAlias = int | float | str | Sequence[int] | onnx.GraphProto
Shape: TypeAlias = Sequence[int | str]


@dataclass(frozen=True, slots=True)
class Typed:
    """A graph's input or output: its element type (TensorProto.FLOAT …) and shape."""

    element: int
    shape: Shape


FLOAT: int = TensorProto.FLOAT
INT32: int = TensorProto.INT32
INT64: int = TensorProto.INT64
UINT8: int = TensorProto.UINT8
BOOL: int = TensorProto.BOOL


@dataclass
class Graph:
    """Nodes in order and the constants that they use. Mutable while it is built, then `model`.

    A body (of a Loop or If) shares its parent's constants and names, and sees its parent's values.
    """

    constants: dict[str, onnx.TensorProto] = field(default_factory=dict[str, onnx.TensorProto])
    numbers: Iterator[int] = field(default_factory=count)
    nodes: list[onnx.NodeProto] = field(default_factory=list[onnx.NodeProto])
    domains: set[str] = field(default_factory=set[str])

    def __call__(self, op: str, *inputs: Value, **attributes: Attribute) -> Value:
        """Add a node with one output, and return that."""
        return self.many(op, 1, *inputs, **attributes)[0]

    def many(self, op: str, outputs: int, *inputs: Value, **attributes: Attribute) -> list[Value]:
        """Add a node with several outputs, and return them."""
        names = [f"{op.lower()}_{next(self.numbers)}" for _ in range(outputs)]
        self.into(names, op, *inputs, **attributes)
        return names

    def into(
        self, outputs: Sequence[Value], op: str, *inputs: Value, **attributes: Attribute
    ) -> None:
        """Add a node whose outputs have the names that are given; an empty one is not asked for."""
        node = helper.make_node(op, list(inputs), list(outputs), name=outputs[0])
        node.attribute.extend(helper.make_attribute(*pair) for pair in attributes.items())
        self.nodes.append(node)

    def microsoft(self, op: str, *inputs: Value, **attributes: Attribute) -> Value:
        """Add one of onnxruntime's own operators, and return its output."""
        output = self(op, *inputs, **attributes)
        self.microsofts()
        return output

    def microsofts(self) -> None:
        """Say that the operator added last is one of onnxruntime's own."""
        self.nodes[-1].domain = MICROSOFT
        self.domains.add(MICROSOFT)

    def constant(self, array: Array, name: str = "") -> Value:
        """Keep `array` as a constant, and return its name."""
        name = name or f"constant_{next(self.numbers)}"
        self.constants[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)
        return name

    def integers(self, *values: int) -> Value:
        """Keep a vector of int64, once, and return its name."""
        name = "integers_" + "_".join(str(v) for v in values)
        return self.constant(np.array(values, np.int64), name)

    def small(self, *values: int) -> Value:
        """Keep a vector of int32, once, and return its name."""
        name = "small_" + "_".join(str(v) for v in values)
        return self.constant(np.array(values, np.int32), name)

    def number(self, value: float) -> Value:
        """Keep a float32 scalar, once, and return its name."""
        return self.constant(np.array(value, np.float32), f"number_{value!r}")

    def integer(self, value: int) -> Value:
        """Keep an int64 scalar, once, and return its name."""
        return self.constant(np.array(value, np.int64), f"integer_{value}")

    def body(self) -> "Graph":
        """Return an empty graph for the inside of a Loop or If."""
        return Graph(self.constants, self.numbers, domains=self.domains)

    def called(self, value: Value, name: str) -> Value:
        """Give `value` the name that the outside knows it by."""
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        return name

    def inside(
        self, name: str, inputs: Mapping[Value, Typed], outputs: Mapping[Value, Typed]
    ) -> onnx.GraphProto:
        """Return this body as an attribute of the node that runs it."""
        return helper.make_graph(self.nodes, name, infos(inputs), infos(outputs))

    def model(
        self, name: str, inputs: Mapping[Value, Typed], outputs: Mapping[Value, Typed]
    ) -> onnx.ModelProto:
        """Return the whole, checked."""
        graph = helper.make_graph(
            self.nodes, name, infos(inputs), infos(outputs), list(self.constants.values())
        )
        versions = [helper.make_opsetid("", OPSET)]
        versions += [helper.make_opsetid(domain, 1) for domain in sorted(self.domains)]
        model = helper.make_model(
            graph, opset_imports=versions, ir_version=IR_VERSION, producer_name="loopwright"
        )
        onnx.checker.check_model(model)
        return model


def infos(values: Mapping[Value, Typed]) -> list[onnx.ValueInfoProto]:
    """Return the declarations of inputs or outputs."""
    return [
        helper.make_tensor_value_info(name, value.element, list(value.shape))
        for name, value in values.items()
    ]

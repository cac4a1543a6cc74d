"""What a graph that was written by `export` holds: its constants, in the order of their use.

The fp32 graphs of a preset are the trained numbers, so a training can begin with them: no preset
needs a file of torch's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from loopwright.engine.errors import PresetError
from loopwright.engine.operators import trusted

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Node:
    """An operator of a graph or of a body in it: its name, and the names of its inputs."""

    operator: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphHeld:
    """The constants of a graph by name, and its operators, those of bodies where they are used."""

    constants: Mapping[str, Array]
    nodes: tuple[Node, ...]

    def used_by(self, *operators: str) -> list[tuple[Array, ...]]:
        """Return the constants that each operator of these kinds takes, in order of use."""
        found = [
            tuple(self.constants[name] for name in node.inputs if name in self.constants)
            for node in self.nodes
            if node.operator in operators
        ]
        return [taken for taken in found if taken]


def read_graph(path: Path) -> GraphHeld:
    """Return what a graph holds. Raises PresetError for one that cannot be trusted."""
    try:
        content = path.read_bytes()
        trusted(content)
    except (OSError, PresetError) as trouble:
        raise PresetError(f"{path.name} cannot be read: {trouble}") from None
    graph = onnx.load_from_string(content).graph
    constants = {held.name: numpy_helper.to_array(held) for held in graph.initializer}
    return GraphHeld(constants, tuple(nodes_of(graph)))


def nodes_of(graph: onnx.GraphProto) -> Iterator[Node]:
    """Yield the operators of a graph, each after those of its bodies."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes_of(attribute.g)
        yield Node(node.op_type, tuple(node.input))

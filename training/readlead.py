"""The lead of a preset as it can be trained on: the numbers of its scoring graph, to the bit.

Its hash is then the one that the sidecar names.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from loopwright.engine.errors import SettingError
from loopwright.engine.languages import LEAD
from loopwright.engine.stepsidecar import MELODY_TRANSFORMER, SIDECAR, parsed
from loopwright.training.graphfile import Array, GraphHeld, read_graph
from loopwright.training.leadsettings import SHAPE
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodysettings import MusicShape

LAYER = ("project", "out", "inner", "outer")  # of a layer, in the order of their use
HEADS = 5  # numbers of the shape that parts query, key and value: 0, 0, 3, heads, size


@dataclass(frozen=True, slots=True, eq=False)
class LeadBase:
    """A lead to begin with, ready to be used, and the SHA-256 that its sidecar names."""

    model: str
    module: MusicTransformer


def lead_base(folder: Path) -> LeadBase:
    """Return the lead whose graphs lie in a preset's folder.

    Raises PresetError for damaged graphs, SettingError for a model that cannot be trained on.
    """
    sidecar = parsed((folder / SIDECAR).read_text("utf-8"))
    if sidecar.kind != MELODY_TRANSFORMER or sidecar.language.get("kind") != LEAD:
        raise SettingError(f"the melody model in {folder} is no lead: training begins with leads")
    try:
        module = module_of(read_graph(folder / sidecar.score.file), sidecar.shape.context)
    except (KeyError, IndexError, RuntimeError, ValueError, StopIteration) as trouble:
        raise SettingError(
            f"the melody model in {folder} was not written by this Loopwright: {trouble}"
        ) from None
    return LeadBase(sidecar.model, module.eval())


def module_of(graph: GraphHeld, context: int) -> MusicTransformer:
    """Return the model of a scoring graph."""
    products = [taken[0] for taken in graph.used_by("MatMul")]
    if any(product.dtype != np.float32 for product in products):
        raise ValueError("its numbers are rounded")
    tensors = {name: held for name, held in graph.constants.items() if name.endswith("weight")}
    layers = len(products) // len(LAYER)  # and one, the embedding once more
    for n in range(layers):
        for name, product in zip(LAYER, products[len(LAYER) * n :], strict=False):
            tensors[f"layers.{n}.{name}.weight"] = product.T
    module = MusicTransformer(shape_of(graph, tensors, context, layers))
    module.load_state_dict({name: torch.from_numpy(np.array(t)) for name, t in tensors.items()})
    return module


def shape_of(graph: GraphHeld, tensors: dict[str, Array], context: int, layers: int) -> MusicShape:
    """Return the sizes of a model."""
    vocabulary, width = tensors["embedding.weight"].shape
    inner = tensors["layers.0.outer.weight"].shape[1]
    parted = (held for held in graph.constants.values() if held.shape == (HEADS,))
    heads = int(next(parted)[-2])
    return MusicShape(vocabulary, width, layers, heads, inner, context, SHAPE.dropout)

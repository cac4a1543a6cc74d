"""The beat model of a preset as it can be trained on: its graph's numbers, unfolded.

Its patterns and nearly all of its numbers stand in the graph as they were trained, in the order of
writing. What was folded, the places of the sixteen steps with the LSTM's bias, is parted again into
numbers that do the same.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from loopwright.engine.beatcodes import LAGS, ROUNDS, WRITTEN
from loopwright.engine.sidecar import Sidecar
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatprior import DRAWS, NEVER, BeatPrior, BeatShape
from loopwright.training.beatsettings import RECIPE
from loopwright.training.graphfile import Array, GraphHeld, read_graph
from loopwright.training.readback import as_written_here, by_torch, fp32_graph, parted, tensor
from loopwright.training.train_beats import heated

STREAMS = DRAWS // 2


@dataclass(frozen=True, slots=True, eq=False)
class BeatBase:
    """A beat model to begin with, ready to be used, and the SHA-256 that its sidecar names."""

    model: str
    coder: BeatCoder
    prior: BeatPrior


def beat_base(folder: Path, sidecar: Sidecar) -> BeatBase:
    """Return the beat model whose graphs lie in a preset's folder.

    Raises PresetError for damaged graphs, SettingError for a model that cannot be trained on.
    """
    graph = read_graph(fp32_graph(folder, sidecar))
    with as_written_here(folder):
        coder = coder_of(graph)
        return BeatBase(sidecar.model, coder.eval(), prior_of(graph, coder).eval())


def looked_up(graph: GraphHeld) -> list[Array]:
    """Return the tables of numbers that are looked up: heard, three of told, skins, metals."""
    first = (taken[0] for taken in graph.used_by("Gather"))
    return [table for table in first if table.dtype == np.float32 and table.ndim == 2]


@torch.no_grad()
def coder_of(graph: GraphHeld) -> BeatCoder:
    """Return the coder of a loop graph: its patterns."""
    *_, skins, metals = looked_up(graph)
    coder = BeatCoder(len(skins))
    coder.skins.copy_((tensor(skins) + 1) / 2)
    coder.metals.copy_((tensor(metals) + 1) / 2)
    shapes = [t[0] for t in graph.used_by("Gather") if t[0].shape == coder.shapes.shape]
    coder.shapes.copy_(tensor(shapes[0]))
    return coder


@torch.no_grad()
def prior_of(graph: GraphHeld, coder: BeatCoder) -> BeatPrior:
    """Return the prior of a loop graph, as it was before its heats."""
    heard = tensor(looked_up(graph)[0])
    (cell,), (inner, inner_bias) = graph.used_by("Gemm")
    heads = [taken[0] for taken in graph.used_by("MatMul")][::2]
    shape = BeatShape(inner.shape[0], heard.shape[1], heads[0].shape[1])
    model = BeatPrior(coder.shape, shape)
    model.first.copy_(tensor(graph.constants["first"])[0])
    model.heard.copy_(heard.reshape(model.heard.shape))
    steps = next(t for taken in graph.used_by("Scan") for t in taken if t.shape[0] == 16)
    fill_cell(model, tensor(cell), tensor(steps))
    rows = tensor(inner).T.reshape(DRAWS, -1, shape.hidden)
    model.inner.weight.copy_(in_draws(rows).flatten(0, 1))
    model.inner.bias.copy_(in_draws(tensor(inner_bias).reshape(DRAWS, -1)).flatten())
    fill_draws(model, graph)
    first, second = RECIPE.settings.heats
    heated(model, (1 / first, 1 / second))
    return model


def in_draws(written: Tensor) -> Tensor:
    """Return rows (8, ...) in the order of draws, given in the order of writing."""
    return written[torch.tensor(WRITTEN).argsort()]


def fill_cell(model: BeatPrior, cell: Tensor, steps: Tensor) -> None:
    """Give the LSTM its weight (n, 4H), and the bias (16, 4H) of each step its place."""
    named = dict(model.lstm.named_parameters())
    hidden, size = model.shape.hidden, model.shape.heard
    heard = len(cell) - hidden - DRAWS * LAGS
    again = in_draws(cell[heard:-hidden].reshape(DRAWS, LAGS, -1)).flatten(0, 1)
    bias = steps.double().mean(0)
    place, of_place = parted((steps.double() - bias).numpy(), size)
    inputs = torch.cat([cell[:heard], again, tensor(of_place).T.float()])
    named["weight_ih_l0"].copy_(by_torch(inputs.T))
    named["weight_hh_l0"].copy_(by_torch(cell[-hidden:].T))
    named["bias_ih_l0"].copy_(by_torch(bias))
    named["bias_hh_l0"].zero_()
    model.place.copy_(tensor(place))


def fill_draws(model: BeatPrior, graph: GraphHeld) -> None:
    """Give each draw its numbers, round by round."""
    codes = model.codes.codes
    products = [tensor(taken[0]) for taken in graph.used_by("MatMul")]
    biases = [tensor(t[0]) for t in graph.used_by("Add") if t[0].shape[-1] == codes + LAGS]
    heads, same, told = products[::2], products[1::2], looked_up(graph)[1:-2]
    for n, draws in enumerate(ROUNDS):
        places = list(draws)
        bias = biases[n][:, 0, :codes]
        model.head[places], model.bonus[places] = heads[n][..., :codes], heads[n][..., codes:]
        model.closed[places] = torch.where(bias < NEVER / 2, NEVER, 0.0)
        model.head_bias[places] = torch.where(bias < NEVER / 2, 0.0, bias)
        model.bonus_bias[places] = biases[n][:, 0, codes:]
        if n < len(same):
            model.told[places] = tensor(told[n]).reshape(len(places), codes, -1)
            model.told_same[places] = same[n]

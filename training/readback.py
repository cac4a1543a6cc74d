"""The loop model of a preset as it can be trained on: its graphs' numbers, unfolded.

Graphs hold batch norms inside their convolutions and, of the prior's first layer, the product of
embedding and weight. Neither can be had apart again, but models that do the same can: norms that
change nothing, and a product of two matrices found by singular values. Before training goes on,
`settling.settled` gives the norms the means and spreads of real loops.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from loopwright.engine.errors import SettingError
from loopwright.engine.sidecar import CODED, CPU, Sidecar
from loopwright.training.graphfile import Array, GraphHeld, read_graph
from loopwright.training.model import CodeShape, LoopPrior, LoopVQVAE, PriorShape

FP32 = "cpu-fp32"
MATRICES = "Gemm"
TURN = 1  # seed of the rotation that spreads the strength of an embedding over its numbers
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LoopBase:
    """A loop model to begin with, ready to be used, and the SHA-256 that its sidecar names."""

    model: str
    coder: LoopVQVAE
    prior: LoopPrior


def vq_base(folder: Path, sidecar: Sidecar) -> LoopBase:
    """Return the VQ-VAE and prior whose graphs lie in a preset's folder.

    Raises PresetError for damaged graphs, SettingError for a model that cannot be trained on.
    """
    loop, encoder = read_graph(fp32_graph(folder, sidecar)), folder / sidecar.encoder.file
    with as_written_here(folder):
        vqvae = vqvae_of(loop, read_graph(encoder), sidecar)
        return LoopBase(sidecar.model, vqvae.eval(), prior_of(loop, vqvae.shape).eval())


@contextmanager
def as_written_here(folder: Path) -> Generator[None]:
    """Raise SettingError where numbers are not where our graphs have them."""
    try:
        yield
    except (LookupError, StopIteration, RuntimeError, ValueError) as trouble:
        raise SettingError(
            f"the loop model in {folder} was not written by this Loopwright: {trouble}"
        ) from None


def fp32_graph(folder: Path, sidecar: Sidecar) -> Path:
    """Return the graph whose numbers were not rounded. Raises SettingError where there is none."""
    whole = [v.file for v in sidecar.variants if v.provider == CPU and v.name == FP32]
    if sidecar.kind not in CODED or not whole:
        raise SettingError(f"the loop model in {folder} has no graph that training can begin with")
    return folder / whole[0]


@torch.no_grad()
def vqvae_of(loop: GraphHeld, encoder: GraphHeld, sidecar: Sidecar) -> LoopVQVAE:
    """Return the VQ-VAE of both graphs."""
    book = tensor(loop.constants["codebook"])
    shape = sidecar.shape
    model = LoopVQVAE(CodeShape(shape.positions, book.shape[1], shape.codes))
    fill(model.encoder, iter(encoder.used_by("Conv")))
    fill(model.decoder, iter(loop.used_by("Conv")))
    model.codebook.vectors.copy_(book)
    model.codebook.sums.copy_(book)
    return model


def fill(stack: nn.Module, convolutions: Iterator[tuple[Array, ...]]) -> None:
    """Give the convolutions of a stack their numbers; norms after them change nothing."""
    for module in stack.modules():
        if isinstance(module, nn.Conv1d):
            weight, bias = next(convolutions)
            assert module.bias is not None
            module.weight.copy_(tensor(weight))
            module.bias.copy_(tensor(bias))
        elif isinstance(module, nn.BatchNorm1d):
            assert module.running_var is not None
            module.running_var.fill_(1.0 - module.eps)


@torch.no_grad()
def prior_of(loop: GraphHeld, codes: CodeShape) -> LoopPrior:
    """Return the prior of a loop graph."""
    *layers, head = loop.used_by(MATRICES)
    hidden = head[0].shape[0]
    model = LoopPrior(codes, PriorShape(hidden, len(layers), in_pairs=in_pairs(loop, codes)))
    model.first.copy_(tensor(loop.constants["first"])[0])
    model.head.weight.copy_(tensor(head[0]).T)
    model.head.bias.copy_(tensor(head[1]))
    for n, held in enumerate(layers):
        fill_layer(model, n, [tensor(one) for one in held])
    fill_first(model, tensor(loop.constants["table"]))
    return model


def in_pairs(loop: GraphHeld, codes: CodeShape) -> bool:
    """Tell whether a graph writes both halves of a loop at once: it holds that order."""
    order = np.arange(codes.positions).reshape(2, -1).T.ravel()
    return any(np.array_equal(one, order) for one in loop.constants.values())


def fill_layer(model: LoopPrior, n: int, held: list[Tensor]) -> None:
    """Give a layer of the LSTM its numbers: weight (… , 4H) and, but for the first, bias (4H)."""
    named = dict(model.lstm.named_parameters())
    weight = by_torch(held[0].T)
    named[f"weight_hh_l{n}"].copy_(weight[:, -model.shape.hidden :])
    named[f"bias_hh_l{n}"].zero_()
    if n:
        named[f"weight_ih_l{n}"].copy_(weight[:, : model.shape.hidden])
        named[f"bias_ih_l{n}"].copy_(by_torch(held[1]))


def fill_first(model: LoopPrior, table: Tensor) -> None:
    """Part the table (K, 4H) into an embedding (K, H), a weight and a bias of the first layer."""
    named = dict(model.lstm.named_parameters())
    rows = by_torch(table.T).double()
    bias = rows.mean(1)
    embedding, weight = parted((rows - bias[:, None]).T.numpy(), model.shape.hidden)
    model.embedding.weight.copy_(tensor(embedding))
    named["weight_ih_l0"].copy_(tensor(weight))
    named["bias_ih_l0"].copy_(bias)


def parted(product: Doubles, size: int) -> tuple[Doubles, Doubles]:
    """Return matrices (n, size) and (m, size): the first, times the other's transpose, is (n, m).

    The first's numbers have a spread of 1, as an embedding's. Both are turned, so that dropout
    takes as much of every number.
    """
    left, sizes, right = np.linalg.svd(product, full_matrices=False)
    kept = min(size, len(sizes))
    turn = np.linalg.qr(np.random.default_rng(TURN).standard_normal((size, size)))[0][:kept]
    root = np.sqrt(sizes[:kept])
    one, other = (left[:, :kept] * root) @ turn, (right[:kept].T * root) @ turn
    spread = one.std() or 1.0
    return one / spread, other * spread


def by_torch(gates: Tensor) -> Tensor:
    """Return rows (4H, …) in torch's order: input, forget, cell, output; graphs have cell last."""
    take, keep, show, cell = gates.chunk(4)
    return torch.cat([take, keep, cell, show])


def tensor(held: Array) -> Tensor:
    """Return a constant as a tensor of its own."""
    return torch.from_numpy(np.array(held))

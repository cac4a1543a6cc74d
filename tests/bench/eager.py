"""The yardstick for one token: the models in torch, eagerly, with what they remember kept.

Each call hears a token and draws the next: temperature, top-k, top-p, one uniform number.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.compose import Sampling
from loopwright.training.melodymodel import MusicTransformer, Past
from loopwright.training.pianomodel import (
    PianoLayer,
    PianoLSTM,
    PianoTransformer,
    RelativeAttention,
    vectors,
)

Module = MusicTransformer | PianoTransformer | PianoLSTM


@dataclass
class Eager:
    """A model that has heard some tokens. `past` is all that it remembers of them."""

    after: Callable[[list[Past], Tensor], tuple[Tensor, list[Past]]]
    past: list[Past]

    @torch.no_grad()
    def __call__(self, token: int, uniform: float, sampling: Sampling) -> int:
        """Return the token drawn after `token`. What was heard before stays as it was."""
        logits, _ = self.after(self.past, torch.tensor([[token]]))
        return drawn(logits[0, -1], uniform, sampling)


def eager(module: Module, tokens: list[int]) -> Eager:
    """Return a model that has heard `tokens`."""
    if isinstance(module, MusicTransformer):
        step = module.after
    else:
        step = PianoSteps(module) if isinstance(module, PianoTransformer) else LstmSteps(module)
    model = Eager(step, [])
    with torch.no_grad():
        for token in tokens:
            _, model.past = step(model.past, torch.tensor([[token]]))
    return model


@dataclass
class PianoSteps:
    """The piano paper's Transformer, one token at a time."""

    module: PianoTransformer

    def __call__(self, past: list[Past], token: Tensor) -> tuple[Tensor, list[Past]]:
        """Return logits (1, 1, 153) of a token (1, 1) heard after `past`, and the past with it."""
        x, scores, present = self.module.embedding(token), torch.zeros(()), list[Past]()
        for n, layer in enumerate(self.module.layers):
            assert isinstance(layer, PianoLayer)
            mixed, scores, held = listened(layer.attention, x, scores, past[n] if past else None)
            x = layer.first_norm(x + mixed)
            x = layer.second_norm(x + layer.outer(F.relu(layer.inner(x))))
            present.append(held)
        return self.module.logits(x), present


def listened(
    of: RelativeAttention, x: Tensor, before: Tensor, past: Past | None
) -> tuple[Tensor, Tensor, Past]:
    """Return what the heads heard (1, 1, width), the scores so far, and the past with the token."""
    split = of.project(x).unflatten(-1, (3, of.heads, of.size))
    query, key, value = split.permute(2, 0, 3, 1, 4)
    if past is not None:
        key, value = torch.cat((past[0], key), 2), torch.cat((past[1], value), 2)
    query = query * of.size**-0.5
    near = query @ vectors(of.distance, key.shape[2]).T
    scores = before + query @ key.mT + near
    heard = scores.softmax(-1) @ value
    return of.out(heard.transpose(1, 2).flatten(-2)), scores, (key, value)


@dataclass
class LstmSteps:
    """The piano paper's LSTM, one token at a time."""

    module: PianoLSTM

    def __call__(self, past: list[Past], token: Tensor) -> tuple[Tensor, list[Past]]:
        """Return logits (1, 1, 153) of a token (1, 1) heard after `past`, and the past with it."""
        x, present = self.module.embedding(token), list[Past]()
        for n, layer in enumerate(self.module.lstm):
            x, state = layer(x, past[n] if past else None)
            present.append(state)
        return self.module.head(x), present


def drawn(logits: Tensor, uniform: float, sampling: Sampling) -> int:
    """Return the token that a uniform number draws from logits (V)."""
    shares = torch.softmax(logits / sampling.temperature, -1)
    ordered, order = shares.sort(descending=True)
    if sampling.top_k:
        ordered, order = ordered[: sampling.top_k], order[: sampling.top_k]
    before = ordered.cumsum(-1) - ordered
    kept = torch.zeros_like(shares)
    stay = before < sampling.top_p * ordered.sum()
    kept[order[stay]] = ordered[stay]
    edges = kept.cumsum(-1)
    return int((edges <= uniform * edges[-1]).sum())

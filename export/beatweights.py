"""A beat model's weights as plain arrays, ready to be written into graphs.

Everything of a draw stands in the order of writing: skins of the first half's beat; metals, shape,
skins of the second's; pitch, metals and shape of the second's; its pitch. Tensors of the LSTM have
the gates input, forget, output, cell. b loops, H hidden units, K codes, L places to repeat from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.beatcodes import BACK, HEARD, LAGS, ROUNDS, WRITTEN
from loopwright.export.layers import LSTM_TENSORS, sigmoids_first
from loopwright.export.weights import Floats

Ints = NDArray[np.int64]

STEPS, STREAMS, HALVES = 16, 4, 2
PARTS = ("drums", "drums", "bass", "bass")
POSITIONS = STEPS * HALVES
MEMORY = max(BACK)


@dataclass(frozen=True, slots=True)
class Draws:
    """What one round of draws needs, n of them: their own layer's output to logits, and memory.

    `head` (n, inner, K + L) and `head_bias` (n, 1, K + L) hold the bonuses behind the codes;
    `told` (n K, inner) and `told_same` (n, L, inner) tell later rounds.
    """

    places: tuple[int, ...]
    head: Floats
    head_bias: Floats
    told: Floats
    told_same: Floats


@dataclass(frozen=True, slots=True)
class BeatWeights:
    """All that the graphs are made from; `model` is the SHA-256 of the tensors as trained."""

    skins: Floats  # (K, 20)
    metals: Floats  # (K, 16)
    shapes: Ints  # (K, 4)
    first: Floats  # (K) log shares of the first pitch
    heard: Floats  # (4 (K + 1), n)
    cell: Floats  # (what is heard, what came again, state; 4H)
    cell_bias: Floats  # (16, 4H), by step
    inner: Floats  # (H, 8 inner)
    inner_bias: Floats  # (8 inner)
    rounds: tuple[Draws, ...]
    model: str

    @property
    def codes(self) -> int:
        """K."""
        return len(self.skins)

    @property
    def hidden(self) -> int:
        """H."""
        return len(self.inner)


def beat_weights(coder: Mapping[str, NDArray[np.generic]], prior: Mapping[str, Floats], model: str
                 ) -> BeatWeights:  # fmt: skip
    """Return the weights for graphs out of the tensors as torch names them."""
    codes, order = len(prior["first"]), list(WRITTEN)
    wide = len(prior["inner.bias"]) // len(order)
    cell, bias = cell_of(prior)
    inner = (
        prior["inner.weight"].reshape(len(order), wide, -1)[order].reshape(len(order) * wide, -1)
    )
    return BeatWeights(
        coder["skins"].astype(np.float32),
        coder["metals"].astype(np.float32),
        coder["shapes"].astype(np.int64),
        prior["first"],
        prior["heard"].reshape(STREAMS * (codes + 1), -1),
        cell,
        bias,
        np.ascontiguousarray(inner.reshape(len(order) * wide, -1).T),
        prior["inner.bias"].reshape(len(order), wide)[order].ravel(),
        tuple(draws_of(prior, list(places)) for places in ROUNDS),
        model,
    )


def cell_of(prior: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return the LSTM's weight (n, 4H), and its bias (16, 4H) with each step's place in it."""
    own = {name: sigmoids_first(prior[f"lstm.{name}_l0"]) for name in LSTM_TENSORS}
    inputs, place = own["weight_ih"].T, prior["place"]
    heard = len(HEARD) * STREAMS * prior["heard"].shape[2]
    again = inputs[heard : heard + len(WRITTEN) * LAGS].reshape(len(WRITTEN), LAGS, -1)
    again = again[list(WRITTEN)].reshape(len(WRITTEN) * LAGS, -1)
    of_place = inputs[heard + len(WRITTEN) * LAGS :]
    weight = np.concatenate([inputs[:heard], again, own["weight_hh"].T])
    # In float32 the last bits of a product depend on how many threads add it up.
    bias = place.astype(np.float64) @ of_place.astype(np.float64) + own["bias_ih"] + own["bias_hh"]
    return np.ascontiguousarray(weight), np.ascontiguousarray(bias.astype(np.float32))


def draws_of(prior: Mapping[str, Floats], places: list[int]) -> Draws:
    """Return the weights of one round."""
    head = np.concatenate([prior["head"], prior["bonus"]], 2)[places]
    bias = np.concatenate([prior["head_bias"] + prior["closed"], prior["bonus_bias"]], 1)[places]
    told = prior["told"][places]
    return Draws(
        tuple(places),
        head,
        bias[:, None],
        told.reshape(-1, told.shape[2]),
        prior["told_same"][places],
    )

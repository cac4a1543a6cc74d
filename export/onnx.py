"""From trained models, of loops and of melodies, to the weights that graphs are made of.

A model's name is the SHA-256 over every tensor that the graphs use: its name, its shape, and its
numbers as little-endian float32, by name in order; a VQ-VAE's first and then its prior's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from loopwright.engine import melodytables
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage
from loopwright.engine.languages import table_of
from loopwright.engine.pitchstrings import PitchStrings
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.stepsidecar import (
    MELODY_LSTM,
    MELODY_TRANSFORMER,
    PIANO_LSTM,
    PIANO_TRANSFORMER,
)
from loopwright.export.beatweights import BeatWeights, beat_weights
from loopwright.export.layers import sigmoids_first
from loopwright.export.loopvae import VaeWeights
from loopwright.export.named import NamedWeights
from loopwright.export.steps import Melodist
from loopwright.export.weights import (
    Convolution,
    Doubling,
    Floats,
    Layer,
    Prior,
    Recurrence,
    Residual,
    Weights,
)
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatfile import MODEL as BEATS
from loopwright.training.beatfile import load_beats
from loopwright.training.beatprior import BeatPrior
from loopwright.training.checkpoint import Held, load_prior, load_vqvae
from loopwright.training.lead_options import MODEL as LEAD
from loopwright.training.leadmodelfile import load_lead
from loopwright.training.leadset import HEAD
from loopwright.training.loopvaefile import load_vae
from loopwright.training.loopvaes import ArDecoder, CnnDecoder, CnnEncoder, LoopVae
from loopwright.training.melody_options import MODEL as MELODY
from loopwright.training.melodylstm import MelodyLSTM
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodymodelfile import load_melody
from loopwright.training.model import LoopPrior, LoopVQVAE, ResBlock
from loopwright.training.piano_options import MODEL as PIANO
from loopwright.training.pianomodel import PianoLSTM, PianoTransformer
from loopwright.training.pianomodelfile import load_piano
from loopwright.training.pianosettings import WINDOW
from loopwright.training.tables import flat

VQVAE, PRIOR = "vqvae.pt", "prior.pt"
SINGS = "A melody of one voice, in a style and a key"
PLAYS = "A piano, with as many voices as it likes"
TELLS = "A melody, as the melody paper tells it"
CACHED = 512  # tokens of an LSTM's outputs that can be listened to
Module = PianoLSTM | PianoTransformer | MelodyLSTM | MusicTransformer
Spoken = LeadLanguage | PianoLanguage | PitchStrings | RemiLanguage
KINDS: dict[type[Module], str] = {
    PianoLSTM: PIANO_LSTM,
    PianoTransformer: PIANO_TRANSFORMER,
    MelodyLSTM: MELODY_LSTM,
    MusicTransformer: MELODY_TRANSFORMER,
}
UNUSED = ("counts", "sums", "num_batches_tracked")
NEVER_FIRST = -1e4
"""Log share of a first code that was never seen: finite, so that a mask may leave nothing else."""


def weights_of(vqvae: LoopVQVAE, prior: LoopPrior) -> Weights:
    """Return the trained model's weights, folded and reordered for the graphs."""
    return Weights(
        tuple(layers_of(vqvae.encoder)),
        tuple(layers_of(vqvae.decoder)),
        floats(vqvae.codebook.vectors),
        prior_of(prior),
        vqvae.shape.positions,
        name_of(vqvae, prior),
    )


def name_of(vqvae: LoopVQVAE, prior: LoopPrior) -> str:
    """Return the SHA-256 that names this model."""
    digest = hashlib.sha256()
    for prefix, module in (("vqvae", vqvae), ("prior", prior)):
        for name, tensor in sorted(module.state_dict().items()):
            if not name.endswith(UNUSED):
                digest.update(f"{prefix}.{name}{tuple(tensor.shape)}".encode())
                digest.update(floats(tensor).astype("<f4").tobytes())
    return digest.hexdigest()


def layers_of(stack: nn.Module) -> Iterable[Layer]:
    """Give the layers of an encoder or decoder, batch norms folded."""
    for module in stack.children():
        if isinstance(module, ResBlock):
            first, norm, slope, second, last = module.body
            yield Residual(convolution(first, norm, slope), convolution(second, last))
        elif isinstance(module, nn.Upsample):
            yield Doubling()
        elif isinstance(module, nn.Sequential):
            yield convolution(*module)
        else:
            yield convolution(module)


def convolution(conv: nn.Module, norm: nn.Module | None = None, relu: nn.Module | None = None
                ) -> Convolution:  # fmt: skip
    """Return a convolution with the batch norm after it folded in."""
    assert isinstance(conv, nn.Conv1d)
    assert conv.bias is not None
    weight, bias = conv.weight, conv.bias
    if isinstance(norm, nn.BatchNorm1d):
        scale, shift = folded(norm)
        weight, bias = weight * scale[:, None, None], bias * scale + shift
    slope = relu.negative_slope if isinstance(relu, nn.LeakyReLU) else None
    return Convolution(floats(weight), floats(bias), conv.stride[0], slope)


def folded(norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """Return what a batch norm at rest multiplies by and adds, a channel."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    return scale, norm.bias.double() - norm.running_mean.double() * scale


def prior_of(prior: LoopPrior) -> Prior:
    """Return the prior's weights, each code's product with layer 1's input weight looked up."""
    own = {n: sigmoids_first(floats(tensor)) for n, tensor in prior.lstm.state_dict().items()}
    biases = [own[f"bias_ih_l{n}"] + own[f"bias_hh_l{n}"] for n in range(prior.shape.layers)]
    heard, bias = (torch.from_numpy(a).double() for a in (own["weight_ih_l0"], biases[0]))
    table = prior.embedding.weight.double() @ heard.T + bias
    layers = [Recurrence(np.ascontiguousarray(own["weight_hh_l0"].T), None)]
    for n, later in enumerate(biases[1:], 1):
        both = np.concatenate([own[f"weight_ih_l{n}"], own[f"weight_hh_l{n}"]], 1)
        layers.append(Recurrence(np.ascontiguousarray(both.T), later))
    return Prior(
        floats(prior.first.clamp_min(NEVER_FIRST)),
        floats(table),
        tuple(layers),
        floats(prior.head.weight.T),
        floats(prior.head.bias),
        tuple(int(position) for position in prior.order),
    )


def floats(tensor: Tensor) -> Floats:
    """Return a tensor as an array of float32."""
    return np.ascontiguousarray(tensor.detach().cpu().float().numpy())


def weights_in(folder: Path) -> Weights | BeatWeights:
    """Return the weights of the loop model that was trained in `folder`. Raises SettingError."""
    if (folder / BEATS).is_file():
        return weights_of_beats(*load_beats(folder / BEATS))
    return weights_of(load_vqvae(folder / VQVAE), load_prior(folder / PRIOR))


def weights_of_beats(coder: BeatCoder, prior: BeatPrior) -> BeatWeights:
    """Return a beat model's weights for the graphs."""
    own = {name: value.numpy() for name, value in coder.state_dict().items()}
    learned = {name: floats(value) for name, value in prior.state_dict().items()}
    known = {f"coder.{n}": v.astype(np.float32) for n, v in own.items()}
    return beat_weights(
        own, learned, hash_of(known | {f"prior.{n}": v for n, v in learned.items()})
    )


@dataclass(frozen=True, slots=True, eq=False)
class TrainedMelody:
    """A trained melody model: its weights for graphs, and what torch says with them."""

    weights: NamedWeights
    module: Module

    @torch.no_grad()
    def scores(self, tokens: NDArray[np.int64]) -> Floats:
        """Return log-probabilities (b, t, V) of the token after each of `tokens` (b, t)."""
        return floats(self.module(torch.from_numpy(tokens)).log_softmax(-1))


def trained(module: Module) -> TrainedMelody:
    """Return a module with its weights by name."""
    tensors = {name: floats(value) for name, value in module.state_dict().items()}
    return TrainedMelody(NamedWeights(tensors, *sizes(module), hash_of(tensors)), module)


def sizes(module: Module) -> tuple[int, int]:
    """Return how many layers a module has, and how many heads; the piano's LSTM has none."""
    stack = module.lstm if isinstance(module, PianoLSTM | MelodyLSTM) else module.layers
    return len(stack), 0 if isinstance(module, PianoLSTM) else module.shape.heads


@dataclass(frozen=True, slots=True, eq=False)
class TrainedVae:
    """A trained VAE of loops: its weights for graphs, and what torch says with them."""

    weights: VaeWeights
    module: LoopVae

    @torch.no_grad()
    def logits(self, z: NDArray[np.float64], heard: NDArray[np.bool_]) -> Floats:
        """Return logits (b, 128, 93) of latents (b, n), an AR decoder told what it wrote."""
        latents, decoder = torch.from_numpy(z).float(), self.module.decoder
        if not isinstance(decoder, ArDecoder):
            return floats(decoder(latents))
        told = torch.from_numpy(heard).float()
        return floats(decoder(latents, told, torch.ones(told.shape[:2], dtype=torch.bool)))

    @torch.no_grad()
    def means(self, rolls: NDArray[np.bool_]) -> Floats:
        """Return the means (b, n) of the latents of rolls (b, 128, 93)."""
        return floats(self.module.encode(torch.from_numpy(rolls).float())[0])


def vae_in(path: Path) -> TrainedVae:
    """Return the VAE in a file. Raises SettingError."""
    return trained_vae(load_vae(path))


def trained_vae(module: LoopVae) -> TrainedVae:
    """Return a VAE with its weights, the batch norms folded."""
    tensors = {
        name: floats(value)
        for name, value in module.state_dict().items()
        if not name.endswith(UNUSED)
    }
    encoder, decoder = (
        tuple(layers_of(part.body)) if isinstance(part, CnnEncoder | CnnDecoder) else ()
        for part in (module.encoder, module.decoder)
    )
    kind = f"loop-{module.kind}"
    weights = VaeWeights(kind, module.latent, tensors, encoder, decoder, hash_of(tensors))
    return TrainedVae(weights, module)


def hash_of(tensors: Mapping[str, Floats]) -> str:
    """Return the SHA-256 that names a model of these tensors."""
    digest = hashlib.sha256()
    for name, value in sorted(tensors.items()):
        digest.update(f"{name}{value.shape}".encode())
        digest.update(value.astype("<f4").tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class MelodyRun:
    """A melody model as a run left it: what graphs are made of, what torch says, what is known.

    `says` tells in words what it goes on with, `about` has rows (what, value) of its training.
    """

    of: Melodist
    torch: TrainedMelody
    says: str
    about: tuple[tuple[str, str], ...]


def melody_in(folder: Path) -> MelodyRun:
    """Return the melody model that was trained in `folder`. Raises SettingError."""
    if (folder / LEAD).is_file():
        lead, meta = load_lead(folder / LEAD)
        return run_of(lead, LeadLanguage(), (SINGS, meta))
    if (folder / MELODY).is_file():
        melody, language, meta = load_melody(folder / MELODY)
        return run_of(melody, language, (TELLS, meta))
    piano, meta = load_piano(folder / PIANO)
    return run_of(piano, PianoLanguage(), (PLAYS, meta))


def run_of(module: Module, language: Spoken, known: tuple[str, Held]) -> MelodyRun:
    """Return a run of a module; `known` are what it does in words and what its file says."""
    found, (says, meta) = trained(module), known
    own = isinstance(language, LeadLanguage | PianoLanguage)
    table = table_of(language) if own else melodytables.table_of(language)
    opening = HEAD if isinstance(language, LeadLanguage) else 0
    about = table, language.vocabulary, context_of(module), opening
    of = Melodist(KINDS[type(module)], found.weights, *about)
    return MelodyRun(of, found, says, tuple(flat("", meta)))


def context_of(module: Module) -> int:
    """Return how many tokens a model hears: as many as in training, the melody paper's 512."""
    if isinstance(module, MusicTransformer):
        return module.shape.context
    return CACHED if isinstance(module, MelodyLSTM) else WINDOW - 1

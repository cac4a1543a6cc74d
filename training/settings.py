"""Everything that a training can be told, and the two recipes: the paper's, and what ships.

No torch here, so that the command line can read it before torch is loaded.
"""

from dataclasses import dataclass, field
from enum import Enum

from loopwright.training.corpus import FirstDrums, Rules
from loopwright.training.songs import Meter, Reading


class Loss(Enum):
    """What the decoder is trained for: the paper's plain bits, one bass choice a step, or both."""

    BITS = "bits"
    CHOICE = "choice"
    BOTH = "both"  # their mean: either decoding then reads the same numbers well


@dataclass(frozen=True, slots=True)
class Transposition:
    """The bass of each loop is moved by so many semitones, drawn anew each time.

    Both ends are included; 0 to 0 leaves it.
    """

    lowest: int = -6
    highest: int = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast; rates from the loop paper, "Experiment details"."""

    epochs: int
    seed: int = 1
    rate: float = 1e-3
    last_rate: float = 5e-6
    check_every: int = 5  # epochs between judgements, log lines and checkpoints
    patience: int = 0  # judgements without a better figure before the run ends; 0 is never


@dataclass(frozen=True, slots=True)
class VqvaeSettings:
    """How the VQ-VAE is trained, besides its schedule."""

    batch: int = 128
    warm_epochs: int = 8  # without the quantiser; then k-means places the codebook. 0: the paper
    commitment: float = 0.25
    loss: Loss = Loss.BITS
    balance_crash: bool = False  # let as many reconstructions begin with a crash as loops do
    transpose: Transposition = field(default_factory=Transposition)
    positions: int = 32  # t, codes of a loop: 128 halved some times
    width: int = 16  # L, numbers of a code
    codes: int = 512  # K, codes there are


@dataclass(frozen=True, slots=True)
class PriorSettings:
    """How the prior is trained, besides its schedule."""

    batch: int = 128
    hidden: int = 256
    layers: int = 2
    dropout: float = 0.1
    in_pairs: bool = False  # write both halves of the loop at once; False: in time, as the paper
    transpose: Transposition = field(default_factory=Transposition)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One whole training: which loops, and how both models learn them."""

    rules: Rules
    vqvae: VqvaeSettings
    vqvae_schedule: Schedule
    prior: PriorSettings
    prior_schedule: Schedule


AS_IT_IS = Transposition(0, 0)

PAPER = Recipe(
    rules=Rules(),
    vqvae=VqvaeSettings(batch=2048, warm_epochs=0, transpose=AS_IT_IS),
    vqvae_schedule=Schedule(epochs=2000),
    prior=PriorSettings(batch=2048, hidden=512, dropout=0.2, transpose=AS_IT_IS),
    prior_schedule=Schedule(epochs=2000),
)
SHIPPED = Recipe(
    rules=Rules(reading=Reading(meter=Meter.WIDE), first_drums=FirstDrums.KICK, stride=1),
    vqvae=VqvaeSettings(loss=Loss.BOTH, balance_crash=True),
    vqvae_schedule=Schedule(epochs=100),
    prior=PriorSettings(in_pairs=True, dropout=0.2),
    prior_schedule=Schedule(epochs=26, rate=2e-3, check_every=2, patience=8),
)
RECIPES: dict[str, Recipe] = {"paper": PAPER, "shipped": SHIPPED}

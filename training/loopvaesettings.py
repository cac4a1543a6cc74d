"""How the loop paper's three continuous VAEs are trained, besides their loops. No torch here."""

from dataclasses import dataclass, field
from enum import StrEnum

from loopwright.training.settings import AS_IT_IS, Schedule, Transposition

INVERSE_SIGMOID = 20.0
SOONER, SOONER_OVER = 5.0, 30  # half of the steps a quarter into the run, a tenth after two thirds


class Vae(StrEnum):
    """The paper's continuous models (its appendix A, tables a, b and c)."""

    AR = "ar"  # LSTM that hears what it wrote the step before
    NONAR = "nonar"  # LSTM that hears the latent alone
    CNN = "cnn"


@dataclass(frozen=True, slots=True)
class VaeSettings:
    """How a VAE is trained, besides its schedule.

    The paper anneals beta "from 0 to 1" and says no more: here along a line, over `annealed` of the
    run. `inverse_sigmoid` is the k of k / (k + exp(epoch / k)), the share of true steps that the AR
    model hears; a run of any length goes through `falls_over` such epochs, 0 through its own.
    """

    model: Vae
    batch: int = 128
    annealed: float = 0.5
    inverse_sigmoid: float = INVERSE_SIGMOID
    falls_over: int = 0
    transpose: Transposition = field(default_factory=Transposition)


@dataclass(frozen=True, slots=True)
class VaeRecipe:
    """One whole training of a VAE; its loops are those of the VQ-VAE's recipe of the same name."""

    settings: VaeSettings
    schedule: Schedule


def paper(model: Vae) -> VaeRecipe:
    """Return the paper's recipe: 2,000 epochs, batches of 2,048, the bass as it is."""
    return VaeRecipe(VaeSettings(model, 2048, transpose=AS_IT_IS), Schedule(epochs=2000))


def shipped(model: Vae) -> VaeRecipe:
    """Return the recipe for two cores: the CNN has the shipped VQ-VAE's 100 epochs.

    An LSTM takes seven times as long for one, of batches of any size: so it has 30, of smaller
    batches and thus of four times as many steps, and the AR model hears itself sooner.
    """
    if model is Vae.CNN:
        return VaeRecipe(VaeSettings(model), Schedule(epochs=100))
    settings = VaeSettings(model, 32, inverse_sigmoid=SOONER, falls_over=SOONER_OVER)
    return VaeRecipe(settings, Schedule(epochs=30, check_every=1))


RECIPES = {"paper": paper, "shipped": shipped}

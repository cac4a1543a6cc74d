"""What is asked of a melody model, whatever runs it: one token after another, and back again."""

from collections.abc import Sequence
from typing import Protocol

from loopwright.engine.compose import Sampling
from loopwright.engine.language import Bias, Language


class Stepper(Protocol):
    """A model that has heard some tokens, and draws what comes next. One thread at a time."""

    @property
    def language(self) -> Language:
        """What its tokens mean."""
        ...

    @property
    def model(self) -> str:
        """The SHA-256 that names the model."""
        ...

    @property
    def device(self) -> str:
        """What it runs on, such as "cpu-int8"."""
        ...

    @property
    def heard(self) -> tuple[int, ...]:
        """The tokens that it has heard, drawn ones included."""
        ...

    def listen(self, tokens: Sequence[int]) -> None:
        """Have it hear exactly `tokens`: what `heard` begins with alike is not computed again.

        Blocks for a step a token that is new to it. However long the tokens get, the latest are
        always heard: it never falls silent for want of room.
        """
        ...

    def draw(self, bias: Bias, uniform: float, sampling: Sampling) -> tuple[int, float]:
        """Draw the next token, have it heard, and return it with its log-probability in nats.

        The probability is the one that the sampling left it with, masks included. Where top-p
        leaves nothing it is dropped, then top-k; the bias never is.
        """
        ...

"""What is asked of a loop model, whatever runs it; `live.runtime.LoopModel` is one."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Drawn(Protocol):
    """What a call of the graph gives."""

    @property
    def codes(self) -> NDArray[np.int64]:
        """Codes (b, t)."""
        ...

    @property
    def rolls(self) -> NDArray[np.uint8]:
        """Rolls (b, 128, 93) of 0 and 1."""
        ...


class Model(Protocol):
    """Draws loops as codes and rolls, and tells the codes of a roll."""

    @property
    def model(self) -> str:
        """The SHA-256 that names the model."""
        ...

    @property
    def device(self) -> str:
        """What it runs on."""
        ...

    @property
    def positions(self) -> int:
        """t, the codes of a loop."""
        ...

    @property
    def in_time(self) -> bool:
        """Whether codes lie in order of time and are few, so that loops can share some."""
        ...

    @property
    def parts(self) -> tuple[str, ...]:
        """Whose, "drums" or "bass", each of a position's codes is in turn; empty where both's."""
        ...

    def draw(  # noqa: PLR0913 - the graph's own inputs, by name
        self,
        uniforms: ArrayLike,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        *,
        prefix: ArrayLike | None = None,
        mask: ArrayLike | None = None,
        plain: bool = False,
    ) -> Drawn:
        """Draw and decode a loop for each row of `uniforms` (b, t).

        `prefix` (b, t) holds codes that are forced, -1 where free; `mask` (t, K) is True where a
        code may be drawn. `plain` decodes cell by cell, without the loop's rules.
        """
        ...

    def encode(self, rolls: ArrayLike) -> NDArray[np.int64]:
        """Return the codes (b, t) of rolls (b, 128, 93)."""
        ...

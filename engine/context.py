"""Which of many tokens a melody model hears, when its memory has room for so many and no more.

Half of the room is emptied at once, so that a second memory can hear what will be left while the
first still serves. Which tokens are heard depends on their number alone. Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

AHEAD = 2  # tokens that the second memory hears for each new one


@dataclass(frozen=True, slots=True)
class Window:
    """`opening` tokens are heard always, and of the others the latest: `context` at most.

    A context of 0 has no end. A base is the first token after the opening that is heard.
    """

    context: int
    opening: int = 0

    def base(self, count: int) -> int:
        """Return the base when there are `count` tokens, 0 where all are heard."""
        over = count - self.context
        if over <= 0 or not self.context:
            return 0
        return self.opening + -(-over // self.half) * self.half

    def following(self, count: int) -> int | None:
        """Return the base that comes next, None where that is far away still."""
        base = self.base(count)
        held = self.opening + count - base if base else count
        if not self.context or held < self.context - self.lead:
            return None
        return (base or self.opening) + self.half

    def heard(self, tokens: Sequence[int], base: int) -> Sequence[int]:
        """Return those of the tokens that are heard from a base on."""
        return [*tokens[: self.opening], *tokens[base:]] if base else tokens

    @property
    def lead(self) -> int:
        """How many tokens it takes the second memory to hear what will be left."""
        return -(-(self.opening + self.half) // AHEAD) + 1

    @property
    def half(self) -> int:
        """How many tokens leave at once."""
        return (self.context - self.opening) // 2

"""What one part of the doctor's round came to, in words, in figures, and in advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True, slots=True)
class Finding:
    """A topic: lines to read, facts for a program, and what the user could change."""

    topic: str
    lines: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    advice: tuple[str, ...] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values, 0..1, do not exceed; 0 where there are none."""
    ranked = sorted(values)
    return ranked[max(ceil(share * len(ranked)), 1) - 1] if ranked else 0.0

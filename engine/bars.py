"""Which bars of a session are meant: counted from 1. Standard library only."""

import re
from dataclasses import dataclass

from loopwright.engine.errors import SettingError
from loopwright.engine.time import TICKS_PER_BAR

SPAN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars `first` to `last`, both included, the first of all being 1."""

    first: int
    last: int

    @property
    def start(self) -> int:
        """The tick that they begin on."""
        return (self.first - 1) * TICKS_PER_BAR

    @property
    def ticks(self) -> int:
        """How long they are."""
        return (self.last - self.first + 1) * TICKS_PER_BAR


def parse_bars(text: str) -> Bars:
    """Read `17-32`, or `17` for one bar. Raises SettingError."""
    found = SPAN.fullmatch(text.strip())
    if not found:
        raise SettingError(f"--bars {text}: write FIRST-LAST, as 17-32")
    first = int(found[1])
    last = int(found[2] or first)
    if not 1 <= first <= last:
        raise SettingError(f"--bars {text}: bars are counted from 1, the first comes first")
    return Bars(first, last)

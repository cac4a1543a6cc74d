"""Counts that an independent reading of loops-multitrack.zip found, and how ours compare."""

from dataclasses import dataclass, replace

from loopwright.training.corpus import Chain, FirstDrums, Rules
from loopwright.training.songs import Meter, Reading

ARCHIVE = "52b79fc4c9420e2731eb10ce13fd7fa0fea6cc343573af17f334a6503fc8027d"
"""SHA-256 of the archive that these counts are of."""

TOLERANCE = 0.02
WHY = (
    "differs by more than 2 %: the published counts round onsets half up, drop bass outside "
    "C1-B7, merge all tracks of a part and end a song with its last bar that holds a note of the "
    "roll; an option that changes one of these changes the counts"
)
KICK = Rules(first_drums=FirstDrums.KICK)
EITHER = Rules(first_drums=FirstDrums.EITHER)
WIDE = Reading(meter=Meter.WIDE)
ONSETS = Reading(sustain=False)
Counts = tuple[int, int]  # loops, and without exact copies


def by_stride(rules: Rules, *counts: Counts) -> dict[Rules, Counts]:
    """Return one row of the published table: stride 1; the same with jump; stride 8."""
    one, eight = replace(rules, stride=1), replace(rules, stride=8)
    return dict(zip((one, replace(one, jump=True), eight), counts, strict=True))


PUBLISHED: dict[Rules, Counts] = {
    **by_stride(Rules(), (3691, 2570), (2501, 1822), (537, 449)),
    **by_stride(KICK, (25984, 17120), (7638, 5675), (3168, 2451)),
    **by_stride(EITHER, (26647, 17532), (7951, 5906), (3244, 2504)),
    **by_stride(Rules(reading=WIDE), (4346, 3044), (2951, 2164), (720, 597)),
    **by_stride(replace(KICK, reading=WIDE), (29549, 19392), (8736, 6464), (3668, 2835)),
    **by_stride(replace(EITHER, reading=WIDE), (30302, 19863), (9112, 6742), (3766, 2909)),
    Rules(reading=ONSETS, stride=1): (3979, 2773),
    replace(KICK, reading=ONSETS, stride=1): (28701, 18730),
}
CHAIN = Chain(217310, 47781, 33320, 25984, 3691)
"""Of files that declare 4/4, stride 1, whichever drums are asked for."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of our counts beside the published one."""

    name: str
    ours: int
    published: int

    @property
    def apart(self) -> float:
        """How far apart they are, as a share of the published count."""
        return self.ours / self.published - 1

    def lines(self) -> list[str]:
        """Return it for a terminal."""
        line = f"{self.ours:>9,}  {self.name}; published {self.published:,} ({self.apart:+.2%})"
        return [line, f"           {WHY}"] if abs(self.apart) > TOLERANCE else [line]


def compared(sha256: str, rules: Rules, chain: Chain, unique: int) -> tuple[Comparison, ...]:
    """Return our counts beside the published; empty where nobody counted by these rules."""
    if sha256 != ARCHIVE or rules not in PUBLISHED:
        return ()
    loops, once = PUBLISHED[rules]
    ends = (Comparison("loops", chain.loops, loops), Comparison("without copies", unique, once))
    return (*along(rules, chain), *ends)


def along(rules: Rules, chain: Chain) -> tuple[Comparison, ...]:
    """Return the counts along the chain, where they were published."""
    if rules.stride != 1 or rules.reading != Reading():
        return ()
    names = ("windows", "repeat", "bass", "kick", "crash")
    return tuple(Comparison(n, getattr(chain, n), getattr(CHAIN, n)) for n in names)

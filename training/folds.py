"""Does training on help? Five-fold by song: each song is judged by a model that has not heard it.

The songs are parted into folds; for each, the others are trained on (an eighth of them says when to
stop), and what the model makes of the fold's songs is held against what its base made of them.
Every song counts once, however many loops it has; the intervals are over songs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.amounts import amount
from loopwright.engine.errors import SettingError
from loopwright.training import bases
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.loopfigures import LoopFigures
from loopwright.training.placing import by_chance, renamed
from loopwright.training.runs import prepare
from loopwright.training.settings import Recipe
from loopwright.training.tuned import sized

FOLDS, HELD = 5, 8  # of the songs trained on, each eighth judges when to stop
DRAWS, SEED = 10_000, 1  # of the bootstrap
FEWEST = 20  # songs
NAMES = ("error", "nats_a_code", "nats")
SAYS = {
    "error": "share of cells that come back wrong",
    "nats_a_code": "nats a code of the prior",
    "nats": "nats a loop, codes and notes",
}
Each = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure over songs: its mean before and after, and the mean change with its 95 %."""

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Each song's figures (songs, 3), by the base and by models that were trained on."""

    before: Each
    after: Each
    loops: int


def judge(
    loops: LoopSet, base: bases.Base, recipe: Recipe, folder: Path, threads: int | None
) -> Judged:
    """Train a model for each fold, and judge it by the fold's songs. Blocks for long.

    What was cut off goes on, fold by fold. Raises SettingError for too few songs.
    """
    prepare(folder, threads, recipe.vqvae_schedule.seed)
    before: list[Each] = []
    after: list[Each] = []
    for number, fold in enumerate(folds_of(loops), 1):
        print(f"fold {number} of {FOLDS}", flush=True)
        fitting = sized(recipe, len(fold.part(Split.TRAIN)))
        was, now = bases.judged(fold, base, fitting, folder / f"fold-{number}")
        songs = fold.part(Split.TEST).group
        before += by_song(was, songs)
        after += by_song(now, songs)
    return Judged(np.array(before), np.array(after), len(loops))


def folds_of(loops: LoopSet) -> Iterator[LoopSet]:
    """Yield the loops once for each fold, whose songs are the test. Raises SettingError."""
    present: list[int] = np.unique(loops.group).tolist()
    used = [loops.groups[n] for n in present]
    if len(used) < FEWEST:
        raise SettingError(f"{amount(len(used), 'song')}: at least {FEWEST} are needed to tell")
    ordered = by_chance(used)
    for number in range(FOLDS):
        test = ordered[number::FOLDS]
        others = [group for group in ordered if group not in set(test)]
        parts = {
            Split.TEST: test,
            Split.VALIDATION: others[::HELD],
            Split.TRAIN: [g for place, g in enumerate(others) if place % HELD],
        }
        names = renamed(parts)
        yield replace(loops, groups=tuple(names.get(group, group) for group in loops.groups))


def by_song(figures: LoopFigures, songs: NDArray[np.int32]) -> list[Each]:
    """Return the mean figures (3) of each song."""
    rows = np.stack([getattr(figures, name) for name in NAMES], 1)
    return [rows[songs == song].mean(0) for song in np.unique(songs)]


def changes(judged: Judged) -> dict[str, Change]:
    """Return what each figure was and is, and the 95 % of the change by drawing songs again.

    Those that the model does not have are left out.
    """
    change = judged.after - judged.before
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(0, len(change), (DRAWS, len(change)))
    means = np.stack([change[index].mean(0) for index in drawn])
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    before, after = judged.before.mean(0), judged.after.mean(0)
    return {
        name: Change(float(before[n]), float(after[n]), float(low[n]), float(high[n]))
        for n, name in enumerate(NAMES)
        if np.isfinite(before[n])
    }


def as_text(judged: Judged, found: dict[str, Change]) -> str:
    """Return a table for a terminal."""
    lines = [
        f"{len(judged.before)} songs, {judged.loops:,} loops, {FOLDS}-fold by song",
        f"{'':38}{'before':>10}{'after':>10}  change (95 % over songs)",
    ]
    for name, one in found.items():
        change = f"{one.after - one.before:+.4g} ({one.low:+.4g} .. {one.high:+.4g})"
        lines.append(f"{SAYS[name]:38}{one.before:10.4g}{one.after:10.4g}  {change}")
    return "\n".join(lines)

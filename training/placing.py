"""Which split each song of a small collection belongs to: some in each, which chance may not give.

The split of a group follows from its name alone (`dataset.split_of`): so a group is put into a
split by a number before its name.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from loopwright.training.dataset import Split, split_of

HELD = 10  # of so many groups, one is for validation and one for the test
ENOUGH = 50  # groups; so many fall well by themselves


def placed(groups: Iterable[str]) -> dict[str, str]:
    """Return another name for each group, so that a tenth, and one at least, is in each split."""
    ordered = by_chance(set(groups))
    if falls_well(ordered):
        return {group: group for group in ordered}
    held = max(1, round(len(ordered) / HELD))
    parts = {Split.TEST: ordered[:held], Split.VALIDATION: ordered[held : 2 * held]}
    parts[Split.TRAIN] = ordered[2 * held :]
    return renamed(parts)


def falls_well(groups: Sequence[str]) -> bool:
    """Tell whether a set is large, and its splits come out near to what they should."""
    least = len(groups) / HELD / 2
    counts = {split: sum(split_of(group) is split for group in groups) for split in Split}
    return len(groups) >= ENOUGH and all(counts[split] >= least for split in Split)


def renamed(parts: Mapping[Split, Iterable[str]]) -> dict[str, str]:
    """Return another name for each group, by which it belongs to the split that it is in here."""
    return {group: name_in(split, group) for split, groups in parts.items() for group in groups}


def name_in(split: Split, group: str) -> str:
    """Return the first name of a group, numbered, that belongs to a split."""
    names = (f"{number} {group}" for number in count())
    return next(name for name in names if split_of(name) is split)


def by_chance(groups: Iterable[str]) -> list[str]:
    """Return groups in an order that is the same everywhere and follows nothing."""
    return sorted(groups, key=lambda group: hashlib.sha256(group.encode()).digest())

"""A blind listening test: loops of several kinds in a random order, and what the ratings say.

As in the loop paper ("Listening Test"): three loops to get used to, then ten of each kind, each
rated from 1 to 5 for how much it sounds like music. Which loop is of which kind stands in a file
beside the folder, never inside it.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import cast

import numpy as np

from loopwright.engine.errors import SettingError
from loopwright.engine.grid import notes_of
from loopwright.engine.notes import Loop
from loopwright.training.kruskal import kruskal_wallis
from loopwright.training.measures import Rolls

PRACTICE = 3
BEST = 5
Kinds = Mapping[str, Rolls]
Ratings = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One loop of the test: a name that tells nothing, its kind, and what sounds."""

    name: str
    kind: str
    loop: Loop


def planned(kinds: Kinds, each: int, seed: int) -> list[Heard]:
    """Return `each` loops of every kind, rolls (n, 128, 93), in one random order."""
    rng = np.random.default_rng(seed)
    found = [
        (kind, roll)
        for kind, rolls in kinds.items()
        for roll in rolls[rng.permutation(len(rolls))[:each]]
    ]
    order = rng.permutation(len(found))
    mixed = [found[int(which)] for which in order]
    return [
        Heard(f"{place:02}", kind, Loop(notes_of(roll)))
        for place, (kind, roll) in enumerate(mixed, 1)
    ]


def key_text(loops: Iterable[Heard]) -> str:
    """Return what each name stands for, as JSON: not for listeners."""
    return json.dumps({one.name: one.kind for one in loops}, indent=2) + "\n"


def key_file(folder: Path) -> Path:
    """Return where the key of a test lies: beside its folder."""
    return folder.with_name(f"{folder.name}.key.json")


def read_key(folder: Path) -> dict[str, str]:
    """Return the kind of each name. Raises SettingError."""
    path = key_file(folder)
    try:
        held = cast(dict[str, str], json.loads(path.read_text("utf-8")))
        return {str(name): str(kind) for name, kind in held.items()}
    except (OSError, ValueError, AttributeError) as trouble:
        raise SettingError(f"{path} is not the key of a listening test: {trouble}") from trouble


def read_ratings(files: Sequence[Path], key: Mapping[str, str]) -> Ratings:
    """Return the ratings of all listeners by kind, each loop rated once. Raises SettingError."""
    ratings: Ratings = {kind: [] for kind in sorted(set(key.values()))}
    rated: dict[tuple[str, str], Path] = {}
    for path in files:
        for listener, loop, rating in read_file(path):
            if loop not in key:
                raise SettingError(f"{path}: there was no loop {loop!r} in this test")
            if (listener, loop) in rated:
                before = rated[listener, loop]
                raise SettingError(f"{path}: {listener!r} has rated loop {loop!r} in {before}")
            rated[listener, loop] = path
            ratings[key[loop]].append(rating)
    return ratings


def read_file(path: Path) -> list[tuple[str, str, int]]:
    """Return listeners, loops and ratings, 1 to 5. Raises SettingError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = [
                (row["listener"], row["loop"], int(row["rating"])) for row in csv.DictReader(file)
            ]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as trouble:
        raise SettingError(f"{path} holds no ratings: {trouble!r}") from trouble
    strange = [rating for *_, rating in found if not 1 <= rating <= BEST]
    if strange or not found:
        raise SettingError(f"{path}: a rating is a whole number from 1 to {BEST}")
    return found


def result_text(ratings: Ratings) -> str:
    """Return mean and median of each kind, the best first, and the Kruskal-Wallis test."""
    test = kruskal_wallis(ratings)
    width = max(map(len, ratings))
    ordered = sorted(ratings.items(), key=lambda item: -mean(item[1]))
    return "\n".join(
        [
            f"{'':{width}}  ratings   mean  median",
            *(f"{kind:{width}}  {len(r):7}  {mean(r):5.2f}  {median(r):6g}" for kind, r in ordered),
            f"Kruskal-Wallis: H = {test.h:.2f}, {test.freedom} degrees of freedom, "
            f"p = {test.p:.2g}",
        ]
    )

"""The pictures that go with the paper's tables, by file name."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.sidecar import LOOP_BEATS
from loopwright.training.beatbooks import STREAMS
from loopwright.training.measures import Codes, Rolls
from loopwright.training.paperdrawn import Compared, Drawn
from loopwright.training.pictures import code_grids, histograms, piano_rolls
from loopwright.training.throughmodel import Row, decoded

SHOWN = 4  # loops of a kind


def pictures(drawn: Drawn, train: Rolls) -> Iterator[tuple[str, str]]:
    """Yield file names and SVG: drawn loops, and histograms beside the training set's."""
    name = file_name(drawn.name)
    yield "rolls-training.svg", piano_rolls(numbered("training set", spread(train)))
    yield f"rolls-{name}.svg", piano_rolls(numbered(drawn.name, drawn.rolls))
    yield f"histograms-{name}.svg", histograms(drawn.rolls, train)


def drawn_codes(one: Compared, drawn: Drawn, train: Codes) -> Iterator[tuple[str, str]]:
    """Yield code grids of drawn loops, as high as those of training loops (n, t)."""
    both = np.concatenate([drawn.codes, train])
    grids = code_grids(drawn.codes[:SHOWN], lanes(one, both))
    yield f"codes-{file_name(drawn.name)}.svg", grids


def code_pictures(one: Compared, train: Codes) -> Iterator[tuple[str, str]]:
    """Yield code grids of training loops (n, t) (Figure 4), and frequent codes decoded (Figure 5).

    Never as music: each position takes its own most or least frequent code.
    """
    of = file_name(one.name)
    yield f"codes-{of}.svg", code_grids(spread(train), lanes(one, train))
    made = by_frequency(train)
    rolls = decoded(one.model, np.stack(list(made.values())), plain=True)
    yield f"frequent-{of}.svg", piano_rolls(dict(zip(made, rolls, strict=True)))


def lanes(one: Compared, codes: Codes) -> dict[str, int]:
    """Return what the codes (n, t) that stand side by side for one time say: each its own count."""
    names = STREAMS if one.sidecar.kind == LOOP_BEATS else ("",)
    counts = codes.reshape(-1, len(names)).max(0) + 1
    return dict(zip(names, counts.tolist(), strict=True))


def by_frequency(codes: Codes) -> Mapping[str, Codes]:
    """Return four rows of codes (t): at each position the most and the least frequent of (n, t).

    Codes that never stand at a position are not counted there.
    """
    ranked = [ordered(column) for column in codes.T]
    places = {"most frequent": 0, "second": 1, "least frequent": -1, "second least": -2}
    return {
        says: np.array([row[place % len(row)] for row in ranked]) for says, place in places.items()
    }


def ordered(column: Codes) -> Codes:
    """Return the codes of a position (n), the most frequent first; of equals, the lower first."""
    values, counts = np.unique(column, return_counts=True)
    return values[np.lexsort((values, -counts))]


def spread(rows: NDArray[Row]) -> NDArray[Row]:
    """Return a few rows (n, ...) of different songs, as neighbours are windows of one."""
    return rows[:: max(len(rows) // SHOWN, 1)][:SHOWN]


def numbered(says: str, rolls: Rolls) -> dict[str, Rolls]:
    """Return a few rolls with names."""
    return {f"{says}, {n}": roll for n, roll in enumerate(rolls[:SHOWN], 1)}


def file_name(name: str) -> str:
    """Return a row's name as a file may be called."""
    kept = "".join(c if c.isalnum() or c == "." else "-" for c in name)
    return "-".join(part for part in kept.split("-") if part)

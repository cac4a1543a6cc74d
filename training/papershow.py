"""The paper's tables as text, ours beside the paper's, and as JSON."""

import json
from collections.abc import Mapping, Sequence

from loopwright.training import paperfigures
from loopwright.training.likeness import Likeness
from loopwright.training.measures import Measures
from loopwright.training.paperloops import Row, Tables
from loopwright.training.plain import plain

HEAD = ("HD", "FND", "kick", "crash", "FNB", "DB", "OS", "US", "OS notes", "US notes", "UP", "ND")
FIELDS = (
    "ham_dist", "first_drums", "first_kick", "first_crash", "first_bass", "double_bass", "overlap",
    "unique", "overlap_notes", "unique_notes", "pitches", "density",
)  # fmt: skip
SMALL = ("ham_dist", "double_bass")
LIKE = ("precision", "recall", "density", "coverage", "AUC", "95 %")
PAPER = "  paper"
NONE = "-"
Cells = list[list[str]]


def as_text(tables: Tables) -> str:
    """Return the tables for a terminal, and what the later measures say of table 3's rows.

    A table without a row is left out: a continuous latent has no codes to copy.
    """
    drawn, copied = paperfigures.DRAWN, paperfigures.COPIED
    blocks = {
        "Table 1. Reconstruction error, validation set": errors(tables.errors),
        "Table 2. Reconstruction error of the VQ-VAE by its shape, validation set": shapes(tables),
        f"Table 3. Drawn loops{by_whose(tables)}": measured(tables.drawn, drawn),
        "Table 3, continued: how like held-out real loops": likened(tables.drawn),
        "Table 4. Codes 0, 1 copied to 16, 17": measured(tables.copied, copied),
    }
    told = [f"{says}\n{aligned(c)}" for says, c in blocks.items() if len(c) > 1]
    return "\n\n".join([*told, *tables.notes])


def by_whose(tables: Tables) -> str:
    """Return by whose codes the training set is counted; nothing where nobody has any."""
    return (
        "" if tables.coder is None else f"; US of the training set by the codes of {tables.coder}"
    )


def errors(found: Mapping[str, float]) -> Cells:
    """Return a row for each model; the paper's where it has one of that kind."""
    rows = [[name, f"{e:.2e}", of_paper(paperfigures.ERRORS, name)] for name, e in found.items()]
    return [["", "ours", "paper"], *rows]


def of_paper(figures: Mapping[str, float], name: str) -> str:
    """Return the paper's figure for a kind of model, whatever folder it lies in."""
    return f"{figures[kind_of(name)]:.2e}" if kind_of(name) in figures else NONE


def kind_of(name: str) -> str:
    """Return a row's name without the folder's: NAME: KIND."""
    return name.rpartition(": ")[2]


def shapes(tables: Tables) -> Cells:
    """Return a row for each of the paper's six shapes, and for any other that was trained."""
    known = [*paperfigures.SHAPES, *(s for s in tables.shapes if s not in paperfigures.SHAPES)]
    return [
        ["t", "L", "K", "ours", "paper"],
        *(
            [*map(str, shape), *(f"{of[shape]:.2e}" if shape in of else NONE for of in both)]
            for shape in known
            for both in ((tables.shapes, paperfigures.SHAPES),)
        ),
    ]


def measured(rows: Mapping[str, Row], paper: Mapping[str, Measures]) -> Cells:
    """Return a row for each kind of loops, the paper's below it."""
    cells: Cells = [["", "loops", *HEAD]]
    for name, row in rows.items():
        cells.append([name, *figures(row.measures)])
        if kind_of(name) in paper:
            cells.append([PAPER, *figures(paper[kind_of(name)])])
    return cells


def figures(measures: Measures) -> list[str]:
    """Return loops and measures as cells."""
    found: list[float | None] = [getattr(measures, name) for name in FIELDS]
    return [
        str(measures.loops),
        *(shown(name, value) for name, value in zip(FIELDS, found, strict=True)),
    ]


def shown(name: str, value: float | None) -> str:
    """Return a measure as text; NaN is one that the paper does not tell."""
    if value is None or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return NONE
    return f"{value:.2e}" if name in SMALL else f"{value:.2f}" if value >= 2 else f"{value:.3f}"


def likened(rows: Mapping[str, Row]) -> Cells:
    """Return a row for each kind of loops: neighbours, and a judge's AUC."""
    return [["", *LIKE], *([name, *like(row.likeness)] for name, row in rows.items())]


def like(found: Likeness | None) -> list[str]:
    """Return likeness as cells."""
    if found is None:
        return [NONE] * len(LIKE)
    near, told = found.closeness, found.told
    shares = (near.precision, near.recall, near.density, near.coverage, told.auc)
    return [*(f"{value:.3f}" for value in shares), f"{told.low:.3f}..{told.high:.3f}"]


def aligned(cells: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines, each column as wide as it must be."""
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = (
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def as_json(tables: Tables) -> str:
    """Return the tables as JSON, every figure in full."""
    held = {
        "reconstruction": dict(tables.errors),
        "reconstruction_by_shape": [
            {"t": t, "L": width, "K": codes, "error": error}
            for (t, width, codes), error in tables.shapes.items()
        ],
        "drawn": {name: plain(row) for name, row in tables.drawn.items()},
        "copied": {name: plain(row) for name, row in tables.copied.items()},
        "training_set_by_codes_of": tables.coder,
        "notes": list(tables.notes),
    }
    return json.dumps(held, indent=2)

"""An evaluation as a text table, as JSON, and as the figures of a model's card."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from loopwright.engine.roll import Drum
from loopwright.training.evaluate import HELD_OUT, REBUILT, Evaluation
from loopwright.training.likeness import Likeness
from loopwright.training.measures import Measures
from loopwright.training.plain import plain

ROWS = (
    ("loops", "loops"),
    ("ham_dist", "HD, bars 1 and 5"),
    ("first_kick", "kick on the first step"),
    ("first_crash", "crash on the first step"),
    ("first_drums", "FND, kick and crash"),
    ("first_bass", "FNB, bass on the first step"),
    ("double_bass", "DB, two bass notes at once"),
    ("unique", "US, distinct (by codes)"),
    ("overlap", "OS, codes of a training loop"),
    ("unique_notes", "US by notes, in any key"),
    ("overlap_notes", "OS by notes, in any key"),
    ("pitches", "UP, columns used in a bar"),
    ("density", "ND, steps that sound"),
)
LIKENESS: tuple[tuple[str, Callable[[Likeness], str]], ...] = (
    ("precision", lambda c: f"{c.closeness.precision:.3f}"),
    ("recall", lambda c: f"{c.closeness.recall:.3f}"),
    ("density", lambda c: f"{c.closeness.density:.2f}"),
    ("coverage", lambda c: f"{c.closeness.coverage:.3f}"),
    ("AUC, told from real", lambda c: f"{c.told.auc:.3f}"),
    ("AUC, 95 %", lambda c: f"{c.told.low:.3f}..{c.told.high:.3f}"),
)
"""How like held-out real loops others are, and how that is shown."""
ERRORS = {
    "test": "reconstruction error, held-out songs",
    "test_raw": "the same, raw",
    "train": "reconstruction error, training songs",
}
PAPER_ERROR = 5.11e-3
PAPER_SET = Measures(120600, 4.43e-4, 1.0, 1.0, 1.0, 1.0, 0.0, 0.51, 1.0, 10.50, 0.92)
PAPER_DRAWN = Measures(120600, 4.25e-3, 1.0, 1.0, 1.0, 0.98, 2.21e-3, 0.50, 7.97e-2, 9.94, 0.91)
"""The paper's own training set and its VQ-VAE at temperature 1 (its musical metrics table)."""

Cells = list[list[str]]


def grid(evaluation: Evaluation) -> Cells:
    """Return the measures as rows of cells, the first row the heading."""
    columns = dict(evaluation.measures)
    columns |= {"paper: its set": PAPER_SET, "paper: drawn": PAPER_DRAWN}
    rows = [[says, *(shown(name, m) for m in columns.values())] for name, says in ROWS]
    like = [evaluation.likeness.get(name) for name in columns]
    share = accepted_rows(evaluation.accepted, list(columns))
    return [["", *columns], *rows, *share, *likeness_rows(like), *sounding_rows(columns)]


def accepted_rows(accepted: Mapping[str, float], columns: Sequence[str]) -> Cells:
    """Return a row that tells how many drawn loops a rejection leaves; none where nothing tells."""
    says = "bars 1 and 5 alike: accepted"
    cells = [f"{accepted[name]:.3f}" if name in accepted else "-" for name in columns]
    return [[says, *cells]] if accepted else []


def likeness_rows(columns: Sequence[Likeness | None]) -> Cells:
    """Return a row for each way to tell how like held-out real loops others are."""
    return [[says, *(tell(c) if c else "-" for c in columns)] for says, tell in LIKENESS]


def sounding_rows(columns: Mapping[str, Measures]) -> Cells:
    """Return a row for each drum and the bass: the share of the steps on which it sounds."""
    names = [*(d.name.lower().replace("_", " ") for d in Drum), "bass"]
    return [
        [
            f"steps with {name}",
            *(f"{m.sounding[i]:.3f}" if m.sounding else "-" for m in columns.values()),
        ]
        for i, name in enumerate(names)
    ]


def shown(name: str, measures: Measures) -> str:
    """Return one measure as text."""
    value: float | None = getattr(measures, name)
    if value is None:
        return "-"
    if name == "loops":
        return f"{int(value)}"
    if name in ("ham_dist", "double_bass"):
        return f"{value:.2e}"
    return f"{value:.2f}" if name == "pitches" else f"{value:.3f}"


def as_text(evaluation: Evaluation) -> str:
    """Return an evaluation for a terminal."""
    cells = grid(evaluation)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in cells]
    asked = evaluation.asked
    return "\n".join(
        [
            f"model {evaluation.model[:16]} on {evaluation.device}; {asked.loops} loops drawn at "
            f"temperature {asked.temperature:g}, seed {asked.seed}",
            *lines,
            *(f"{says}: {evaluation.errors[name]:.2e}" for name, says in ERRORS.items()),
            f"paper, its validation set: {PAPER_ERROR:.2e}",
        ]
    )


def as_json(evaluation: Evaluation) -> str:
    """Return an evaluation as JSON, every figure in full."""
    measures = {name: plain(m) for name, m in evaluation.measures.items()}
    held = {
        "model": evaluation.model,
        "device": evaluation.device,
        "asked": plain(evaluation.asked),
        "errors": evaluation.errors,
        "measures": measures,
        "likeness": {name: plain(one) for name, one in evaluation.likeness.items()},
        "accepted": evaluation.accepted,
    }
    return json.dumps(held, indent=2)


def for_card(evaluation: Evaluation, summary: Mapping[str, object]) -> str:
    """Return the figures that a model's card takes, as JSON (`loopwright export --figures`)."""
    errors = [[says, f"{evaluation.errors[name]:.2e}"] for name, says in ERRORS.items()]
    width = len(evaluation.measures) + 2
    padded = [[row[0], row[1], *[""] * (width - 1)] for row in errors]
    paper = ["paper, its validation set", f"{PAPER_ERROR:.2e}", *[""] * (width - 1)]
    data = cast(Mapping[str, object], summary.get("data", {}))
    held = {
        "training": training_rows(summary),
        "measures": [*grid(evaluation), *padded, paper],
        "limits": limits(evaluation),
        "archive": data.get("sha256", ""),
    }
    return json.dumps(held, indent=2)


LIMITS = [
    "4/4 only, on a grid of sixteenths: no triplets, and no swing but what the player adds.",
    "The songs are mostly pop, rock, jazz and game music of the MIDI era, and sound like it.",
    "A crash on the first step is not asked of the training loops, as it is in the paper.",
    "Measures are of what the model writes; nobody has held a listening test.",
]


MOST_COLUMNS = 0.95
OF_CODES = (
    "Nine bits stand for a beat of drums and bass together: rare drums and the notes of busy beats "
    "come back less often than they were played (compare the held-out columns)."
)


def limits(evaluation: Evaluation) -> list[str]:
    """Return what a card says of a model's limits; a continuous latent has no codes to share."""
    coded = any(m.unique is not None for m in evaluation.measures.values())
    return [*LIMITS, OF_CODES] if coded and loses_notes(evaluation.measures) else LIMITS


def loses_notes(measures: Mapping[str, Measures]) -> bool:
    """Tell whether loops come back from their codes with clearly fewer columns."""
    return measures[REBUILT].pitches < MOST_COLUMNS * measures[HELD_OUT].pitches


def training_rows(summary: Mapping[str, object]) -> Cells:
    """Return what a training run says about itself as (what, value) rows."""
    return [[name, text] for name, text in flat("", summary)]


def flat(prefix: str, value: object) -> list[tuple[str, str]]:
    """Return nested values as (name, text) pairs, names joined by a space."""
    if isinstance(value, Mapping):
        held = cast(Mapping[str, object], value)
        return [pair for k, v in held.items() for pair in flat(f"{prefix} {k}".strip(), v)]
    return [(prefix, f"{value:.6g}" if isinstance(value, float) else str(value))]

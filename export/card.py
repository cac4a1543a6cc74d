"""A loop model's card: what it is, what it learned from and on which terms, what was measured.

Figures come from files that measuring wrote; where there are none, the card says so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from loopwright.engine.errors import PresetError
from loopwright.engine.preset import Licences
from loopwright.engine.sidecar import LOOP_BEATS, LOOP_VQ, Sidecar
from loopwright.export.origin import CODE, Origin

Rows = tuple[tuple[str, ...], ...]

LOOPS_MULTITRACK: Rows = (
    ("reubenson/midi-archive", "1,006", "MIT on the repository; files from old web pages"),
    ("bsubedi26/midi-archives", "659", "MIT on the repository; the files' origin is not stated"),
    ("imacj/MIDIFiles", "565", "none stated (Yamaha XG demo library)"),
    (
        "asigalov61/Tegridy-MIDI-Dataset (Select, Tiny-Karaoke, Children-Songs, Original, Piano)",
        "402",
        "Apache-2.0 on the repository; these parts are named CC BY-NC-SA",
    ),
    ("thewildwestmidis/midis", "275", "none stated"),
    ("RobertBoganKang/midi_files", "230", "none stated"),
    ("freedoom/freedoom", "89", "BSD 3-clause"),
    ("simutrans/simutrans", "44", "Artistic License (it names the MIDI files)"),
    ("OpenTTD/OpenMSX", "23", "GPL-2.0"),
    ("LouiVi/Midi-Songs", "19", "none stated"),
    ("Metacreation-Lab/GigaMIDI-Dataset (tests only)", "9", "CC BY-NC 4.0"),
    (
        "mrbumpy409/GeneralUser-GS (demos)",
        "7",
        "GeneralUser GS licence 2.0 for the sound bank; the demos are not named in it",
    ),
    ("EasyRPG/RTP", "3", "CC BY 4.0"),
)
"""Repository, MIDI files, licence as stated, of the archive that the shipped model learned from."""

LICENCES = (
    "No licence is granted for these weights beyond what their data allows: the songs' sources "
    "state MIT, BSD, GPL, Artistic, CC BY, CC BY-NC, CC BY-NC-SA, or nothing at all "
    "(see MODEL_CARD.md). Treat them as for study and private music."
)
STATED = (
    "MIT, BSD, GPL, Artistic, CC BY, CC BY-NC, CC BY-NC-SA or none stated, source by source "
    "in MODEL_CARD.md"
)
UNKNOWN = "Nobody has written down what songs this model learned from, or on which terms."
KNOWN = {
    "52b79fc4c9420e2731eb10ce13fd7fa0fea6cc343573af17f334a6503fc8027d": (
        LICENCES,
        LOOPS_MULTITRACK,
    )
}
"""Terms and sources by the SHA-256 of the archive."""

WHAT = """Loops of eight bars of 4/4, drums (nine voices) and bass (one note at a time), on a grid
of sixteenths. A VQ-VAE turns a loop into {positions} codes out of {codes}; an LSTM draws the codes.
One ONNX graph draws and decodes a whole loop; see `docs/models.md` of Loopwright.

Model `{model}`"""

BEATS = """Loops of eight bars of 4/4, drums (nine voices) and bass (one note at a time), on a grid
of sixteenths. A loop is {positions} beats of four codes: kick, snare and toms; hats, crash and
ride; the bass's shape; its pitch. The first three are places in lists of {codes} patterns that
songs have. An LSTM draws the codes. One ONNX graph draws and decodes a whole loop; see
`docs/models.md` of Loopwright.

Model `{model}`"""

YARDSTICK = """Loops of eight bars of 4/4, drums (nine voices) and bass (one note at a time), on a
grid of sixteenths. A continuous VAE of the loop paper ({kind}), one of its yardsticks for the
VQ-VAE: {positions} numbers of the normal distribution are drawn and decoded by one ONNX graph; see
`docs/models.md` of Loopwright. It cannot go on from bars that were played.

Model `{model}`"""

KEPT = """The shipped graph keeps three rules by construction: one bass note at a time, a bass note
and a kick on the first step. The `plain` form of the graph keeps none, and is what the raw figures
are of."""

ON_TERMS = """Loopwright's code is Apache-2.0. That says nothing about these weights. The songs come
from public collections; a licence on a repository of collected songs says nothing certain about
the songs, and many of them are arrangements of music that is under copyright. "None stated" means
that no permission was given. No song is in this folder."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a model besides its graphs.

    `training` has rows (what, value); `measures` rows whose first is the heading; `limits` are
    sentences. `archive` is the SHA-256 of the songs' archive; `origin` is there for a model of
    somebody's own music.
    """

    training: Rows = ()
    measures: Rows = ()
    limits: tuple[str, ...] = ()
    archive: str = ""
    origin: Origin | None = None

    @property
    def licences(self) -> Licences:
        """On which terms the model comes: code, weights and data apart."""
        if self.origin is not None:
            return self.origin.licences
        if self.archive in KNOWN:
            return Licences(CODE, KNOWN[self.archive][0], STATED)
        return Licences(CODE, data=UNKNOWN)


def read_figures(path: Path) -> Figures:
    """Read figures from a JSON file. Raises PresetError."""
    try:
        held = cast(dict[str, list[list[object]]], json.loads(path.read_text(encoding="utf-8")))
        return Figures(
            *(tuple(tuple(str(c) for c in row) for row in held.get(name, ()))
              for name in ("training", "measures")),
            limits=tuple(str(line) for line in held.get("limits", ())),
            archive=str(held.get("archive", "")),
        )  # fmt: skip
    except (OSError, ValueError, AttributeError, TypeError) as trouble:
        raise PresetError(f"{path} holds no figures: {trouble}") from trouble


def card(name: str, sidecar: Sidecar, figures: Figures, checks: Sequence[str]) -> str:
    """Return the card of a loop model; `checks` are texts of what its export measured."""
    shape = sidecar.shape
    what = {LOOP_VQ: WHAT, LOOP_BEATS: BEATS}.get(sidecar.kind, YARDSTICK)
    about = what.format(
        positions=shape.positions, codes=shape.codes, model=sidecar.model, kind=sidecar.kind
    )
    unknown = "Nobody has measured this model yet."
    sections = [
        f"# {name}",
        about,
        "## What it learned from",
        table((("", ""), *figures.training)) if figures.training else "Not written down.",
        "## Measures",
        table(figures.measures) if figures.measures else unknown,
        KEPT,
        "## Its graphs",
        table((("variant", "file", "measured"), *graphs(sidecar))),
        *(f"```\n{text}\n```" for text in checks),
        "## Limits",
        "\n".join(f"- {line}" for line in figures.limits) or "None written down.",
        "## Sources and terms",
        *terms(figures),
    ]
    return "\n\n".join(sections) + "\n"


def terms(figures: Figures) -> list[str]:
    """Return paragraphs about where the songs came from, and what that allows."""
    if figures.origin is not None:
        return figures.origin.paragraphs
    if figures.archive not in KNOWN:
        return [UNKNOWN]
    says, sources = KNOWN[figures.archive]
    return [ON_TERMS, says, table((("repository", "files", "licence as stated"), *sources))]


def graphs(sidecar: Sidecar) -> Rows:
    """Return a row for each way to run the model."""
    return tuple((v.name, v.file, "yes" if v.measured else "not yet") for v in sidecar.variants)


def table(rows: Rows) -> str:
    """Return rows, the first of which is the heading, as a table of Markdown."""
    heading, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([heading, "|" + " --- |" * len(rows[0]), *others])

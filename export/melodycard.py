"""A melody model's card: what it is, what it learned from and on which terms, what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.engine.context import Window
from loopwright.engine.preset import Licences
from loopwright.engine.stepsidecar import StepSidecar
from loopwright.export.card import LOOPS_MULTITRACK, ON_TERMS, UNKNOWN, Figures, Rows, table
from loopwright.export.origin import CODE

TEGRIDY = "asigalov61/Tegridy-MIDI-Dataset"
MELODIES: Rows = (
    ("jukedeck/nottingham-dataset", "982", "GPL-3.0"),
    (f"music-x-lab/POP909-Dataset, as in {TEGRIDY}", "849", "MIT; Apache-2.0 on the repository"),
    (
        f"shiehn/chord-melody-dataset, as in {TEGRIDY}",
        "449",
        "Apache-2.0 on the repository; the origin's is not stated there",
    ),
    ("melody tracks of the multitrack repositories below", "777", "as they state"),
)
HOOKS: Rows = ((f"{TEGRIDY} (popular hook melodies)", "19,433 hooks", "CC BY-NC-SA, in its name"),)
PIANO: Rows = (("ffsgfy/music-generation (`input/ff`)", "238", "none stated"),)
BELOW: Rows = tuple((name, "", licence) for name, _, licence in LOOPS_MULTITRACK)


@dataclass(frozen=True, slots=True)
class Source:
    """An archive: repositories, files and licences as stated, and the licences in a sentence."""

    rows: Rows
    stated: str


KNOWN = {
    "fad4f6e8ec188c103ddb9e403beede4eea33c48132bab0ac9a66fb6996b28cd0": Source(
        (*MELODIES, *BELOW), "GPL-3.0, MIT, Apache-2.0, and those of loops-multitrack"
    ),
    "0a3d2ff58834ae7fc8eb93218173d4860ab92ef9c18528190fee831c7ca1b3a7": Source(
        HOOKS, "CC BY-NC-SA"
    ),
    "a2677d609028416721666ae877f10db24f7d2688d0deef9c6104a963eaecf825": Source(
        PIANO, "none stated"
    ),
}
"""Archives by their SHA-256."""

WEIGHTS = (
    "No licence is granted for these weights beyond what their data allows: the sources state "
    "{stated} (see MODEL_CARD.md). Treat them as for study and private music."
)
WHAT = """{says}. It goes on from what was played, draws one token after another out of {tokens},
and hears {heard}. Limits of key, range, density and rests are masks that the host puts on
each draw. One ONNX graph hears a token and draws the next; another tells how likely whole sequences
are.

Model `{model}`

A {kind} that speaks `{language}`, of vocabulary `{vocabulary}`."""


@dataclass(frozen=True, slots=True)
class About:
    """What a card tells beside the sidecar: the preset's name, what it says, figures, sources.

    `archives` are the SHA-256 of what it learned from; `checks` are texts of what its export
    measured.
    """

    name: str
    says: str
    figures: Figures
    archives: tuple[str, ...]
    checks: Sequence[str] = ()

    @property
    def sources(self) -> list[Source]:
        """The archives that somebody has looked into; none where one was not."""
        known = all(archive in KNOWN for archive in self.archives)
        return [KNOWN[archive] for archive in self.archives] if known else []

    @property
    def licences(self) -> Licences:
        """On which terms the model comes: code, weights and data apart."""
        if self.figures.origin is not None:
            return self.figures.origin.licences
        if not self.sources:
            return Licences(CODE, data=UNKNOWN)
        stated = "; ".join(source.stated for source in self.sources)
        data = f"{stated}: source by source in MODEL_CARD.md"
        return Licences(CODE, WEIGHTS.format(stated=stated), data)


def melody_card(about: About, sidecar: StepSidecar) -> str:
    """Return the card of a melody model."""
    figures = about.figures
    rows = [(v.name, v.file, "yes" if v.measured else "not yet") for v in sidecar.variants]
    what = WHAT.format(
        says=about.says,
        tokens=sidecar.shape.tokens,
        heard=heard(sidecar.shape.context, sidecar.shape.opening),
        model=sidecar.model,
        kind=sidecar.kind,
        language=sidecar.language["kind"],
        vocabulary=sidecar.vocabulary[:16],
    )
    sections = [
        f"# {about.name}",
        what,
        "## What it learned from",
        table((("", ""), *figures.training)) if figures.training else "Not written down.",
        "## Measures",
        table(figures.measures) if figures.measures else "Nobody has measured this model yet.",
        "## Its graphs",
        table((("variant", "file", "measured"), *rows, ("scores", sidecar.score.file, "yes"))),
        *(f"```\n{text}\n```" for text in about.checks),
        "## Limits",
        "\n".join(f"- {line}" for line in figures.limits) or "None written down.",
        "## Sources and terms",
        *terms(about),
    ]
    return "\n\n".join(sections) + "\n"


def heard(context: int, opening: int) -> str:
    """Return how many of many tokens a model hears; half of a full memory is let go at once."""
    if not context:
        return "all of them"
    least = context + 1 - Window(context, opening).half
    return f"the latest {least} to {context} of them (half are let go at once)"


def terms(about: About) -> list[str]:
    """Return paragraphs about where the melodies came from, and what that allows."""
    if about.figures.origin is not None:
        return about.figures.origin.paragraphs
    if not about.sources:
        return [UNKNOWN]
    heading = ("repository", "files", "licence as stated")
    tables = [table((heading, *source.rows)) for source in about.sources]
    return [ON_TERMS, about.licences.weights, *tables]
